using Glasswright.Kernels.Random;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// Velocities of a temperature: each component normal with variance kT/m, then the momentum is taken away and all are scaled so that
/// Σ m v² = N_f k_B T exactly.
/// </summary>
internal static class MaxwellBoltzmann
{
    /// <summary>Draws velocities; atom after atom, x y z.</summary>
    /// <param name="motion">The atoms, whose velocities are replaced.</param>
    /// <param name="temperature">K.</param>
    /// <param name="seed">Key of the random numbers.</param>
    /// <param name="run">Which draw of this seed.</param>
    public static void Draw(AtomMotion motion, double temperature, ulong seed, int run = 0)
    {
        DrawSequence draws = RandomStreams.Draws(seed, RandomStream.Velocities, 0, run);
        double thermal = temperature * MetalUnits.BoltzmannConstant;
        int stride = motion.Structure.Stride;
        for (int i = 0; i < motion.Structure.Count; i++)
        {
            double width = Math.Sqrt(thermal / motion.Mass(i));
            for (int k = 0; k < 3; k++)
            {
                motion.Velocities[(k * stride) + i] = width * draws.NextNormal();
            }
        }

        motion.RemoveMomentum();
        motion.ScaleTo(temperature);
    }
}
