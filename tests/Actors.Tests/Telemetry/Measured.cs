using System.Diagnostics;
using System.Diagnostics.Metrics;
using Glasswright.Actors.Telemetry;

namespace Glasswright.Actors.Tests.Telemetry;

/// <summary>Listens to the measurements and activities of one run, by name as any listener would, and by meter so that it hears no other test.</summary>
internal sealed class Measured : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _sums = [];
    private readonly MeterListener _metrics = new();
    private readonly ActivityListener _activities;

    public Measured(RunTelemetry telemetry, string run)
    {
        _metrics.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, telemetry.Meter))
            {
                Units[instrument.Name] = instrument.Unit!;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _metrics.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _metrics.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _metrics.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Glasswright" && source.Tags!.Any(tag => Equals(tag.Value, run)),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (_lock)
                {
                    Activities.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public Dictionary<string, string> Units { get; } = [];

    public List<Activity> Activities { get; } = [];

    /// <summary>Sum of the values of an instrument; of one attribute's value if one is given.</summary>
    public double Sum(string name, string? tag = null)
    {
        lock (_lock)
        {
            return _sums.GetValueOrDefault(tag is null ? name : $"{name} {tag}");
        }
    }

    public void Observe() => _metrics.RecordObservableInstruments();

    public void Dispose()
    {
        _metrics.Dispose();
        _activities.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            _sums[instrument.Name] = _sums.GetValueOrDefault(instrument.Name) + value;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                string key = $"{instrument.Name} {tag.Key}={tag.Value}";
                _sums[key] = _sums.GetValueOrDefault(key) + value;
            }

            string count = instrument.Name + " count";
            _sums[count] = _sums.GetValueOrDefault(count) + 1;
        }
    }
}
