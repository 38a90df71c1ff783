using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Network;
using Glasswright.Models.Training;
using Glasswright.Tests.Support;

namespace Glasswright.Models.Tests.Training;

/// <summary>
/// The 864-atom glass with its species dealt out again and its atoms moved by up to 0.15 Å, and as target a known function
/// of the local environment: Σ_j exp(-(d_ij - 2 Å)) over unlike neighbors within 3.6 Å.
/// </summary>
internal static class SyntheticGlass
{
    /// <summary>Small enough for tests.</summary>
    public static Architecture Network { get; } = new()
    {
        NodeWidth = 12,
        EdgeWidth = 20,
        Heads = 2,
        HeadWidth = 8,
        Layers = 2,
        Cutoff = 3.6,
        Gaussian = new GaussianBasis(2.0, 0.1, 20, 0.15),
        Embedding = [12],
        Readout = [12],
    };

    public static GlassSample Sample(int seed, int invalidEvery = 0)
    {
        AtomicStructure glass = LammpsDataFile.Read(Repository.Data("glasses", "cu50zr50-864-p0.data"), ["Cu", "Zr"]).Structure;
        DrawSequence draws = RandomStreams.Draws((ulong)seed, RandomStream.SelfTest, 0, 0);
        draws.Shuffle<int>(glass.Species);
        for (int k = 0; k < 3 * glass.Stride; k++)
        {
            glass.Coordinates[k] += k % glass.Stride < glass.Count ? 0.3 * (draws.NextUniform() - 0.5) : 0;
        }

        GlassSample unlabeled = GlassSample.Create(
            $"glass-{seed}", glass, Network, new double[glass.Count], [.. Enumerable.Repeat(true, glass.Count)]);
        double[] targets = new double[glass.Count];
        bool[] valid = new bool[glass.Count];
        for (int i = 0; i < targets.Length; i++)
        {
            for (int edge = unlabeled.Graph.Offsets[i]; edge < unlabeled.Graph.Offsets[i + 1]; edge++)
            {
                bool unlike = unlabeled.Graph.Species[unlabeled.Graph.Neighbors[edge]] != unlabeled.Graph.Species[i];
                targets[i] += unlike ? Math.Exp(2 - unlabeled.Graph.Distances[edge]) : 0;
            }

            valid[i] = invalidEvery == 0 || i % invalidEvery != 0;
            targets[i] = valid[i] ? targets[i] : double.NaN;
        }

        return new GlassSample($"glass-{seed}", unlabeled.Graph, targets, valid);
    }

    public static TrainingSet Set(int training, int validation, int invalidEvery = 0)
    {
        TrainingSet set = new();
        for (int seed = 1; seed <= training + validation; seed++)
        {
            set.Add(Sample(seed, invalidEvery), seed <= training ? DataPart.Training : DataPart.Validation);
        }

        return set;
    }
}
