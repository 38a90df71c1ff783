namespace Glasswright.Models.Training;

/// <summary>
/// Multiplies the learning rate by a factor when the watched loss has not become better for more than a number of epochs
/// (PyTorch's <c>ReduceLROnPlateau</c>, mode min, relative threshold, no cooldown).
/// </summary>
internal sealed class PlateauSchedule
{
    private readonly TrainingSettings _settings;

    /// <summary>Starts at the settings' learning rate.</summary>
    public PlateauSchedule(TrainingSettings settings)
    {
        _settings = settings;
        LearningRate = settings.LearningRate;
    }

    /// <summary>η of the next step.</summary>
    public double LearningRate { get; set; }

    /// <summary>The loss to beat.</summary>
    public double Best { get; set; } = double.PositiveInfinity;

    /// <summary>Epochs since it was beaten.</summary>
    public int BadEpochs { get; set; }

    /// <summary>Takes the loss of an epoch.</summary>
    public void Observe(double loss)
    {
        if (loss < Best * (1 - _settings.PlateauThreshold))
        {
            Best = loss;
            BadEpochs = 0;
            return;
        }

        BadEpochs++;
        if (BadEpochs > _settings.PlateauPatience)
        {
            LearningRate = Math.Max(LearningRate * _settings.PlateauFactor, _settings.MinLearningRate);
            BadEpochs = 0;
        }
    }
}
