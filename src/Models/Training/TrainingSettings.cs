using System.Globalization;
using Glasswright.Kernels;
using Glasswright.Models.Network.Layers;

namespace Glasswright.Models.Training;

/// <summary>How a network is trained. All but <see cref="Checkpoint"/> and <see cref="CheckpointEvery"/> decide the result.</summary>
internal sealed record TrainingSettings
{
    /// <summary>Key of every random number: weights, order of the glasses, dropout.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Passes over the training glasses at most.</summary>
    public int Epochs { get; init; } = 1000;

    /// <summary>Glasses, or pieces of them, of one optimizer step; BatchNorm's statistics run over their atoms and edges.</summary>
    public int BatchGlasses { get; init; } = 1;

    /// <summary>Core atoms of a piece at most (<see cref="GlassPieces"/>); null for whole glasses.</summary>
    public int? CoreAtoms { get; init; }

    /// <summary>Adam's first learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Adam's weight decay: this multiple of every trained number is added to its gradient.</summary>
    public double WeightDecay { get; init; } = 1e-5;

    /// <summary>Adam's decay of the mean gradient.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the mean squared gradient.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Adam's ε beside the root of the mean squared gradient.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Dropout on attention weights, in the readout, on edges and on what enters a layer.</summary>
    public DropoutRates Dropout { get; init; } = new(0.1, 0.1, 0.1);

    /// <summary>The learning rate is multiplied by this when the validation loss has stalled.</summary>
    public double PlateauFactor { get; init; } = 0.5;

    /// <summary>Epochs without a better validation loss before the learning rate falls.</summary>
    public int PlateauPatience { get; init; } = 15;

    /// <summary>A loss counts as better for the schedule if it is below (1 - this) times the best.</summary>
    public double PlateauThreshold { get; init; } = 1e-4;

    /// <summary>The learning rate never falls below this.</summary>
    public double MinLearningRate { get; init; } = 1e-6;

    /// <summary>Epochs without a lower validation loss before training ends.</summary>
    public int StopPatience { get; init; } = 60;

    /// <summary>
    /// After every epoch BatchNorm's running statistics are those of all training glasses under the present weights
    /// (<see cref="SettledNormalization"/>). Off: the exponential average over the epochs' batches.
    /// </summary>
    public bool SettleNormalization { get; init; } = true;

    /// <summary>BatchNorm uses its running statistics and leaves them as they are (fine-tuning).</summary>
    public bool FreezeNormalization { get; init; }

    /// <summary>The file that holds the state of the training between epochs, null for none; read if it exists.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Epochs between two checkpoints.</summary>
    public int CheckpointEvery { get; init; } = 1;

    /// <summary>Checks every field.</summary>
    /// <exception cref="InputException">A field is out of its range.</exception>
    public TrainingSettings Validate()
    {
        Require(Epochs >= 1, "epochs", "a whole number above 0", Epochs);
        Require(BatchGlasses >= 1, "batch-glasses", "a whole number above 0", BatchGlasses);
        Require(CoreAtoms is null or >= 1, "core-atoms", "a whole number above 0", CoreAtoms ?? 0);
        RequirePositive("learning-rate", LearningRate);
        Require(double.IsFinite(WeightDecay) && WeightDecay >= 0, "weight-decay", "a finite number, not negative", WeightDecay);
        RequireShare("beta1", Beta1);
        RequireShare("beta2", Beta2);
        RequirePositive("epsilon", Epsilon);
        RequireShare("dropout.attention", Dropout.Attention);
        RequireShare("dropout.readout", Dropout.Readout);
        RequireShare("dropout.edges", Dropout.Edges);
        RequireShare("dropout.input", Dropout.Input);
        Require(PlateauFactor is > 0 and < 1, "plateau.factor", "a number between 0 and 1", PlateauFactor);
        Require(PlateauPatience >= 0, "plateau.patience", "a whole number, not negative", PlateauPatience);
        RequireShare("plateau.threshold", PlateauThreshold);
        Require(MinLearningRate >= 0, "min-learning-rate", "a number, not negative", MinLearningRate);
        Require(StopPatience >= 1, "stop-patience", "a whole number above 0", StopPatience);
        Require(CheckpointEvery >= 1, "checkpoint-every", "a whole number above 0", CheckpointEvery);
        return this;

        void RequireShare(string name, double value) => Require(value is >= 0 and < 1, name, "a number from 0 to below 1", value);

        void RequirePositive(string name, double value) =>
            Require(double.IsFinite(value) && value > 0, name, "a finite number above 0", value);

        void Require(bool sound, string name, string expected, IFormattable found)
        {
            if (!sound)
            {
                throw new InputException(
                    $"training.{name} cannot be used",
                    expected: expected,
                    found: found.ToString(null, CultureInfo.InvariantCulture));
            }
        }
    }
}
