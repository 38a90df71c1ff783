using Glasswright.Models.Storage;

namespace Glasswright.Models.Training;

/// <summary>Why a training ended.</summary>
internal enum TrainingOutcome
{
    /// <summary>All epochs were run.</summary>
    EpochLimit,

    /// <summary>The validation loss did not fall for <see cref="TrainingSettings.StopPatience"/> epochs.</summary>
    Stalled,

    /// <summary>A loss or gradient was not finite; the best weights before it are returned.</summary>
    NonFinite,

    /// <summary>It was canceled between two steps; a checkpoint holds the last finished epoch that was to be kept.</summary>
    Canceled,
}

/// <summary>What one epoch gave. Losses are mean squared errors of the normalized target.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="TrainingLoss">Over the epoch's batches, with dropout, while the weights moved.</param>
/// <param name="ValidationLoss">After the epoch, running statistics, no dropout; the training loss if nothing validates.</param>
/// <param name="ValidationPearson">Pearson's r over all valid atoms of the validation glasses; NaN if nothing validates.</param>
/// <param name="LearningRate">η of the epoch.</param>
/// <param name="IsBest">Whether these weights are kept.</param>
/// <param name="Seconds">Wall time; no part of the answer.</param>
internal sealed record EpochReport(
    int Epoch,
    double TrainingLoss,
    double ValidationLoss,
    double ValidationPearson,
    double LearningRate,
    bool IsBest,
    double Seconds);

/// <summary>The end of a training.</summary>
/// <param name="Outcome">Why it ended.</param>
/// <param name="Model">The weights of the best epoch; null if no epoch was finished.</param>
/// <param name="BestEpoch">Their epoch, 0 if there is none.</param>
/// <param name="BestValidationLoss">Their validation loss.</param>
/// <param name="History">Every epoch, those before a resume included (their seconds read 0).</param>
internal sealed record TrainingResult(
    TrainingOutcome Outcome,
    PropertyModel? Model,
    int BestEpoch,
    double BestValidationLoss,
    IReadOnlyList<EpochReport> History);
