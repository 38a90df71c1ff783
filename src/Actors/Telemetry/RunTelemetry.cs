using System.Diagnostics;
using System.Diagnostics.Metrics;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Telemetry;

/// <summary>
/// What one process measures of a run: the instruments of the meter <c>Glasswright</c> and the activities of the source of that name, both with the
/// attributes <c>glasswright.run</c> and <c>glasswright.node</c>. Never part of the answer. Where nobody listens a measurement costs a comparison and
/// allocates nothing. Any thread may measure. <c>docs/telemetry.md</c> lists names, units and meanings.
/// </summary>
internal sealed class RunTelemetry : IDisposable
{
    /// <summary>The name of meter and source.</summary>
    public const string Name = "Glasswright";

    /// <summary>The key under which meter and source tell the run.</summary>
    public const string RunKey = "glasswright.run";

    private const string NodeKey = "glasswright.node", StageKey = "glasswright.stage";

    // Work takes from tens of microseconds, a trial that is not relaxed, to hours, a label of a large glass.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000],
    };

    // Made once: a tag that is made for each measurement is a box for each.
    private static readonly KeyValuePair<string, object?> Relax = new(StageKey, "relax"), Decide = new(StageKey, "decide"),
        Evaluate = new(StageKey, "evaluate"), Label = new(StageKey, "label"), Validate = new(StageKey, "validate"), Learn = new(StageKey, "learn");

    private static readonly Lazy<RunTelemetry> None = new(() => new RunTelemetry("none", "none"));

    private readonly ActivitySource _source;
    private readonly Counter<long> _relaxations;
    private readonly Counter<long> _evaluations;
    private readonly Counter<long> _inferences;
    private readonly Histogram<double> _stages;
    private ActivityContext _run; // of the activity around all others; set before any actor starts
    private int _liveChains;

    /// <summary>Creates the instruments of one process's part of a run.</summary>
    /// <param name="run">Its id.</param>
    /// <param name="node">The process.</param>
    public RunTelemetry(string run, string node)
    {
        (Run, Node) = (run, node);
        string? version = typeof(RunTelemetry).Assembly.GetName().Version?.ToString(3);
        KeyValuePair<string, object?>[] tags = [new(RunKey, run), new(NodeKey, node)];
        Meter = new Meter(new MeterOptions(Name) { Version = version, Tags = tags });
        _source = new ActivitySource(name: Name, version: version, tags: tags);
        Trials = Meter.CreateCounter<long>("glasswright.trials", "{trial}", "Trials committed to the store.");
        Accepted = Meter.CreateCounter<long>("glasswright.accepted", "{trial}", "Of these accepted.");
        Discards = Meter.CreateCounter<long>(
            "glasswright.window.discards", "{trial}", "Trials handed to a sampler that were not committed: an earlier one was accepted, or the chain stopped.");
        CommitSeconds = Meter.CreateHistogram("glasswright.store.commit.duration", "s", "Time of one transaction that commits trials.", advice: Seconds);
        _relaxations = Meter.CreateCounter<long>("glasswright.relaxations", "{relaxation}", "Relaxations of trials that ran to their end, pilot trials too.");
        _evaluations = Meter.CreateCounter<long>("glasswright.force_evaluations", "{evaluation}", "Force evaluations of the samplers.");
        _inferences = Meter.CreateCounter<long>("glasswright.inferences", "{inference}", "Structures whose values a decider or a property model computed.");
        _stages = Meter.CreateHistogram("glasswright.stage.duration", "s", "Time of one piece of work by stage.", advice: Seconds);
        Meter.CreateObservableUpDownCounter("glasswright.chains.live", () => Volatile.Read(ref _liveChains), "{chain}", "Chains that this process works on.");
    }

    /// <summary>Of a search that nobody listens to.</summary>
    public static RunTelemetry Silent => None.Value;

    /// <summary>The run's id.</summary>
    public string Run { get; }

    /// <summary>The process.</summary>
    public string Node { get; }

    /// <summary>The meter, by which a listener tells this run from another.</summary>
    public Meter Meter { get; }

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

    /// <summary>Whether an activity is of this run.</summary>
    public bool Owns(Activity activity) => ReferenceEquals(activity.Source, _source);

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
        Activity? run = _source.StartActivity("run");
        _run = run?.Context ?? default;
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

    /// <inheritdoc/>
    public void Dispose()
    {
        Meter.Dispose();
        _source.Dispose();
    }

    /// <summary>An activity below the run's; null where nobody listens.</summary>
    internal Activity? Start(string name) => _source.HasListeners() ? _source.StartActivity(name, ActivityKind.Internal, _run) : null;

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

    private void Record(TimeSpan time, KeyValuePair<string, object?> stage)
    {
        if (time > TimeSpan.Zero)
        {
            _stages.Record(time.TotalSeconds, stage);
        }
    }

    /// <summary>A piece of work that is long and rare: an activity, and its time in the histogram of the stages.</summary>
    internal readonly struct Work(RunTelemetry telemetry, Activity? activity, KeyValuePair<string, object?> stage) : IDisposable
    {
        private readonly long _began = Stopwatch.GetTimestamp();

        /// <summary>Ends it.</summary>
        public void Dispose()
        {
            telemetry.Record(Stopwatch.GetElapsedTime(_began), stage);
            activity?.Dispose();
        }
    }
}
