using System.Runtime.ExceptionServices;
using Glasswright.Host.Output;
using Glasswright.Host.Telemetry;
using Glasswright.Kernels.Threading;

namespace Glasswright.Host.Commands;

/// <summary>
/// Makes the glasses that are not finished, as many at a time as there are threads; threads left over share the forces of each. Neither is seen in the answer.
/// </summary>
/// <param name="glasses">All glasses of the command.</param>
/// <param name="threads">Threads.</param>
/// <param name="every">The longest time between two checkpoints of a glass.</param>
internal sealed class PrepareRun(PreparedGlass[] glasses, int threads, TimeSpan every)
{
    // By glass, each written by the thread that makes it; read for the progress line, where a late number does no harm.
    private readonly long[] _steps = new long[glasses.Length];
    private readonly long[] _before = new long[glasses.Length];

    /// <summary>Works until all are finished, or until told to stop. A failure lets the others end at their next checkpoint.</summary>
    public void Execute(Session session, CancellationToken stop)
    {
        int[] waiting = [.. Enumerable.Range(0, glasses.Length).Where(k => glasses[k].Summary is null)];
        if (waiting.Length == 0)
        {
            session.Say("all glasses are finished already");
            return;
        }

        long steps = glasses[0].Work.Program.Steps;
        int atOnce = Math.Min(threads, waiting.Length);
        session.Say(FormattableString.Invariant($"preparing {waiting.Length} glasses of {steps} steps, {atOnce} at a time on {threads} threads"));
        var progress = session.Progress();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var team = new ThreadTeam(atOnce);
        try
        {
            team.Run(waiting.Length, k =>
            {
                try
                {
                    Make(waiting[k], threads / atOnce, progress, session.Telemetry, waiting, steps, cancel.Token);
                }
                catch
                {
                    cancel.Cancel();
                    throw;
                }
            });
        }
        catch (AggregateException failure) when (failure.InnerException is { } cause)
        {
            // What failed is a glass, not a kernel.
            ExceptionDispatchInfo.Throw(cause);
        }
        finally
        {
            progress.End();
        }
    }

    private void Make(int index, int share, ProgressLine progress, VerbTelemetry telemetry, int[] waiting, long steps, CancellationToken stop)
    {
        PreparedGlass glass = glasses[index];
        if (stop.IsCancellationRequested)
        {
            return;
        }

        bool first = true;
        void Told(long step)
        {
            if (first)
            {
                (_before[index], first) = (step, false);
            }

            _steps[index] = step;
            long done = 0, here = 0;
            foreach (int k in waiting)
            {
                done += Volatile.Read(ref _steps[k]);
                here += Volatile.Read(ref _steps[k]) - Volatile.Read(ref _before[k]);
            }

            progress.Show(done, (double)steps * waiting.Length, here, "steps");
        }

        using VerbTelemetry.Work measured = telemetry.StartPiece("glass", glass.Files.Name);
        using ThreadTeam? inner = share > 1 ? new ThreadTeam(share) : null;
        if (glass.Work.Run(inner, glass.Files.State, every, Told, stop) is { } sample)
        {
            glass.Summary = glass.Files.Write(sample, glass.Seed, glass.Key, glass.Method);
            telemetry.Finish("glass");
        }
    }
}
