using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Glasswright.Actors.Telemetry;

/// <summary>
/// The meter and the activity source <c>Glasswright</c> of one piece of this process's work, with attributes that tell it from others. Never part of
/// the answer. Where nobody listens a measurement costs a comparison and allocates nothing. Any thread may measure. <c>docs/telemetry.md</c> lists
/// names, units and meanings.
/// </summary>
internal abstract class TelemetryScope : IDisposable
{
    /// <summary>The name of meter and source.</summary>
    public const string Name = "Glasswright";

    private const string StageKey = "glasswright.stage";

    private readonly ActivitySource _source;
    private readonly Histogram<double> _stages;
    private ActivityContext _root; // of the activity around all others; set before any other begins

    /// <summary>Creates meter and source.</summary>
    /// <param name="process">The process, as logs call it.</param>
    /// <param name="about">What the work is: an attribute of scope and resource.</param>
    /// <param name="tags">Further attributes of the scope.</param>
    protected TelemetryScope(string process, KeyValuePair<string, object?> about, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        (Process, About) = (process, about);
        string? version = typeof(TelemetryScope).Assembly.GetName().Version?.ToString(3);
        KeyValuePair<string, object?>[] all = [about, .. tags];
        Meter = new Meter(new MeterOptions(Name) { Version = version, Tags = all });
        _source = new ActivitySource(name: Name, version: version, tags: all);
        _stages = Meter.CreateHistogram("glasswright.stage.duration", "s", "Time of one piece of work by stage.", advice: Seconds);
    }

    /// <summary>The process.</summary>
    public string Process { get; }

    /// <summary>What the work is: an attribute of scope and resource.</summary>
    public KeyValuePair<string, object?> About { get; }

    /// <summary>The meter, by which a listener tells this work from other.</summary>
    public Meter Meter { get; }

    /// <summary>Bounds for times: work takes from tens of microseconds, a trial that is not relaxed, to a day, a glass that is cooled slowly.</summary>
    protected static InstrumentAdvice<double> Seconds { get; } = new()
    {
        HistogramBucketBoundaries = [1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000],
    };

    /// <summary>Whether an activity is of this work.</summary>
    public bool Owns(Activity activity) => ReferenceEquals(activity.Source, _source);

    /// <inheritdoc/>
    public void Dispose()
    {
        Meter.Dispose();
        _source.Dispose();
    }

    /// <summary>An activity below the one around all; null where nobody listens.</summary>
    internal Activity? Start(string name) => _source.HasListeners() ? _source.StartActivity(name, ActivityKind.Internal, _root) : null;

    /// <summary>A stage, made once: a tag that is made for each measurement is a box for each.</summary>
    protected static KeyValuePair<string, object?> Stage(string name) => new(StageKey, name);

    /// <summary>The activity around all others; null where nobody listens.</summary>
    protected Activity? StartRoot(string name)
    {
        Activity? root = _source.StartActivity(name);
        _root = root?.Context ?? default;
        return root;
    }

    /// <summary>Adds a time to the histogram of the stages; none where there is none.</summary>
    protected void Record(TimeSpan time, KeyValuePair<string, object?> stage)
    {
        if (time > TimeSpan.Zero)
        {
            _stages.Record(time.TotalSeconds, stage);
        }
    }

    /// <summary>A piece of work that is long and rare: an activity, and its time in the histogram of the stages.</summary>
    internal readonly struct Work(TelemetryScope telemetry, Activity? activity, KeyValuePair<string, object?> stage) : IDisposable
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
