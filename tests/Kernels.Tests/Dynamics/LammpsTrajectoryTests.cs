using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Kernels.Tests.Dynamics;

/// <summary>
/// 100 steps from the same positions and velocities as LAMMPS (tests/data/lammps/dynamics-*.csv, dynamics.lmp), every step compared.
/// </summary>
public sealed class LammpsTrajectoryTests
{
    // LAMMPS' constants of `units metal`, those of its time: k_B, and bar per eV/Å³. Target temperatures and pressures mean these.
    private const double BoltzmannOfLammps = 8.617343e-5, BarOfLammps = 1.6021765e6;

    private enum Column
    {
        Step, Temperature, Potential, Kinetic, Pressure, Volume, Conserved, LengthX, LengthY, LengthZ, TiltXY, TiltXZ, TiltYZ,
    }

    [Theory]
    [InlineData("dynamics-nve-300.csv", 1)]
    [InlineData("dynamics-nve-1200.csv", 2)]
    public void AHundredStepsAtConstantEnergyAreThoseOfLammps(string reference, double factor) =>
        Compare(reference, factor, new DynamicsSettings { Ensemble = Ensemble.Energy });

    [Fact]
    public void AHundredStepsOfTheThermostatAreThoseOfLammps() =>
        Compare("dynamics-nvt-1200.csv", 2, new DynamicsSettings { Ensemble = Ensemble.Temperature });

    [Fact]
    public void AHundredStepsOfTheIsotropicBarostatAreThoseOfLammps() =>
        Compare("dynamics-npt-iso.csv", 2, new DynamicsSettings { Ensemble = Ensemble.IsotropicPressure, Pressure = Bar(5000) });

    [Fact]
    public void AHundredStepsOfTheFullBarostatAreThoseOfLammps() =>
        Compare("dynamics-npt-full.csv", 2, new DynamicsSettings { Ensemble = Ensemble.FullPressure });

    private static double Bar(double ofLammps) => ofLammps * MetalUnits.BarPerPressureUnit / BarOfLammps;

    private static void Compare(string reference, double factor, DynamicsSettings settings)
    {
        const double Target = 1000 * BoltzmannOfLammps / MetalUnits.BoltzmannConstant;
        double[][] rows = ReferenceData.Csv(reference);
        AtomMotion motion = Glass.OfLammps(factor);
        using var field = new VectorEam(ReferenceData.CopperZirconium, innerSkin: MolecularDynamics.InnerSkin, skin: MolecularDynamics.Skin);
        var run = new MolecularDynamics(field, motion, settings);
        ThermoPoint start = run.Measure(Target);
        int atoms = motion.Structure.Count;
        rows.Length.ShouldBe(101);
        var worst = new double[6];
        foreach (double[] row in rows)
        {
            if (row[(int)Column.Step] > 0)
            {
                run.Advance(Target, measured: true);
            }

            ThermoPoint point = run.Measure(Target);
            Matrix3 h = motion.Structure.Cell.Vectors;
            ((double)point.Step).ShouldBe(row[(int)Column.Step]);
            Note(worst, 0, (point.Potential - row[(int)Column.Potential]) / atoms);
            Note(worst, 1, (point.Kinetic - row[(int)Column.Kinetic]) / atoms);

            // Of the isotropic barostat's chain LAMMPS moves one degree of freedom and books three.
            double booked = settings.Ensemble == Ensemble.IsotropicPressure
                ? 2 * Target * MetalUnits.BoltzmannConstant * run.Barostat!.Chain.Positions[0] : 0;
            Note(worst, 2, (point.Conserved + booked - start.Conserved - row[(int)Column.Conserved] + rows[0][(int)Column.Conserved]) / atoms);
            Note(worst, 3, point.Pressure - Bar(row[(int)Column.Pressure]));
            Note(worst, 4, (point.Volume / row[(int)Column.Volume]) - 1);
            Note(worst, 5, h.XX - row[(int)Column.LengthX]);
            Note(worst, 5, h.YY - row[(int)Column.LengthY]);
            Note(worst, 5, h.ZZ - row[(int)Column.LengthZ]);
            Note(worst, 5, h.XY - row[(int)Column.TiltXY]);
            Note(worst, 5, h.XZ - row[(int)Column.TiltXZ]);
            Note(worst, 5, h.YZ - row[(int)Column.TiltYZ]);
        }

        // What remains is LAMMPS' rounding of k_B and of the unit of mass, and the rounding of two orders of sums, amplified by the motion.
        string found = string.Join(", ", worst.Select(x => x.ToString("G3", System.Globalization.CultureInfo.InvariantCulture)));
        worst[0].ShouldBeLessThan(1e-7, found);
        worst[1].ShouldBeLessThan(1e-7, found);
        worst[2].ShouldBeLessThan(5e-9, found);
        worst[3].ShouldBeLessThan(0.01, found);
        worst[4].ShouldBeLessThan(1e-8, found);
        worst[5].ShouldBeLessThan(2e-6, found);
    }

    private static void Note(double[] worst, int k, double difference) => worst[k] = Math.Max(worst[k], Math.Abs(difference));
}
