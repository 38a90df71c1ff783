using System.Globalization;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Training;

/// <summary>
/// All that a training carries from one epoch to the next. As a file: safetensors with the groups <c>current/</c>,
/// <c>best/</c>, <c>adam-m/</c>, <c>adam-v/</c> (tensors by PyTorch's names), <c>history</c> [epochs, 6] and
/// <c>counters</c> (F64), and metadata that say which training it belongs to. A training that continues from it gives the
/// same bytes as one that was never interrupted.
/// </summary>
internal sealed class TrainingState
{
    private const string Format = "glasswright-training";
    private const int HistoryColumns = 6;

    /// <summary>Starts a training.</summary>
    public TrainingState(TrainingSettings settings, ParameterSet initial)
    {
        Current = initial;
        Best = initial.Clone();
        Optimizer = new Adam(settings, initial.Layout);
        Schedule = new PlateauSchedule(settings);
    }

    /// <summary>The weights that are trained.</summary>
    public ParameterSet Current { get; }

    /// <summary>The weights of the best epoch.</summary>
    public ParameterSet Best { get; }

    /// <summary>Adam and its moments.</summary>
    public Adam Optimizer { get; }

    /// <summary>The learning rate.</summary>
    public PlateauSchedule Schedule { get; }

    /// <summary>Epochs finished.</summary>
    public int Epoch { get; set; }

    /// <summary>Epoch of <see cref="Best"/>, 0 before the first.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Validation loss of <see cref="Best"/>.</summary>
    public double BestLoss { get; set; } = double.PositiveInfinity;

    /// <summary>Every finished epoch.</summary>
    public List<EpochReport> History { get; } = [];

    /// <summary>Writes the state; <paramref name="fingerprint"/> says which training it belongs to.</summary>
    public void Write(string path, string fingerprint)
    {
        SafeTensors file = new();
        file.Metadata["format"] = Format;
        file.Metadata["format-version"] = "1";
        file.Metadata["training"] = fingerprint;
        foreach ((string group, ParameterSet set) in Groups())
        {
            foreach (Parameter parameter in set.Parameters)
            {
                file.Add($"{group}/{parameter.Name}", SafeTensor.From(parameter.Values, parameter.Descriptor.Shape));
            }
        }

        double[] history = [.. History.SelectMany(report => new[]
        {
            report.Epoch,
            report.TrainingLoss,
            report.ValidationLoss,
            report.ValidationPearson,
            report.LearningRate,
            report.IsBest ? 1.0 : 0.0,
        })];
        file.Add("history", SafeTensor.From(history, History.Count, HistoryColumns));
        double[] counters =
            [Epoch, BestEpoch, BestLoss, Optimizer.Steps, Schedule.LearningRate, Schedule.Best, Schedule.BadEpochs];
        file.Add("counters", SafeTensor.From(counters, counters.Length));
        byte[] bytes = file.ToBytes();
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Takes over a state that was written by the same training.</summary>
    /// <exception cref="InputException">The file is no such state, or belongs to another training.</exception>
    public void Read(string path, string fingerprint)
    {
        SafeTensors file = SafeTensors.Read(path);
        if (file.Metadata.GetValueOrDefault("format") != Format || file.Metadata.GetValueOrDefault("format-version") != "1")
        {
            throw new InputException(
                "the file holds no training that can be continued",
                path,
                expected: $"metadata format = {Format}, format-version = 1",
                found: file.Metadata.GetValueOrDefault("format") ?? "none");
        }

        if (file.Metadata.GetValueOrDefault("training") != fingerprint)
        {
            throw new InputException(
                "the checkpoint belongs to another training (settings, architecture, data, start or numerics differ)",
                path,
                expected: $"{fingerprint}; the settings and files that began it go on with it, without this file training begins anew",
                found: file.Metadata.GetValueOrDefault("training") ?? "none");
        }

        foreach ((string group, ParameterSet set) in Groups())
        {
            foreach (Parameter parameter in set.Parameters)
            {
                float[] values = file.Require($"{group}/{parameter.Name}").ToSingles();
                RequireLength(path, $"{group}/{parameter.Name}", values.Length, parameter.Values.Length);
                values.CopyTo(parameter.Values, 0);
            }
        }

        double[] counters = file.Require("counters").ToDoubles();
        RequireLength(path, "counters", counters.Length, 7);
        (Epoch, BestEpoch, BestLoss) = ((int)counters[0], (int)counters[1], counters[2]);
        Optimizer.Steps = (long)counters[3];
        (Schedule.LearningRate, Schedule.Best, Schedule.BadEpochs) = (counters[4], counters[5], (int)counters[6]);
        double[] history = file.Require("history").ToDoubles();
        RequireLength(path, "history", history.Length, Epoch * HistoryColumns);
        History.Clear();
        for (int k = 0; k < history.Length; k += HistoryColumns)
        {
            History.Add(new EpochReport(
                (int)history[k], history[k + 1], history[k + 2], history[k + 3], history[k + 4], history[k + 5] != 0, 0));
        }
    }

    private static void RequireLength(string path, string tensor, int found, int expected)
    {
        if (found != expected)
        {
            throw new InputException(
                $"the tensor '{tensor}' has the wrong length",
                path,
                expected: expected.ToString(CultureInfo.InvariantCulture),
                found: found.ToString(CultureInfo.InvariantCulture));
        }
    }

    private IEnumerable<(string Group, ParameterSet Set)> Groups() =>
    [
        ("current", Current), ("best", Best), ("adam-m", Optimizer.FirstMoment), ("adam-v", Optimizer.SecondMoment),
    ];
}
