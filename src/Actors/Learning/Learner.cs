using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Runtime;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Telemetry;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Evaluation;

namespace Glasswright.Actors.Learning;

/// <summary>What a learner works with.</summary>
/// <param name="Settings">The search.</param>
/// <param name="Learning">How it learns.</param>
/// <param name="Parts">Models, labels, fine-tuning.</param>
/// <param name="Store">The authority.</param>
/// <param name="Constants">C_k of the first rung, which stay whatever the model is.</param>
/// <param name="IsShared">Whether other processes work on the run too.</param>
/// <param name="Telemetry">What is measured.</param>
internal sealed record LearnerParts(
    SearchSettings Settings,
    LearningSettings Learning,
    LearningParts Parts,
    IRunStore Store,
    IReadOnlyList<double> Constants,
    bool IsShared,
    RunTelemetry Telemetry);

/// <summary>
/// Labels structures of the chains by true simulation while these go on, and, when all of them stand at a decision, fine-tunes the model if its
/// labels say so. One dedicated thread, and a team of more while there is work for them. Takes <see cref="LearnerMessage"/>s, one at a time, so a
/// decision waits for labels that are late; tells the coordinator <see cref="DecisionMade"/>. Labels and decisions are in the store as soon as
/// they stand; what was cut off is begun anew. Supervised by the coordinator: a failure ends the run, since chains must not go on without a decision.
/// </summary>
#pragma warning disable CA1001 // The cancellation source is released in OnStopped, on the actor's own thread.
internal sealed class Learner : Actor<LearnerMessage>
#pragma warning restore CA1001
{
    private readonly LearnerParts _parts;
    private readonly IRunStore _store;
    private readonly LearningPlan _plan;
    private readonly Generations _generations;
    private readonly IMailbox<CoordinatorMessage> _coordinator;
    private readonly CancellationTokenSource _abandon = new();

    /// <summary>Creates the learner of a run whose constants are fixed.</summary>
    public Learner(LearnerParts parts, IMailbox<CoordinatorMessage> coordinator, ISupervisor<LearnerMessage> supervisor)
        : base("learner", supervisor, ActorPlacement.DedicatedThread)
    {
        _parts = parts;
        _store = parts.Store;
        _plan = parts.Settings.LearningPlan;
        _generations = new Generations(parts.Store, parts.Parts);
        _coordinator = coordinator;
    }

    /// <summary>Stops, and gives up what is under way.</summary>
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
    protected override void Handle(LearnerMessage message)
    {
        try
        {
            switch (message)
            {
                case MakeLabels labels:
                    MakeLabels(labels.Decision, labels.Replicas);
                    break;
                case Decide decide:
                    Decide(decide);
                    break;
                default:
                    throw new InvalidOperationException($"{Name} does not know {message.GetType().Name}.");
            }
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            // The run halts; whoever goes on with it begins this anew.
        }
    }

    /// <inheritdoc/>
    protected override void OnStopped() => _abandon.Dispose();

    /// <summary>
    /// Labels what is due by a decision and is not in the store yet, structure by structure: of some chains from the first on, or of all from the
    /// last on, so that one that other processes are at comes late.
    /// </summary>
    private void MakeLabels(int decision, IReadOnlySet<int>? replicas)
    {
        var due = LabelQueue.UpTo(_store, _plan, _parts.Settings.Replicas, decision)
            .Where(item => replicas?.Contains(item.Replica) ?? true).ToList();
        if (replicas is null)
        {
            due.Reverse();
        }

        HashSet<(int, int)> present = Labeled();
        if (due.TrueForAll(item => present.Contains((item.Decision, item.Replica))))
        {
            return;
        }

        using var team = new ThreadTeam(_parts.Settings.SamplerCount);
        foreach ((int at, int replica, long version) in due)
        {
            _abandon.Token.ThrowIfCancellationRequested();
            present = _parts.IsShared ? Labeled() : present;
            if (present.Contains((at, replica)))
            {
                continue;
            }

            using RunTelemetry.Work work = _parts.Telemetry.StartLabel(replica, version);
            AtomicStructure structure = Structure(replica, version);
            _store.WriteLearnedLabel(new LearnedLabel(at, replica, version, Label(structure, team)));
        }
    }

    private HashSet<(int Decision, int Replica)> Labeled() => [.. _store.ReadLearnedLabels().Select(label => (label.Decision, label.Replica))];

    private double[] Label(AtomicStructure structure, ThreadTeam team)
    {
        IReadOnlyList<Func<AtomicStructure, CancellationToken, double[]?>> truth = _parts.Parts.Truth;
        var found = new double[truth.Count][];
        team.Run(truth.Count, part => found[part] = truth[part](structure, _abandon.Token)!);
        if (Array.Exists(found, part => part is null))
        {
            throw new OperationCanceledException(_abandon.Token);
        }

        // In the order of the parts, whichever was first.
        var labels = new double[structure.Count];
        foreach (double[] part in found)
        {
            for (int i = 0; i < labels.Length; i++)
            {
                labels[i] += part[i];
            }
        }

        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] /= found.Length;
        }

        return labels;
    }

    private void Decide(Decide decide)
    {
        if (Find(decide.Decision) is { } made)
        {
            // By another process.
            _coordinator.Tell(made);
            return;
        }

        MakeLabels(decide.Decision - 1, replicas: null);
        using RunTelemetry.Work work = _parts.Telemetry.StartLearning(decide.Decision);
        IReadOnlyList<LearnedLabel> labels = [.. _store.ReadLearnedLabels().Where(label => label.Decision < decide.Decision)];
        LearnedLabel[] fresh = [.. labels.Where(label => label.Decision == decide.Decision - 1)];
        int generation = LearningRecord.GenerationAfter(_store.ReadLearning(), decide.Decision - 1);
        double before = Pearson(() => _generations.MakeEvaluator(generation), fresh);
        var record = new LearningRecord(
            decide.Decision, _plan.TrialOf(decide.Decision), fresh.Length, labels.Count, before, double.NaN, generation);
        if (!Wants(before, generation) || !TryTune(record, labels, fresh))
        {
            Commit(record, [], []);
        }
    }

    private DecisionMade? Find(int decision)
    {
        IReadOnlyList<LearningRecord> decisions = _store.ReadLearning();
        return decisions.Count >= decision ? new DecisionMade(decision, LearningRecord.GenerationAfter(decisions, decision)) : null;
    }

    private bool Wants(double pearson, int generation) =>
        double.IsFinite(pearson) && (_parts.Learning.LimitPearson is not { } limit || pearson < limit) &&
        (_parts.Learning.AtMost is not { } most || generation < most);

    /// <summary>Fine-tunes, and changes to what came of it unless it is worse on the very labels that it was made for.</summary>
    private bool TryTune(LearningRecord record, IReadOnlyList<LearnedLabel> labels, LearnedLabel[] fresh)
    {
        int next = record.Generation + 1;
        IReadOnlyList<byte[]>? models = _parts.Parts.Tune(
            new TuningTask(
                next,
                _generations.Models(record.Generation),
                [.. labels.Where(label => Array.Exists(label.Labels, double.IsFinite)).Select(Labeled)],
                _parts.Learning,
                _parts.Settings.Seed,
                _parts.Settings.SamplerCount),
            _abandon.Token);
        _abandon.Token.ThrowIfCancellationRequested();
        if (models is null)
        {
            _parts.Parts.Tell?.Invoke(FormattableString.Invariant($"decision {record.Decision}: the fine-tuning diverged, the model stays"));
            return false;
        }

        Func<ITrialEvaluator> make = _parts.Parts.Load(models);
        double after = Pearson(make, fresh);
        record = record with { PearsonAfter = after };
        if (after >= record.PearsonBefore && Renew(make, record.Generation) is { } renewed)
        {
            Commit(record with { Generation = next }, models, renewed);
        }
        else
        {
            Commit(record, [], []);
        }

        return true;
    }

    /// <summary>
    /// What must be known under new models before chains go on: the structures in which they stand, the best one so far, and the start, by which
    /// the end is judged. Null where a target of one of them is not finite.
    /// </summary>
    private List<RenewedVersion>? Renew(Func<ITrialEvaluator> make, int generation)
    {
        SearchSettings settings = _parts.Settings;
        TargetSet targets = settings.TargetSet;
        var wanted = new SortedSet<(int Replica, long Version)> { (0, 0) };
        foreach (ChainPosition chain in _store.ReadPositions())
        {
            wanted.Add((chain.Replica, chain.Version));
        }

        wanted.Add(BestVersion.Find(_store, settings.Replicas, new MultiTargetRule(targets, [.. _parts.Constants]), generation).Key);
        var renewed = new List<RenewedVersion>();
        using ITrialEvaluator evaluator = make();
        foreach ((int replica, long number) in wanted)
        {
            StoredVersion stored = _store.ReadVersions(replica, number).First();
            var version = ChainVersion.Evaluate(evaluator, targets, settings.Proposal, number, stored.Trial, stored.Bytes, _abandon.Token);
            if (!Array.TrueForAll(version.Objectives, double.IsFinite))
            {
                return null;
            }

            renewed.Add(new RenewedVersion(replica, StoredVersion.Of(version)));
        }

        return renewed;
    }

    /// <summary>
    /// Whoever comes to it first: while the decision is not in the store no chain moves, so that two processes have the same one. If it is there by
    /// now the chains may have moved while this one was made, and it counts no more.
    /// </summary>
    private void Commit(LearningRecord record, IReadOnlyList<byte[]> models, IReadOnlyList<RenewedVersion> renewed)
    {
        if (Find(record.Decision) is { } made)
        {
            _coordinator.Tell(made);
            return;
        }

        if (_store.CommitLearning(record, models, renewed, record.Trial + 1) != CommitOutcome.Committed)
        {
            throw new LawBrokenException($"a chain does not stand at decision {record.Decision} about the model, which is not made");
        }

        string change = models.Count > 0 ? FormattableString.Invariant($"model g{record.Generation} from here on, r = {record.PearsonAfter:F3} on them") : "the model stays";
        _parts.Parts.Tell?.Invoke(FormattableString.Invariant(
            $"decision {record.Decision} after trial {record.Trial}: {record.Fresh} new labels, r = {record.PearsonBefore:F3}; {change}"));
        _coordinator.Tell(new DecisionMade(record.Decision, record.Generation));
    }

    /// <summary>Pearson's r of z against labels over the valid atoms of all structures; NaN where there is nothing to compare.</summary>
    private double Pearson(Func<ITrialEvaluator> make, LearnedLabel[] labels)
    {
        var predicted = new List<double>();
        var found = new List<double>();
        if (labels.Length == 0)
        {
            return double.NaN;
        }

        using ITrialEvaluator evaluator = make();
        foreach (LearnedLabel label in labels)
        {
            double[] values = evaluator.Evaluate(Structure(label.Replica, label.Version), _abandon.Token).Values;
            for (int i = 0; i < values.Length; i++)
            {
                if (double.IsFinite(label.Labels[i]))
                {
                    predicted.Add(values[i]);
                    found.Add(label.Labels[i]);
                }
            }
        }

        return found.Count > 1 ? Correlation.Pearson([.. predicted], [.. found]) : double.NaN;
    }

    private LabeledStructure Labeled(LearnedLabel label) => new(
        FormattableString.Invariant($"version {label.Version} of chain {label.Replica}"), Structure(label.Replica, label.Version), label.Labels);

    private AtomicStructure Structure(int replica, long version) =>
        CanonicalStructure.Decode(_store.ReadVersions(replica, version).First().Bytes);
}
