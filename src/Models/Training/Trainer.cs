using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Graphs;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Training;

/// <summary>
/// Trains a network on per-atom targets by the mean squared error of the normalized target, or on their classes by the negative
/// log-likelihood (<see cref="TrainingLoss"/>). The result is a function of
/// settings, architecture, data and start alone: not of the number of threads, and not of interruptions.
/// </summary>
internal sealed class Trainer
{
    private readonly TrainingSettings _settings;
    private readonly IBlockRunner _runner;
    private readonly IReadOnlyList<GlassSample> _training;
    private readonly IReadOnlyList<GlassSample> _validation;
    private readonly NeighborGraph[] _trainingGraphs;
    private readonly NeighborGraph[] _validationGraphs;
    private readonly TrainingState _state;
    private readonly TrainableNetwork _network;
    private readonly GraphBatch _batch;
    private readonly SettledNormalization _normalization;
    private readonly TrainingLoss _loss;
    private readonly int _layers;
    private readonly string _fingerprint;
    private readonly double[] _predicted;
    private readonly double[] _wanted;

    private Trainer(
        TrainingSettings settings, ParameterSet initial, string start, TrainingSet set, IBlockRunner runner, ModelProvenance provenance)
    {
        _settings = settings;
        _runner = runner;
        _training = set.Part(DataPart.Training);
        _validation = set.Part(DataPart.Validation);
        _trainingGraphs = [.. _training.Select(glass => glass.Graph)];
        _validationGraphs = [.. _validation.Select(glass => glass.Graph)];
        _predicted = new double[_validation.Aggregate(0, (atoms, glass) => atoms + glass.ValidCount)];
        _wanted = new double[_predicted.Length];
        _loss = new TrainingLoss(initial.Layout.Architecture);
        _layers = initial.Layout.Architecture.Layers;
        _state = new TrainingState(settings, initial);
        _network = TrainableNetwork.Create(_state.Current, runner);
        _normalization = new SettledNormalization(_state.Current);
        _batch = new GraphBatch(initial.Layout.Architecture);
        _fingerprint = Fingerprint(settings, initial.Layout.Architecture, start, set, provenance);
    }

    /// <summary>Trains from random weights or from a given model.</summary>
    /// <param name="settings">How to train.</param>
    /// <param name="architecture">
    /// The network; its target normalization, or the bounds of its classes, are replaced by those of the training glasses.
    /// </param>
    /// <param name="set">Glasses with targets; the test part is not touched.</param>
    /// <param name="runner">Threads.</param>
    /// <param name="label">What the target means, for the model.</param>
    /// <param name="potentialSha256">The potential behind the targets, for the model.</param>
    /// <param name="provenance">
    /// Files and words about the data, for the model; scores are added. A checkpoint of other numerics, of training or labels,
    /// is not gone on from. Numerics that are not told are those of this build.
    /// </param>
    /// <param name="start">A model to go on from (fine-tuning): its architecture and normalization stay.</param>
    /// <param name="progress">Called after every epoch, in order, on the caller's thread.</param>
    /// <param name="cancel">Asked before every step.</param>
    /// <exception cref="Glasswright.Kernels.InputException">Settings, data or checkpoint cannot be used.</exception>
    public static TrainingResult Train(
        TrainingSettings settings,
        Architecture architecture,
        TrainingSet set,
        IBlockRunner runner,
        LabelDefinition? label = null,
        string? potentialSha256 = null,
        ModelProvenance? provenance = null,
        PropertyModel? start = null,
        Action<EpochReport>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(set);
        settings.Validate();
        ParameterSet initial = start is not null
            ? start.Parameters.Clone()
            : ParameterSet.Initialize(
                new ParameterLayout(Fit(architecture, set)), settings.Seed);
        ModelProvenance origin = provenance ?? new ModelProvenance();
        origin = origin with { Numerics = origin.Numerics ?? InferenceSelfTest.Identity.Compute() };
        Trainer trainer = new(settings, initial, start?.Sha256 ?? "random", set, runner, origin);
        TrainingOutcome outcome = trainer.Run(progress, cancel);
        return trainer.Result(outcome, label, potentialSha256, origin);
    }

