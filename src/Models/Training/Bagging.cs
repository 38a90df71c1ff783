using Glasswright.Kernels.Random;

namespace Glasswright.Models.Training;

/// <summary>
/// The data of the members of an ensemble: each learns from as many training glasses as there are, drawn with replacement (L. Breiman,
/// Machine Learning 24, 123 (1996)), with random numbers of its own. Validation and test glasses are the same for all.
/// </summary>
internal static class Bagging
{
    /// <summary>The glasses of a member.</summary>
    /// <param name="set">All glasses.</param>
    /// <param name="seed">Key of the training.</param>
    /// <param name="member">Counted from 1.</param>
    public static TrainingSet Draw(TrainingSet set, ulong seed, int member)
    {
        ArgumentNullException.ThrowIfNull(set);
        IReadOnlyList<GlassSample> training = set.Part(DataPart.Training);
        DrawSequence draws = RandomStreams.Draws(seed, RandomStream.Bagging, member, 0);
        int[] times = new int[training.Count];
        for (int k = 0; k < times.Length; k++)
        {
            times[(int)draws.NextBelow(times.Length)]++;
        }

        TrainingSet bag = new();
        int index = 0;
        foreach ((GlassSample sample, DataPart part) in set.Glasses)
        {
            int count = part == DataPart.Training ? times[index++] : 1;
            for (int k = 0; k < count; k++)
            {
                bag.Add(sample, part);
            }
        }

        return bag;
    }

    /// <summary>The bag in words: every training glass with how often it was drawn.</summary>
    public static string Describe(TrainingSet bag)
    {
        ArgumentNullException.ThrowIfNull(bag);
        return string.Join(", ", bag.Part(DataPart.Training).GroupBy(glass => glass.Name).Select(group => $"{group.Key} ×{group.Count()}"));
    }

    /// <summary>The key of a member's own random numbers.</summary>
    public static ulong SeedOf(ulong seed, int member) => unchecked(seed + (ulong)member - 1);
}
