using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Models.Inference;

/// <summary>
/// How far predictions jump when positions move by nearly nothing. Neighbors enter at the cutoff without an envelope, so z is
/// discontinuous where a pair crosses it; a user should see how large such jumps are.
/// </summary>
/// <param name="Amplitude">Each coordinate moved by a uniform number in ± this, Å.</param>
/// <param name="LargestChange">max |Δz| over atoms and repeats.</param>
/// <param name="Atom">The atom it happened to (index).</param>
/// <param name="CrossingPairs">Directed edges gained or lost, summed over the repeats (by the change of each atom's degree).</param>
internal readonly record struct JitterSensitivity(double Amplitude, double LargestChange, int Atom, int CrossingPairs)
{
    /// <summary>Measures with fresh random displacements in every repeat.</summary>
    /// <param name="engine">Predicts; its graph is left that of the last jittered copy.</param>
    /// <param name="structure">Is not changed.</param>
    /// <param name="amplitude">Å; 1e-4 by custom.</param>
    /// <param name="repeats">How many jittered copies.</param>
    /// <param name="seed">Key of the stream <see cref="RandomStream.Jitter"/>.</param>
    public static JitterSensitivity Measure(
        InferenceEngine engine, AtomicStructure structure, double amplitude = 1e-4, int repeats = 1, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(structure);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        double[] before = new double[structure.Count];
        double[] after = new double[structure.Count];
        engine.Predict(structure, before);
        int[] offsets = engine.Graph.Offsets.ToArray();
        AtomicStructure jittered = structure.Clone();
        double largest = 0;
        int atom = 0, crossings = 0;
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            DrawSequence draws = RandomStreams.Draws(seed, RandomStream.Jitter, 0, repeat);
            for (int i = 0; i < structure.Count; i++)
            {
                Vector3 shift = new(Shift(ref draws), Shift(ref draws), Shift(ref draws));
                jittered.SetPosition(i, structure.Position(i) + shift);
            }

            engine.Predict(jittered, after);
            ReadOnlySpan<int> moved = engine.Graph.Offsets;
            for (int i = 0; i < structure.Count; i++)
            {
                double change = Math.Abs(after[i] - before[i]);
                if (change > largest)
                {
                    (largest, atom) = (change, i);
                }

                crossings += Math.Abs(moved[i + 1] - moved[i] - (offsets[i + 1] - offsets[i]));
            }
        }

        return new(amplitude, largest, atom, crossings);

        double Shift(ref DrawSequence draws) => amplitude * ((2 * draws.NextUniform()) - 1);
    }
}
