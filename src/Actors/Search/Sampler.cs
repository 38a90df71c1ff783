using System.Diagnostics;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Runtime;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Search;

/// <summary>
/// One dedicated thread that relaxes and evaluates. Takes <see cref="SamplerCommand"/>s one at a time; answers each to its
/// owner, then tells the coordinator that it is free. Supervised by the coordinator: after a failure its evaluator is made
/// anew and the command tried once more. Holds nothing that a restart could lose.
/// </summary>
#pragma warning disable CA1001 // The cancellation source is released in OnStopped, on the actor's own thread.
internal sealed class Sampler : Actor<SamplerCommand>
#pragma warning restore CA1001
{
    private readonly int _index;
    private readonly Func<int, ITrialEvaluator> _makeEvaluator;
    private readonly TargetSet _targets;
    private readonly ProposalSettings _proposal;
    private readonly ScreeningSettings _screening;
    private readonly IMailbox<CoordinatorMessage> _coordinator;
    private readonly PauseGate? _gate;
    private readonly CancellationTokenSource _abandon = new();
    private ITrialEvaluator? _evaluator;
    private int _generation;

    /// <summary>Creates a sampler; its evaluator is made on its own thread.</summary>
    public Sampler(
        int index,
        Func<int, ITrialEvaluator> makeEvaluator,
        SearchSettings settings,
        IMailbox<CoordinatorMessage> coordinator,
        ISupervisor<SamplerCommand> supervisor,
        PauseGate? gate = null)
        : base($"sampler-{index}", supervisor, ActorPlacement.DedicatedThread)
    {
        _index = index;
        _makeEvaluator = makeEvaluator;
        _targets = settings.TargetSet;
        _proposal = settings.Proposal;
        _screening = settings.Screening;
        _coordinator = coordinator;
        _gate = gate;
    }

    private ITrialEvaluator Evaluator => _evaluator ??= _makeEvaluator(_generation);

    /// <summary>Stops, and gives up a version that is being evaluated: whoever wanted it has halted.</summary>
    public void Abandon()
    {
        try
        {
            _abandon.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }

        RequestStop();
    }

    /// <inheritdoc/>
    protected override void Handle(SamplerCommand message)
    {
        _gate?.Wait(_abandon.Token);
        if (message.Generation != _generation)
        {
            OnRestart();
            _generation = message.Generation;
        }

        long inferences = _evaluator?.Inferences ?? 0;
        SamplerEvent answer = message switch
        {
            RelaxStart command => Relax(command),
            PrepareVersion command => Prepare(command),
            RelaxTrial command => Try(command),
            AdvanceSegment command => Advance(command),
            _ => throw new InvalidOperationException($"{Name} does not know {message.GetType().Name}."),
        };

        // The order matters: the owner must see the answer before the coordinator can offer this sampler to it again.
        message.Owner.Tell(answer);
        _coordinator.Tell(new WorkPaid(answer.Cost with { Inferences = (_evaluator?.Inferences ?? 0) - inferences }));
        _coordinator.Tell(new SamplerFreed(_index));
    }

    /// <inheritdoc/>
    protected override void OnRestart()
    {
        _evaluator?.Dispose();
        _evaluator = null;
    }

    /// <inheritdoc/>
    protected override void OnStopped()
    {
        OnRestart();
        _abandon.Dispose();
    }

    private StartRelaxed Relax(RelaxStart command)
    {
        long began = Stopwatch.GetTimestamp();
        Relaxation relaxation = Evaluator.RelaxStart(command.Start, command.Cancel);
        byte[]? bytes = relaxation.Outcome == TrialOutcome.Converged
            ? CanonicalStructure.WrapAndEncode(Evaluator.Relaxed.Clone())
            : null;
        return new StartRelaxed(
            relaxation, bytes, new WorkCost(relaxation.Evaluations, 0, Stopwatch.GetElapsedTime(began), default, default));
    }

    private SamplerEvent Advance(AdvanceSegment command)
    {
        long began = Stopwatch.GetTimestamp();
        TraditionalSegment segment = command.Segment;
        List<TrialRecord>? trials = segment.Run(Evaluator.LocalEnergy, command.Cancel, out double energy);
        TimeSpan runTime = Stopwatch.GetElapsedTime(began);
        if (trials is null)
        {
            return new TrialCanceled(segment.Version.Number, segment.FirstTrial, new WorkCost(0, 0, runTime, default, default));
        }

        if (!trials.Exists(trial => trial.Accepted))
        {
            return new SegmentAdvanced(trials, null, null, new WorkCost(0, 0, runTime, default, default));
        }

        began = Stopwatch.GetTimestamp();
        byte[] bytes = CanonicalStructure.WrapAndEncode(Evaluator.LocalEnergy.Structure);
        ChainVersion next = ChainVersion.Evaluate(
            Evaluator, _targets, _proposal, segment.Version.Number + 1, trials[^1].Trial, bytes);
        TraditionalSegment.RequireNoDrift(energy, next.Evaluation.Energy, trials[^1].Trial);
        ChainVersion? best = null;
        if (segment.Lowest is { } lowest)
        {
            best = ChainVersion.Evaluate(
                Evaluator, _targets, _proposal, next.Number, lowest.Trial, CanonicalStructure.WrapAndEncode(lowest.Structure));
            TraditionalSegment.RequireNoDrift(lowest.Energy, best.Evaluation.Energy, lowest.Trial);
        }

        return new SegmentAdvanced(
            trials, next, best, new WorkCost(best is null ? 1 : 2, 0, runTime, default, Stopwatch.GetElapsedTime(began)));
    }

    private SamplerEvent Prepare(PrepareVersion command)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            ChainVersion version = ChainVersion.Evaluate(
                Evaluator, _targets, _proposal, command.Number, command.Trial, command.Bytes, _abandon.Token);
            return new VersionPrepared(version with { Generation = command.Generation }, Cost());
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            return new TrialCanceled(command.Number, command.Trial, Cost());
        }

        WorkCost Cost() => new(1, 0, default, default, Stopwatch.GetElapsedTime(began));
    }

    private SamplerEvent Try(RelaxTrial command)
    {
        long began = Stopwatch.GetTimestamp();
        PairEstimate? estimate = command.Known?.Estimate;
        TrialPause? pause = estimate is not null ? null : Pause(seen =>
        {
            estimate = seen;
            return !command.Judge.Dismisses(command.Version, seen, command.Trial);
        });
        Relaxation relaxation = Evaluator.RelaxSwap(command.Version, command.Pair, pause, command.Cancel);
        TimeSpan relaxTime = Stopwatch.GetElapsedTime(began) - relaxation.DecideTime;
        var cost = new WorkCost(relaxation.Evaluations, 0, relaxTime, relaxation.DecideTime, default);
        if (relaxation.Outcome == TrialOutcome.Canceled)
        {
            return new TrialCanceled(command.Version.Number, command.Trial, cost);
        }

        cost = cost with { Relaxations = relaxation.Outcome == TrialOutcome.Screened ? 0 : 1 };
        PairOutcome outcome = Measure(command, relaxation, estimate ?? (pause is null ? null : PairEstimate.None));
        TrialDecision decision = command.Judge.Judge(command.Version, outcome, command.Trial);
        began = Stopwatch.GetTimestamp();
        int checks = 0;
        bool canceled = false;
        if (decision.Missing == MissingNumbers.WayBack)
        {
            PairEstimate back = PairEstimate.None;
            TrialPause once = Pause(seen =>
            {
                back = seen;
                return false;
            })!;
            canceled = !Evaluator.GoBack(command.Pair.Inverse(command.Version.Structure), once, command.Cancel, out checks);
            outcome = outcome with { Back = back };
            decision = canceled ? default : command.Judge.Judge(command.Version, outcome, command.Trial);
        }

        if (_proposal.Reversible && outcome.Returns is null && (decision.Accepted || decision.Missing == MissingNumbers.Return))
        {
            bool? returns = Evaluator.Returns(command.Version, command.Pair, command.Cancel, out int more);
            checks += more;
            canceled = returns is null;
            outcome = outcome with { Returns = returns };
            decision = canceled ? default : command.Judge.Judge(command.Version, outcome, command.Trial);
        }

        byte[]? structure = decision.Accepted ? CanonicalStructure.WrapAndEncode(Evaluator.Relaxed.Clone()) : null;
        if (checks > 0)
        {
            // Most trials end without, and a time of nothing is no piece of work.
            cost += new WorkCost(checks, 0, default, default, Stopwatch.GetElapsedTime(began));
        }

        return canceled
            ? new TrialCanceled(command.Version.Number, command.Trial, cost)
            : new TrialEvaluated(command.Version.Number, command.Trial, outcome, decision, structure, cost);
    }

    /// <summary>A pause that computes F_k of the structure as it stands there; null without screening.</summary>
    private TrialPause? Pause(Func<PairEstimate, bool> goOn) => !_screening.Estimates ? null : new TrialPause(
        _screening.ForceTolerance,
        (structure, energy, values, properties, evaluations) =>
        {
            var objectives = new double[_targets.Count];
            _targets.Evaluate(energy, values, objectives, structure, properties);
            return goOn(new PairEstimate(Array.TrueForAll(objectives, double.IsFinite) ? objectives : [], evaluations));
        });

    /// <summary>The numbers of a pair, relaxed to its end or screened. Where an equal pair left numbers, these must be the same bits.</summary>
    private PairOutcome Measure(RelaxTrial command, Relaxation relaxation, PairEstimate? estimate)
    {
        var outcome = new PairOutcome
        {
            Pair = command.Pair,
            Outcome = relaxation.Outcome,
            Evaluations = relaxation.Evaluations,
            Estimate = estimate,
        };
        if (relaxation.Outcome == TrialOutcome.Converged)
        {
            var objectives = new double[_targets.Count];
            ReadOnlySpan<double> values = Evaluator.RelaxedValues;
            TargetReport report = _targets.Evaluate(
                relaxation.Energy, values, objectives, Evaluator.Relaxed, Evaluator.RelaxedProperties);
            bool finite = double.IsFinite(relaxation.Energy) && Array.TrueForAll(objectives, double.IsFinite);
            outcome = outcome with
            {
                Outcome = finite ? TrialOutcome.Converged : TrialOutcome.NonFiniteTarget,
                Energy = relaxation.Energy,
                PressureBar = relaxation.PressureBar,
                Objectives = objectives,
                Report = report,
                LogHastings = finite && _proposal.Hastings
                    ? command.Version.Proposal.LogHastings(command.Pair, command.Version.Structure, Evaluator.Relaxed, values)
                    : 0,
            };
        }

        // An equal pair that was screened left an estimate only, which is taken above.
        if (command.Known is not { } known || known.Outcome == TrialOutcome.Screened)
        {
            return outcome;
        }

        if (known.Outcome != outcome.Outcome || known.Evaluations != outcome.Evaluations ||
            !known.Objectives.AsSpan().SequenceEqual(outcome.Objectives))
        {
            throw new LawBrokenException(
                $"trial {command.Trial} of version {command.Version.Number}: the same pair relaxed to other numbers");
        }

        return known with { Estimate = estimate };
    }
}
