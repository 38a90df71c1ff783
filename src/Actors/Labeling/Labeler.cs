using System.Runtime.ExceptionServices;
using Glasswright.Actors.Runtime;
using Glasswright.Kernels.Deformation;

namespace Glasswright.Actors.Labeling;

/// <summary>How far labeling is.</summary>
/// <param name="StepsDone">Loading steps done, kept units of earlier processes included.</param>
/// <param name="StepsTotal">Loading steps in all.</param>
/// <param name="StepsHere">Loading steps done by this process: the base of a rate.</param>
/// <param name="StructuresDone">Structures whose files are written.</param>
internal readonly record struct LabelProgress(long StepsDone, long StepsTotal, long StepsHere, int StructuresDone);

/// <summary>What labeling came to.</summary>
/// <param name="Finished">False if the user stopped it.</param>
/// <param name="Tables">The values of every structure labeled by this call, in its order; null where it was not finished or was
/// finished before.</param>
/// <param name="Evaluations">Force evaluations of this process.</param>
internal sealed record LabelingResult(bool Finished, IReadOnlyList<ModeLabelTable?> Tables, long Evaluations);

/// <summary>
/// True labels of structures in parallel: hands the units (one mode of one structure) to workers on dedicated threads, in the
/// order of structures and modes, and puts a structure's files together when its last mode is done. What survives a kill are the
/// finished modes, each in a file of its own; a restart repeats none of them. A failure ends the labeling, since it would repeat.
/// Neither the number of threads nor the order in which units end is seen in the files.
/// </summary>
internal sealed class Labeler : Actor<LabelMessage>
{
    private readonly IReadOnlyList<LabelRun> _runs;
    private readonly Worker[] _workers;
    private readonly IProgress<LabelProgress>? _progress;
    private readonly TaskCompletionSource<LabelingResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _canceled;
    private readonly Action _cancel;
    private readonly Queue<(int Run, LabelUnit Unit)> _waiting = new();
    private readonly int[] _missing;
    private readonly ModeLabelTable?[] _tables;
    private readonly Dictionary<(int Run, LoadingMode Mode), int> _steps = [];
    private readonly HashSet<int> _busy = [];
    private long _stepsTotal;
    private long _stepsKept;
    private long _evaluations;
    private int _structuresDone;
    private bool _stopping;
    private Exception? _error;

    private Labeler(IReadOnlyList<LabelRun> runs, int threads, IProgress<LabelProgress>? progress)
        : base("labeler", Supervisor.Escalating)
    {
        _runs = runs;
        _progress = progress;
        _missing = new int[runs.Count];
        _tables = new ModeLabelTable?[runs.Count];
        var source = new CancellationTokenSource();
        _canceled = source.Token;
        _cancel = source.Cancel;
        _workers = [.. Enumerable.Range(0, threads).Select(w => new Worker(w, this))];
    }

