using System.Diagnostics;
using System.Diagnostics.Metrics;
using Glasswright.Actors.Telemetry;
using Glasswright.Models.Training;

namespace Glasswright.Host.Telemetry;

/// <summary>
/// What a long verb that is no search measures, with the attribute <c>glasswright.verb</c>: its progress, the pieces that it is made of (glasses,
/// models, trajectories), and how a training goes.
/// </summary>
internal sealed class VerbTelemetry : TelemetryScope
{
    /// <summary>The key under which meter and source tell the verb.</summary>
    public const string VerbKey = "glasswright.verb";

    private const string UnitKey = "glasswright.unit", PieceKey = "glasswright.piece", PartKey = "glasswright.part";

    private static readonly KeyValuePair<string, object?> Training = new(PartKey, "training"), Validation = new(PartKey, "validation"), Epoch = Stage("epoch");

    private static readonly Lazy<VerbTelemetry> None = new(() => new VerbTelemetry("none", "none"));

    private readonly string _verb;
    private readonly Counter<double> _work;
    private readonly Gauge<double> _share;
    private readonly Counter<long> _pieces;
    private readonly Gauge<double> _loss;
    private readonly Gauge<double> _pearson;
    private readonly Gauge<double> _rate;

    /// <summary>Creates the instruments of a verb.</summary>
    /// <param name="verb">Its name.</param>
    /// <param name="process">The process.</param>
    public VerbTelemetry(string verb, string process)
        : base(process, new(VerbKey, verb))
    {
        _verb = verb;
        _work = Meter.CreateCounter<double>("glasswright.work", "{unit}", "Units of work that this process did.");
        _share = Meter.CreateGauge<double>("glasswright.work.share", "1", "Share of the work that is done, earlier processes' included.");
        _pieces = Meter.CreateCounter<long>("glasswright.pieces", "{piece}", "Glasses, structures or models that this process finished.");
        _loss = Meter.CreateGauge<double>("glasswright.training.loss", "1", "Loss of the newest epoch.");
        _pearson = Meter.CreateGauge<double>("glasswright.training.pearson", "1", "Pearson correlation over the validation glasses.");
        _rate = Meter.CreateGauge<double>("glasswright.training.learning_rate", "1", "Learning rate of the newest epoch.");
    }

    /// <summary>Of a verb that nobody listens to.</summary>
    public static VerbTelemetry Silent => None.Value;

    /// <summary>Does the verb's work, with an activity around it that tells how it ended.</summary>
    public int Run(Func<int> work)
    {
        using Activity? root = StartRoot(_verb);
        try
        {
            return work();
        }
        catch (Exception failure)
        {
            root?.SetStatus(ActivityStatusCode.Error, failure.Message);
            throw;
        }
    }

    /// <summary>A piece of the work: an activity of its kind's name, and its time in the histogram of the stages.</summary>
    /// <param name="kind">What it is, such as <c>glass</c>.</param>
    /// <param name="name">Which one.</param>
    public Work StartPiece(string kind, string name)
    {
        Activity? activity = Start(kind);
        activity?.SetTag(PieceKey, name);
        return new Work(this, activity, Stage(kind));
    }

    /// <summary>Counts pieces that are finished.</summary>
    public void Finish(string kind, long count = 1)
    {
        if (count > 0)
        {
            _pieces.Add(count, new KeyValuePair<string, object?>(PieceKey, kind));
        }
    }

    /// <summary>Tells how far the work is.</summary>
    /// <param name="done">Units that were done since it was told last.</param>
    /// <param name="share">What is done of all.</param>
    /// <param name="unit">What a unit is called.</param>
    public void Advance(double done, double share, string unit)
    {
        var tag = new KeyValuePair<string, object?>(UnitKey, unit);
        if (done > 0)
        {
            _work.Add(done, tag);
        }

        _share.Record(share, tag);
    }

    /// <summary>Tells of an epoch.</summary>
    public void Learn(EpochReport epoch)
    {
        _loss.Record(epoch.TrainingLoss, Training);
        _loss.Record(epoch.ValidationLoss, Validation);
        _pearson.Record(epoch.ValidationPearson);
        _rate.Record(epoch.LearningRate);
        Record(TimeSpan.FromSeconds(epoch.Seconds), Epoch);
    }
}
