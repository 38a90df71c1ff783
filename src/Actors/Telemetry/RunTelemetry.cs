using System.Diagnostics;
using System.Diagnostics.Metrics;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Telemetry;

/// <summary>What one process measures of a run, with the attributes <c>glasswright.run</c> and <c>glasswright.node</c>.</summary>
internal sealed class RunTelemetry : TelemetryScope
{
    /// <summary>The key under which meter and source tell the run.</summary>
    public const string RunKey = "glasswright.run";

    private const string NodeKey = "glasswright.node";

    private static readonly KeyValuePair<string, object?> Relax = Stage("relax"), Decide = Stage("decide"),
        Evaluate = Stage("evaluate"), Label = Stage("label"), Validate = Stage("validate"), Learn = Stage("learn");

    private static readonly Lazy<RunTelemetry> None = new(() => new RunTelemetry("none", "none"));

    private readonly Counter<long> _relaxations;
    private readonly Counter<long> _evaluations;
    private readonly Counter<long> _inferences;
    private int _liveChains;

    /// <summary>Creates the instruments of one process's part of a run.</summary>
    /// <param name="run">Its id.</param>
    /// <param name="node">The process.</param>
    public RunTelemetry(string run, string node)
        : base(node, new(RunKey, run), new KeyValuePair<string, object?>(NodeKey, node))
    {
        Trials = Meter.CreateCounter<long>("glasswright.trials", "{trial}", "Trials committed to the store.");
        Accepted = Meter.CreateCounter<long>("glasswright.accepted", "{trial}", "Of these accepted.");
        Discards = Meter.CreateCounter<long>(
            "glasswright.window.discards", "{trial}", "Trials handed to a sampler that were not committed: an earlier one was accepted, or the chain stopped.");
        CommitSeconds = Meter.CreateHistogram("glasswright.store.commit.duration", "s", "Time of one transaction that commits trials.", advice: Seconds);
        _relaxations = Meter.CreateCounter<long>("glasswright.relaxations", "{relaxation}", "Relaxations of trials that ran to their end, pilot trials too.");
        _evaluations = Meter.CreateCounter<long>("glasswright.force_evaluations", "{evaluation}", "Force evaluations of the samplers.");
        _inferences = Meter.CreateCounter<long>("glasswright.inferences", "{inference}", "Structures whose values a decider or a property model computed.");
        Meter.CreateObservableUpDownCounter("glasswright.chains.live", () => Volatile.Read(ref _liveChains), "{chain}", "Chains that this process works on.");
    }

    /// <summary>Of a search that nobody listens to.</summary>
    public static RunTelemetry Silent => None.Value;

    /// <summary>Trials in the store.</summary>
    internal Counter<long> Trials { get; }

    /// <summary>Of these accepted.</summary>
    internal Counter<long> Accepted { get; }

    /// <summary>Trials in vain.</summary>
    internal Counter<long> Discards { get; }

    /// <summary>Time of one transaction.</summary>
    internal Histogram<double> CommitSeconds { get; }

    /// <summary>The measurements of one chain.</summary>
    public ChainTelemetry OfChain(int replica) => new(this, replica);

    /// <summary>Says how many chains this process works on.</summary>
    public void CountChains(int live) => Volatile.Write(ref _liveChains, live);

    /// <summary>Counts what a piece of a sampler's work spent.</summary>
    public void Pay(WorkCost cost)
    {
        Add(_relaxations, cost.Relaxations);
        Add(_evaluations, cost.Evaluations);
        Add(_inferences, cost.Inferences);
        Record(cost.RelaxTime, Relax);
        Record(cost.DecideTime, Decide);
        Record(cost.EvaluateTime, Evaluate);
    }

    /// <summary>The activity around a process's part of a run; null where nobody listens. Begun before any other.</summary>
    public Activity? StartRun(SearchSettings settings)
    {
        Activity? run = StartRoot("run");
        run?.SetTag("glasswright.replicas", settings.Replicas).SetTag("glasswright.trials", settings.Trials).SetTag("glasswright.samplers", settings.SamplerCount);
        return run;
    }

    /// <summary>The work of labeling one structure to learn from.</summary>
    public Work StartLabel(int replica, long version) => Start("label", Label, replica, version);

    /// <summary>The work of validating one structure.</summary>
    public Work StartValidation(int replica, long version) => Start("validation", Validate, replica, version);

    /// <summary>The work of a decision about the model, fine-tuning included.</summary>
    public Work StartLearning(int decision)
    {
        Activity? activity = Start("learning");
        activity?.SetTag("glasswright.decision", decision);
        return new Work(this, activity, Learn);
    }

    private static void Add(Counter<long> counter, long count)
    {
        if (count > 0)
        {
            counter.Add(count);
        }
    }

    private Work Start(string name, KeyValuePair<string, object?> stage, int replica, long version)
    {
        Activity? activity = Start(name);
        activity?.SetTag(ChainTelemetry.ReplicaKey, replica).SetTag("glasswright.version", version);
        return new Work(this, activity, stage);
    }
}