    /// <summary>Labels structures on a number of dedicated threads.</summary>
    /// <param name="runs">The structures; those whose files are finished are passed over.</param>
    /// <param name="threads">How many units at a time.</param>
    /// <param name="progress">Told after every loading step, on the labeler's thread.</param>
    /// <param name="stop">Ends the work; finished modes are kept.</param>
    public static async Task<LabelingResult> RunAsync(
        IReadOnlyList<LabelRun> runs, int threads, IProgress<LabelProgress>? progress, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        var labeler = new Labeler(runs, threads, progress);
        labeler.Start();
        foreach (Worker worker in labeler._workers)
        {
            worker.Start();
        }

        labeler.Tell(new BeginLabeling());
        using (stop.Register(() => labeler.Tell(new StopLabeling())))
        {
            return await labeler._result.Task.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override void Handle(LabelMessage message)
    {
        try
        {
            Act(message);
        }
#pragma warning disable CA1031 // Whoever awaits the labeling receives it, after the workers have ended.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _error ??= error;
            _stopping = true;
            _cancel();
        }

        EndIfDone();
    }

    private void Act(LabelMessage message)
    {
        switch (message)
        {
            case BeginLabeling:
                Plan();
                foreach (Worker worker in _workers)
                {
                    Assign(worker.Index);
                }

                break;
            case UnitStepped stepped:
                _steps[(stepped.Run, stepped.Mode)] = stepped.Steps;
                Announce();
                break;
            case UnitEnded ended:
                _busy.Remove(ended.Worker);
                if (ended.Result.Outcome != QuasistaticOutcome.Canceled)
                {
                    _evaluations += ended.Result.Evaluations;
                    Finish(ended.Run);
                }

                Assign(ended.Worker);
                break;
            case StopLabeling:
                _stopping = true;
                _cancel();
                break;
            case LabelingFailed failed:
                _busy.Remove(failed.Worker);
                ExceptionDispatchInfo.Throw(failed.Error);
                break;
            default:
                throw new InvalidOperationException($"{Name} does not know {message.GetType().Name}.");
        }
    }

    private void Plan()
    {
        for (int run = 0; run < _runs.Count; run++)
        {
            if (_runs[run].State() == LabelState.Finished)
            {
                _structuresDone++;
                continue;
            }

            foreach (LabelUnit unit in _runs[run].Units)
            {
                _stepsTotal += unit.Steps;
                if (unit.Finished() is null)
                {
                    _missing[run]++;
                    _waiting.Enqueue((run, unit));
                }
                else
                {
                    _stepsKept += unit.Steps;
                }
            }

            if (_missing[run] == 0)
            {
                Assemble(run);
            }
        }

        Announce();
    }

    private void Assign(int worker)
    {
        if (!_stopping && _waiting.TryDequeue(out (int Run, LabelUnit Unit) work))
        {
            _busy.Add(worker);
            _workers[worker].Tell(new RunUnit(this, work.Run, work.Unit, _canceled));
        }
    }

    private void Finish(int run)
    {
        if (--_missing[run] == 0)
        {
            Assemble(run);
            Announce();
        }
    }

    private void Assemble(int run)
    {
        _tables[run] = _runs[run].Assemble();
        _structuresDone++;
    }

    private void Announce()
    {
        long here = 0;
        foreach (int steps in _steps.Values)
        {
            here += steps;
        }

        _progress?.Report(new LabelProgress(_stepsKept + here, _stepsTotal, here, _structuresDone));
    }

    private void EndIfDone()
    {
        if (_busy.Count > 0 || (!_stopping && _waiting.Count > 0))
        {
            return;
        }

        foreach (Worker worker in _workers)
        {
            worker.RequestStop();
        }

        if (_error is not null)
        {
            _result.TrySetException(_error);
        }
        else
        {
            _result.TrySetResult(new LabelingResult(_structuresDone == _runs.Count, _tables, _evaluations));
        }

        RequestStop();
    }

    /// <summary>One dedicated thread that runs units; holds nothing between two of them.</summary>
    private sealed class Worker(int index, Labeler labeler)
        : Actor<RunUnit>($"label-worker-{index}", new Supervisor(index, labeler), ActorPlacement.DedicatedThread)
    {
        public int Index => index;

        protected override void Handle(RunUnit message)
        {
            ModeResult result = message.Unit.Run(
                steps => message.Owner.Tell(new UnitStepped(message.Run, message.Unit.Mode, steps)), message.Cancel);
            message.Owner.Tell(new UnitEnded(index, message.Run, result));
        }
    }

    /// <summary>A unit that failed would fail again: its worker goes on living, the labeling ends.</summary>
    private sealed class Supervisor(int index, IMailbox<LabelMessage> labeler) : ISupervisor<RunUnit>
    {
        public static ISupervisor<LabelMessage> Escalating { get; } = new OfLabeler();

        public Directive Decide(Failure<RunUnit> failure)
        {
            labeler.Tell(new LabelingFailed(index, failure.Error));
            return Directive.Skip;
        }

        /// <summary>The labeler hands its own failures to whoever awaits it; nothing reaches this.</summary>
        private sealed class OfLabeler : ISupervisor<LabelMessage>
        {
            public Directive Decide(Failure<LabelMessage> failure) => Directive.Stop;
        }
    }
}