    private TrainingOutcome Run(Action<EpochReport>? progress, CancellationToken cancel)
    {
        string? checkpoint = _settings.Checkpoint;
        if (checkpoint is not null && File.Exists(checkpoint))
        {
            _state.Read(checkpoint, _fingerprint);
        }

        TrainingOutcome? outcome = Ended();
        while (outcome is null)
        {
            Stopwatch watch = Stopwatch.StartNew();
            double learningRate = _state.Schedule.LearningRate;
            (double trainingLoss, outcome) = TrainEpoch(_state.Epoch + 1, cancel);
            if (outcome is not null)
            {
                return outcome.Value;
            }

            if (_settings.SettleNormalization && !_settings.FreezeNormalization && !SettleNormalization())
            {
                return TrainingOutcome.NonFinite;
            }

            (double validationLoss, double pearson) = _validation.Count > 0 ? Validate() : (trainingLoss, double.NaN);
            if (!double.IsFinite(validationLoss))
            {
                return TrainingOutcome.NonFinite;
            }

            EpochReport report = Keep(trainingLoss, validationLoss, pearson, learningRate, watch.Elapsed.TotalSeconds);
            outcome = Ended();
            if (checkpoint is not null && (outcome is not null || _state.Epoch % _settings.CheckpointEvery == 0))
            {
                _state.Write(checkpoint, _fingerprint);
            }

            progress?.Invoke(report);
        }

        return outcome.Value;
    }

    /// <summary>Names a training from random weights: everything that decides its result.</summary>
    public static string Identify(TrainingSettings settings, Architecture architecture, TrainingSet set, ModelProvenance provenance)
    {
        ArgumentNullException.ThrowIfNull(settings);
        string fingerprint = Fingerprint(settings, Fit(architecture, set), "random", set, provenance);
        return FormattableString.Invariant($"{fingerprint}-{settings.Epochs}");
    }

    private static Architecture Fit(Architecture architecture, TrainingSet set) => architecture.ClassLevels is { } levels
        ? architecture with { ClassBounds = set.Bounds(levels), Target = TargetNormalization.None }
        : architecture with { Target = set.Normalization() };

    /// <summary>One pass over the training glasses, or their pieces, in random order; the mean loss per valid atom.</summary>
    private (double Loss, TrainingOutcome? Outcome) TrainEpoch(int epoch, CancellationToken cancel)
    {
        List<GraphPiece> order = GlassPieces.Shuffled(_trainingGraphs, _settings.CoreAtoms, _layers, _settings.Seed, epoch);
        NormMode mode = _settings.FreezeNormalization ? NormMode.Running : NormMode.Batch;
        Dropout edges = new(_settings.Dropout.Edges, _settings.Seed, RandomStream.DropoutEdge, 0, epoch);
        double sum = 0;
        long atoms = 0;
        for (int first = 0; first < order.Count; first += _settings.BatchGlasses)
        {
            if (cancel.IsCancellationRequested)
            {
                return (0, TrainingOutcome.Canceled);
            }

            GraphPiece[] pieces = [.. order.Skip(first).Take(_settings.BatchGlasses)];
            _batch.Assemble(_trainingGraphs, pieces, edges, _runner);
            ReadOnlySpan<float> prediction = _network.Forward(_batch, mode, _settings.Dropout, _settings.Seed, epoch);
            (double loss, int valid) = _loss.Compute(prediction, _batch, _training);
            if (valid == 0)
            {
                // A piece without a valid core atom teaches nothing.
                continue;
            }

            if (!double.IsFinite(loss))
            {
                return (loss, TrainingOutcome.NonFinite);
            }

            _network.Backward(_loss.Gradient[..prediction.Length]);
            if (!GradientsAreFinite())
            {
                return (loss, TrainingOutcome.NonFinite);
            }

            _state.Optimizer.Step(_state.Current, _network.Gradients, _state.Schedule.LearningRate);
            sum += loss;
            atoms += valid;
        }

        return (sum / atoms, null);
    }

    /// <summary>Gives the running statistics of BatchNorm the values that belong to the present weights; returns whether they are finite.</summary>
    private bool SettleNormalization()
    {
        _normalization.Begin();
        foreach (GraphPiece piece in Pieces(_trainingGraphs))
        {
            _batch.Assemble(_trainingGraphs, [piece], Dropout.None, _runner);
            _normalization.BeforeGlass();
            _network.Forward(_batch, NormMode.Batch, DropoutRates.None, 0, 0);
            _normalization.AfterGlass();
        }

        return _normalization.Finish();
    }

