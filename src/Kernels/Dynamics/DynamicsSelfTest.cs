using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// Steps of molecular dynamics with everything moving, on the made-up potential of <see cref="ForceSelfTest"/>: their bits must not depend on the
/// instruction set. Not a part of the numerics identity, since no chain and no label rests on dynamics.
/// </summary>
internal static class DynamicsSelfTest
{
    private const int Steps = 20;
    private const double Temperature = 300;

    /// <summary>Drawn velocities, then thermostat and full barostat.</summary>
    public static void Run(DigestWriter digest)
    {
        AtomicStructure structure = ForceSelfTest.Structure();
        Potentials.EamTables tables = ForceSelfTest.Tables();
        var motion = new AtomMotion(structure, tables);
        MaxwellBoltzmann.Draw(motion, Temperature, seed: 1);
        using VectorEam field = Trajectory.CreateField(tables);
        var run = new MolecularDynamics(
            field, motion, new DynamicsSettings { Ensemble = Ensemble.FullPressure, TimeStep = 0.001, BarostatPeriod = 0.2 });
        for (int step = 0; step < Steps; step++)
        {
            run.Advance(Temperature);
        }

        ThermoPoint end = run.Measure(Temperature);
        digest.Add(structure.Coordinates);
        digest.Add(motion.Velocities);
        digest.Add([end.Potential, end.Kinetic, end.Volume, end.Pressure, end.Conserved]);
    }
}
