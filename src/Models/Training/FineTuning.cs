using Glasswright.Kernels.Threading;
using Glasswright.Models.Network.Layers;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Training;

/// <summary>
/// Goes on with a finished model on a few more glasses: its normalization stays, BatchNorm's statistics too (a few glasses would give others, and
/// with them another network than the one that is corrected), and nothing is dropped out. Kept are the weights of the epoch with the lowest loss
/// over these glasses. The result is a function of model, glasses in their order, settings and numerics, not of the number of threads.
/// </summary>
internal static class FineTuning
{
    /// <summary>The settings of a training that fine-tunes.</summary>
    /// <param name="seed">Key of the order of the glasses.</param>
    /// <param name="epochs">Passes over them.</param>
    /// <param name="learningRate">Adam's learning rate.</param>
    public static TrainingSettings Settings(ulong seed, int epochs, double learningRate) => new()
    {
        Seed = seed,
        Epochs = epochs,
        StopPatience = epochs,
        LearningRate = learningRate,
        Dropout = DropoutRates.None,
        FreezeNormalization = true,
    };

    /// <summary>Fine-tunes.</summary>
    /// <param name="start">The model.</param>
    /// <param name="glasses">What it learns from, made for the model's architecture.</param>
    /// <param name="settings">Those of <see cref="Settings"/>.</param>
    /// <param name="runner">Threads.</param>
    /// <param name="provenance">About the glasses, for the model.</param>
    /// <param name="cancel">Asked before every step.</param>
    /// <returns>The model; null where it diverged before the end of the first epoch, or was canceled.</returns>
    public static PropertyModel? Tune(
        PropertyModel start,
        IReadOnlyList<GlassSample> glasses,
        TrainingSettings settings,
        IBlockRunner runner,
        ModelProvenance provenance,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(glasses);
        var set = new TrainingSet();
        foreach (GlassSample glass in glasses)
        {
            set.Add(glass, DataPart.Training);
        }

        // Judged after each epoch by the weights as they are then; the loss along the way is of weights that moved.
        foreach (GlassSample glass in glasses)
        {
            set.Add(glass, DataPart.Validation);
        }

        TrainingResult result = Trainer.Train(
            settings, start.Architecture, set, runner, start.Label, start.PotentialSha256, provenance, start, cancel: cancel);
        return result.Outcome == TrainingOutcome.Canceled ? null : result.Model;
    }
}