    /// <summary>The pieces that a pass without random numbers goes over.</summary>
    private IEnumerable<GraphPiece> Pieces(NeighborGraph[] graphs) =>
        graphs.SelectMany((graph, glass) => GlassPieces.Cut(glass, graph, _settings.CoreAtoms, _layers));

    private bool GradientsAreFinite()
    {
        foreach (Parameter gradient in _network.Gradients.Parameters)
        {
            foreach (float value in gradient.Values)
            {
                if (!float.IsFinite(value) && gradient.Descriptor.IsTrainable)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Loss and Pearson's r over all valid validation atoms, glass by glass.</summary>
    private (double Loss, double Pearson) Validate()
    {
        double sum = 0;
        int atoms = 0;
        foreach (GraphPiece piece in Pieces(_validationGraphs))
        {
            _batch.Assemble(_validationGraphs, [piece], Dropout.None, _runner);
            ReadOnlySpan<float> prediction = _network.Forward(_batch, NormMode.Running, DropoutRates.None, 0, 0);
            sum += _loss.Compute(prediction, _batch, _validation).Sum;
            for (int node = 0; node < _batch.NodeCount; node++)
            {
                if (TrainingLoss.Counts(_batch, _validation, node))
                {
                    _predicted[atoms] = _loss.Value(prediction, node);
                    _wanted[atoms] = _validation[piece.Glass].Targets[_batch.Key(node)];
                    atoms++;
                }
            }
        }

        return (sum / atoms, Correlation.Pearson(_predicted, _wanted));
    }

    /// <summary>Books a finished epoch.</summary>
    private EpochReport Keep(double trainingLoss, double validationLoss, double pearson, double learningRate, double seconds)
    {
        _state.Epoch++;
        bool best = validationLoss < _state.BestLoss;
        if (best)
        {
            _state.Best.CopyFrom(_state.Current);
            _state.BestLoss = validationLoss;
            _state.BestEpoch = _state.Epoch;
        }

        _state.Schedule.Observe(validationLoss);
        EpochReport report = new(_state.Epoch, trainingLoss, validationLoss, pearson, learningRate, best, seconds);
        _state.History.Add(report);
        return report;
    }

    private TrainingOutcome? Ended()
    {
        if (_state.Epoch > 0 && _state.Epoch - _state.BestEpoch >= _settings.StopPatience)
        {
            return TrainingOutcome.Stalled;
        }

        return _state.Epoch >= _settings.Epochs ? TrainingOutcome.EpochLimit : null;
    }

    private TrainingResult Result(
        TrainingOutcome outcome, LabelDefinition? label, string? potentialSha256, ModelProvenance provenance)
    {
        if (_state.BestEpoch == 0)
        {
            return new TrainingResult(outcome, null, 0, double.NaN, _state.History);
        }

        ModelProvenance scored = provenance with { Seed = _settings.Seed };
        SortedDictionary<string, double> metrics = new(scored.Metrics, StringComparer.Ordinal)
        {
            ["training/best-epoch"] = _state.BestEpoch,
            ["validation/loss"] = _state.BestLoss,
        };
        double pearson = _state.History[_state.BestEpoch - 1].ValidationPearson;
        if (double.IsFinite(pearson))
        {
            metrics["validation/pearson"] = pearson;
        }

        PropertyModel model = new(_state.Best.Clone(), label, potentialSha256, scored with { Metrics = metrics });
        return new TrainingResult(outcome, model, _state.BestEpoch, _state.BestLoss, _state.History);
    }

    /// <summary>Names a training: what decides its result, without the place and rhythm of its checkpoints.</summary>
    private static string Fingerprint(
        TrainingSettings settings, Architecture architecture, string start, TrainingSet set, ModelProvenance provenance)
    {
        string text = string.Join(
            '\n',
            FormattableString.Invariant($"{settings with { Checkpoint = null, CheckpointEvery = 1, Epochs = 1 }}"),
            Convert.ToHexStringLower(SHA256.HashData(ModelFile.ToBytes(new PropertyModel(new ParameterSet(architecture))))),
            start,
            set.Digest(),
            provenance.Numerics,
            provenance.LabelNumerics);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
