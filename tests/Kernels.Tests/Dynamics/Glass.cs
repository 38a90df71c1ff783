using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Kernels.Tests.Dynamics;

/// <summary>Moving atoms that several tests begin with.</summary>
internal static class Glass
{
    private const string File = "cu50zr50-864.data";

    /// <summary>The glass of LAMMPS' reference trajectories with the velocities of its file, 300 K, times a factor.</summary>
    public static AtomMotion OfLammps(double factor)
    {
        AtomicStructure structure = ReferenceData.Glass(File);
        var motion = new AtomMotion(structure, ReferenceData.CopperZirconium);
        Dictionary<long, (double X, double Y, double Z)> velocities = Velocities.ById(File);
        for (int i = 0; i < structure.Count; i++)
        {
            (double x, double y, double z) = velocities[structure.Ids[i]];
            motion.Velocities[i] = x * factor;
            motion.Velocities[structure.Stride + i] = y * factor;
            motion.Velocities[(2 * structure.Stride) + i] = z * factor;
        }

        return motion;
    }

    /// <summary>The same glass with velocities of our own.</summary>
    public static AtomMotion At(double temperature, ulong seed = 1)
    {
        var motion = new AtomMotion(ReferenceData.Glass(File), ReferenceData.CopperZirconium);
        MaxwellBoltzmann.Draw(motion, temperature, seed);
        return motion;
    }
}
