using System.Collections.Concurrent;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Kernels.Devices.Eam;

/// <summary>
/// The one thread that speaks to a device for many: takes their relaxations, runs them side by side in an <see cref="EamBatch"/>, and gives the
/// place of each that ends to the next. Whoever asks waits; who came together leaves no trace in what they get.
/// </summary>
/// <remarks>
/// After a failure of the device every question is answered with it. Ends when the last <see cref="DeviceMechanics"/> that uses it is disposed of.
/// </remarks>
internal sealed class DeviceService
{
    // Evaluations between two looks: a look waits for the device, and a structure that is done idles until then.
    private const int Round = 8;

    private readonly ComputeDevice _device;
    private readonly EamTables _tables;
    private readonly int _atoms;
    private readonly int _places;
    private readonly BlockingCollection<DeviceWork> _asked = [];
    private readonly Queue<DeviceWork> _waiting = [];
    private readonly List<DeviceWork> _present = [];
    private readonly Lock _gate = new();
    private readonly Stack<int> _free;
    private readonly Thread _thread;
    private Exception? _failure;
    private int _users;

    /// <summary>A service with room for <paramref name="places"/> structures of <paramref name="atoms"/> atoms at a time.</summary>
    public DeviceService(ComputeDevice device, EamTables tables, int atoms, int places)
    {
        (_device, _tables, _atoms, _places) = (device, tables, atoms, places);
        _free = new Stack<int>(Enumerable.Range(0, places).Reverse());
        _thread = new Thread(Run) { Name = "device", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Notes one more user; false when the last has left and the service has ended.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            _users += _asked.IsAddingCompleted ? 0 : 1;
            return !_asked.IsAddingCompleted;
        }
    }

    /// <summary>Notes one user less; the last ends the service.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_users > 0)
            {
                return;
            }

            _asked.CompleteAdding();
        }

        _thread.Join();
    }

    /// <summary>Hands work over and waits for its end, or for its pause.</summary>
    public void Do(DeviceWork work)
    {
        _asked.Add(work);
        work.Wait();
    }

    private void Run()
    {
        try
        {
            using var queue = new DeviceQueue(_device);
            using var batch = new EamBatch(queue, _tables, _atoms, _places);
            var statuses = new DescentStatus[_places];
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
        catch (Exception failure)
        {
            _failure = failure;
        }

        // A device that failed answers everybody; without a failure nobody is left.
        foreach (DeviceWork work in _present.Concat(_waiting).Concat(_asked.GetConsumingEnumerable()))
        {
            work.Failure = _failure;
            work.Answer();
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
            else if (isBusy ? !_asked.TryTake(out next) : !_asked.TryTake(out next, Timeout.Infinite))
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
