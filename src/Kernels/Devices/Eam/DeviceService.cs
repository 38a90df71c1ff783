using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Kernels.Devices.Eam;

/// <summary>
/// Relaxes for many threads: runs their structures side by side in an <see cref="EamBatch"/>, and gives the place of each that ends to the next.
/// Who came together leaves no trace in what they get.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="tables">The potential.</param>
/// <param name="atoms">Atoms of each structure.</param>
/// <param name="places">Structures at a time.</param>
internal sealed class DeviceService(ComputeDevice device, EamTables tables, int atoms, int places) : DeviceThread<DeviceWork>("device")
{
    // Evaluations between two looks: a look waits for the device, and a structure that is done idles until then.
    private const int Round = 8;

    private readonly Queue<DeviceWork> _waiting = [];
    private readonly List<DeviceWork> _present = [];
    private readonly Stack<int> _free = new(Enumerable.Range(0, places).Reverse());

    /// <inheritdoc/>
    protected override IEnumerable<DeviceWork> Taken => _present.Concat(_waiting);

    /// <inheritdoc/>
    protected override void Serve()
    {
        using var queue = new DeviceQueue(device);
        using var batch = new EamBatch(queue, tables, atoms, places);
        var statuses = new DescentStatus[places];
        while (Admit(batch))
        {
            if (_present.Exists(work => !work.IsPaused))
            {
                batch.Advance(Round);
                batch.Look(statuses);
                _present.RemoveAll(work => !work.IsPaused && Left(batch, work, statuses[work.Place]));
            }
        }
    }

    /// <summary>Takes what was asked while there are places; waits where there is nothing else to do. False when all is over.</summary>
    private bool Admit(EamBatch batch)
    {
        while (true)
        {
            bool isBusy = _present.Exists(work => !work.IsPaused);
            if (_free.Count > 0 && _waiting.TryDequeue(out DeviceWork? next))
            {
                Begin(batch, next);
            }
            else if (isBusy ? !Asked.TryTake(out next) : !Asked.TryTake(out next, Timeout.Infinite))
            {
                return isBusy;
            }
            else if (next.IsPaused)
            {
                Resume(batch, next);
            }
            else
            {
                _waiting.Enqueue(next);
                if (_free.Count == 0 && isBusy)
                {
                    return true;
                }
            }
        }
    }

    private void Begin(EamBatch batch, DeviceWork work)
    {
        work.Place = _free.Pop();
        _present.Add(work);
        batch.Put(work.Place, work.Structure!);
        if (work.Settings is { } settings)
        {
            batch.Start(work.Place, settings, work.PauseAt);
            return;
        }

        batch.Evaluate(work.Place, work.Result!, Forces.ForceParts.All);
        Release(work);
        _present.Remove(work);
    }

    private void Resume(EamBatch batch, DeviceWork work)
    {
        work.IsPaused = false;
        if (work.GoesOn)
        {
            batch.GoOn(work.Place);
            return;
        }

        work.Outcome = batch.Finish(work.Place, work.Structure!);
        Release(work);
        _present.Remove(work);
    }

    /// <summary>Answers work that has ended or pauses, or whose thread gave up; true if it needs its place no more.</summary>
    private bool Left(EamBatch batch, DeviceWork work, DescentStatus status)
    {
        switch (status)
        {
            case DescentStatus.Running or DescentStatus.NoRoom when !work.Cancel.IsCancellationRequested:
                return false;
            case DescentStatus.Paused when !work.Cancel.IsCancellationRequested:
                work.AtPause = batch.ReadPaused(work.Place, work.Structure!);
                work.IsPaused = true;
                work.Answer();
                return false;
        }

        work.Outcome = batch.Finish(work.Place, work.Structure!);
        if (status == DescentStatus.Paused)
        {
            work.Outcome = work.Outcome with { Outcome = MinimizationOutcome.Canceled };
        }
        else if (status == DescentStatus.Converged)
        {
            batch.Evaluate(work.Place, work.Result!, Forces.ForceParts.Virial);
        }

        Release(work);
        return true;
    }

    private void Release(DeviceWork work)
    {
        _free.Push(work.Place);
        work.Place = -1;
        work.Answer();
    }
}
