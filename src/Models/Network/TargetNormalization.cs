namespace Glasswright.Models.Network;

/// <summary>The network learns (z - mean)/std; a prediction is mean + std·output.</summary>
/// <param name="Mean">Mean of the training targets.</param>
/// <param name="Std">Their standard deviation, above 0.</param>
internal sealed record TargetNormalization(double Mean, double Std)
{
    /// <summary>Mean 0, standard deviation 1: targets as they are.</summary>
    public static TargetNormalization None { get; } = new(0, 1);
}
