using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;
using Glasswright.Models.Storage;
using Glasswright.Models.Training;

namespace Glasswright.Host.Commands;

/// <summary><c>train</c>: a model from labeled glasses.</summary>
internal sealed class TrainVerb : Verb
{
    private readonly Argument<string?> _configuration = new("CONFIG")
    {
        Description = "Configuration file with the groups train and architecture.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _out = Options.Out("The model file.");
    private readonly Option<string> _target = Options.Value("--target", "COLUMN", "Learn this per-atom column of label or extended XYZ files.");
    private readonly Option<string> _species = Options.Species();
    private readonly Option<string> _threads = Options.Threads();
    private readonly Option<string> _seed = Options.Value("--seed", "N", "Key of the random numbers, in place of train.seed.");
    private readonly Option<string> _ensemble = Options.Value(
        "--ensemble", "N", "Train N models, each on glasses drawn with replacement: M-1.safetensors, M-2.safetensors, … beside --out M.safetensors.");

    private readonly Option<string[]> _define = Options.Define("train.epochs=200");
    private readonly Option<bool> _estimate = Options.Estimate();

    /// <summary>Describes the verb.</summary>
    public TrainVerb()
        : base("train", "Train a model on labeled glasses; a stopped training goes on where it was.")
    {
        Command.Arguments.Add(_configuration);
        Take(_species, _out, _target, _ensemble, _threads, _seed, _define, _estimate);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        CancellationToken stop = arguments.Has(_estimate) ? CancellationToken.None : session.Stop;
        string file = arguments.Positional(_configuration)
            ?? throw new InputException("no configuration is given", expected: "train CONFIG --out MODEL");
        string path = arguments.Required(_out);
        OutputFile.RequireWritable(path, ".safetensors");
        var defines = new List<string>(arguments.Repeated(_define));
        if (arguments.Seed(_seed) is { } seed)
        {
            defines.Add(FormattableString.Invariant($"train.seed={seed}"));
        }

        if (arguments.Text(_target) is { } target)
        {
            defines.Add($"train.column={target}");
        }

        if (arguments.Names(_species) is { } species)
        {
            defines.Add($"species=[{string.Join(", ", species.Select(name => JsonSerializer.Serialize(name)))}]");
        }

        ResolvedConfiguration configuration = ConfigurationReader.Resolve(file, defines);
        ExperimentSettings settings = configuration.Settings;
        var data = TrainingData.Read(configuration);
        if (data.MixesNumerics)
        {
            session.Warn($"the labels were computed with different numerics ({data.LabelNumerics}); the model says so");
        }

        Architecture architecture = settings.Architecture.ToArchitecture().Validate(file);
        TrainingSet set = data.ToSet(architecture);
        int? members = (int?)arguments.Whole(_ensemble, 2, 1000);
        int threads = (int)(arguments.Whole(_threads, 1, 4096) ?? settings.Threads ?? Environment.ProcessorCount);
        using var team = new ThreadTeam(threads);
        TrainingSettings training = Translate(settings.Train);
        if (arguments.Has(_estimate))
        {
            session.Print(Estimate(training, architecture, set, team, members ?? 1));
            return 0;
        }

        return session.Measure(Command.Name, settings.Telemetry, () => members is { } count
            ? EnsembleTraining.Run(training, architecture, data, set, team, path, count, session, stop)
            : Train(training with { Checkpoint = path + ".training" }, architecture, data, set, team, path, session, stop));
    }

    private static int Train(
        TrainingSettings training, Architecture architecture, TrainingData data, TrainingSet set, ThreadTeam team, string path,
        Session session, CancellationToken stop)
    {
        if (File.Exists(path))
        {
            session.Warn($"{path} is a finished model; it stays until this training ends, and is then replaced");
        }

        session.Say(FormattableString.Invariant($"training on {set.Part(DataPart.Training).Count} glasses, {team.Threads} threads"));
        long start = Stopwatch.GetTimestamp();
        TrainingResult result = Fit(training, architecture, data, set, team, data.Provenance(training), session, stop);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        bool stopped = result.Outcome == TrainingOutcome.Canceled;
        IReadOnlyList<GroupScores>? test = null;
        if (!stopped && result.Model is { } model)
        {
            (model, test) = data.Judge(model);
            ModelFile.Write(path, model);
            File.Delete(training.Checkpoint!);
        }

        session.Print(Summarize(result, stopped, test, path, elapsed));
        if (stopped)
        {
            session.Say(File.Exists(training.Checkpoint)
                ? $"stopped; {training.Checkpoint} holds the state, the same command goes on from it"
                : "stopped before the first checkpoint, so nothing is kept; the same command begins anew");
        }
        else if (result.Outcome == TrainingOutcome.NonFinite)
        {
            session.Warn(FormattableString.Invariant(
                $"a loss was not finite in epoch {result.History.Count + 1}; the model is that of epoch {result.BestEpoch}, the best before. A smaller train.learning-rate may help"));
        }

        return 0;
    }

    /// <summary>Trains one model with a line of progress.</summary>
    /// <exception cref="ArithmeticException">There is none: a loss was not finite in the first epoch.</exception>
    internal static TrainingResult Fit(
        TrainingSettings training, Architecture architecture, TrainingData data, TrainingSet set, ThreadTeam team,
        ModelProvenance provenance, Session session, CancellationToken stop)
    {
        var progress = session.Progress();
        int here = 0;
        void Told(EpochReport report)
        {
            progress.Show(report.Epoch, training.Epochs, ++here, "epochs at most", () => Describe(report));
            session.Telemetry.Learn(report);
        }

        TrainingResult result;
        using (session.Telemetry.StartPiece("model", Path.GetFileNameWithoutExtension(training.Checkpoint) ?? ""))
        {
            result = Trainer.Train(training, architecture, set, team, data.Meaning, data.PotentialSha256, provenance, null, Told, stop);
        }

        session.Telemetry.Finish("model", result.Outcome == TrainingOutcome.Canceled || result.Model is null ? 0 : 1);
        progress.End();
        return result.Outcome == TrainingOutcome.Canceled || result.Model is not null
            ? result
            : throw new ArithmeticException(
                "a loss was not finite before the first epoch ended, so there is no model; a smaller train.learning-rate may help");
    }

    private static Report Summarize(
        TrainingResult result, bool stopped, IReadOnlyList<GroupScores>? test, string path, double elapsed)
    {
        double validation = result.BestEpoch > 0 ? result.History[result.BestEpoch - 1].ValidationPearson : double.NaN;
        return new Report()
            .Text("outcome", "outcome", Name(result.Outcome))
            .Text("reason", "ended by", result.Outcome.ToString())
            .Text("model", "model", stopped || result.Model is null ? null : path)
            .Whole("epochs", "epochs", result.History.Count)
            .Whole("best_epoch", "best epoch", result.BestEpoch)
            .Number("validation_loss", "validation loss", result.BestValidationLoss, "", "F5")
            .Number("validation_pearson", "validation Pearson", validation, "", "F4")
            .Number("test_pearson", "test Pearson", test?[0].Pearson, "", "F4")
            .Number("test_mae", "test mean absolute error", test?[0].MeanAbsoluteError, "", "F4")
            .Number("elapsed_s", "time", elapsed, "s", "G4");
    }

    /// <summary>The word for how a training that leaves a model or a checkpoint ended.</summary>
    internal static string Name(TrainingOutcome outcome) => outcome switch
    {
        TrainingOutcome.Canceled => "stopped",
        TrainingOutcome.NonFinite => "diverged",
        _ => "finished",
    };

    private static string Describe(EpochReport report) => FormattableString.Invariant(
        $"validation loss {report.ValidationLoss:F4}, Pearson {report.ValidationPearson:F3}, rate {report.LearningRate:G3}");

    /// <summary>What an epoch takes. The first one also compiles; the second is what the others will be like.</summary>
    internal static double SecondsOfEpoch(TrainingSettings training, Architecture architecture, TrainingSet set, ThreadTeam team)
    {
        double seconds = 0;
        Trainer.Train(
            training with { Epochs = 2, Checkpoint = null }, architecture, set, team, progress: report => seconds = report.Seconds);
        return seconds;
    }

    private static Report Estimate(TrainingSettings training, Architecture architecture, TrainingSet set, ThreadTeam team, int models)
    {
        double seconds = SecondsOfEpoch(training, architecture, set, team);
        double wall = seconds * training.Epochs * models;
        return new Report()
            .Number("seconds_per_epoch", "measured", seconds, "s an epoch", "G3")
            .Number("core_hours", "work at most", wall * team.Threads / 3600, "core hours", "G3")
            .Number("wall_s", string.Create(CultureInfo.InvariantCulture, $"time at most on {team.Threads} threads"), wall, "s", "F0")
            .Number("memory_bytes", "memory", Environment.WorkingSet, "bytes", "G3")
            .Number("disk_bytes", "disk", (models + 4.0) * 4 * new ParameterLayout(architecture).TrainableCount, "bytes", "G3");
    }

    /// <summary>The settings in the words of the trainer.</summary>
    internal static TrainingSettings Translate(TrainSettings train) => new TrainingSettings
    {
        Seed = train.Seed,
        Epochs = train.Epochs,
        StopPatience = train.Patience,
        BatchGlasses = train.BatchSize,
        CoreAtoms = train.CoreAtoms,
        LearningRate = train.LearningRate,
        WeightDecay = train.WeightDecay,
        PlateauFactor = train.Plateau.Factor,
        PlateauPatience = train.Plateau.Patience,
        PlateauThreshold = train.Plateau.Threshold,
        MinLearningRate = train.Plateau.MinLearningRate,
        SettleNormalization = train.SettleNormalization,
        Dropout = new DropoutRates(train.Dropout.Attention, train.Dropout.Readout, train.Dropout.Edges, train.Dropout.Input),
    }.Validate();
}
