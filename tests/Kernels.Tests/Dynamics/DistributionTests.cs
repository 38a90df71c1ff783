using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Kernels.Tests.Dynamics;

/// <summary>What a thermostat and a barostat are for: temperature and volume as statistical mechanics has them.</summary>
public sealed class DistributionTests
{
    private const double Temperature = 1800;

    private static readonly Lazy<AtomicStructure> Melt = new(MakeMelt);

    [Fact]
    public void DrawnVelocitiesHaveTheTemperatureAndNoMomentum()
    {
        AtomMotion motion = Glass.At(700);
        motion.Temperature().ShouldBe(700, 1e-9);
        AtomicStructure structure = motion.Structure;
        for (int k = 0; k < 3; k++)
        {
            double momentum = 0;
            var bySpecies = new double[2];
            for (int i = 0; i < structure.Count; i++)
            {
                double v = motion.Velocities[(k * structure.Stride) + i];
                momentum += motion.Mass(i) * v;
                bySpecies[structure.Species[i]] += motion.Mass(i) * v * v / structure.Species.Count(s => s == structure.Species[i]);
            }

            momentum.ShouldBe(0, 1e-12);

            // Equipartition: kT for either species, with a standard error of √(2/N) of it, N above 400.
            bySpecies.ShouldAllBe(energy => Math.Abs((energy / (700 * MetalUnits.BoltzmannConstant)) - 1) < 4 * Math.Sqrt(2.0 / 400));
        }
    }

    [Fact]
    public void AnotherSeedOrRunDrawsOtherVelocities()
    {
        AtomMotion one = Glass.At(300, seed: 1);
        one.Velocities.ShouldBe(Glass.At(300, seed: 1).Velocities);
        one.Velocities[0].ShouldNotBe(Glass.At(300, seed: 2).Velocities[0]);
        AtomMotion again = Glass.At(300, seed: 1);
        MaxwellBoltzmann.Draw(again, 300, seed: 1, run: 1);
        again.Velocities[0].ShouldNotBe(one.Velocities[0]);
    }

    /// <summary>⟨K⟩ = N_f kT/2 and var K = N_f (kT)²/2. A thermostat that only rescales velocities to T has no variance.</summary>
    [Theory]
    [InlineData(Ensemble.Temperature)]
    [InlineData(Ensemble.IsotropicPressure)]
    internal void KineticEnergyIsDistributedCanonically(Ensemble ensemble)
    {
        List<ThermoPoint> points = Sample(ensemble, 0, steps: 40000);
        double thermal = Temperature * MetalUnits.BoltzmannConstant;
        int degrees = 3 * (Melt.Value.Count - 1);
        (double mean, double variance) = Moments(points.Select(point => point.Kinetic));
        (mean / (0.5 * degrees * thermal)).ShouldBe(1, 0.01);
        (variance / (0.5 * degrees * thermal * thermal)).ShouldBe(1, 0.2);
    }

    /// <summary>⟨p⟩ = P, and var V = -kT ∂⟨V⟩/∂P: the response to pressure, taken from other runs, tells the fluctuation.</summary>
    [Fact]
    public void VolumeFluctuatesAsItsResponseToPressureSays()
    {
        const double Step = 15000;
        (double low, _) = Moments(Sample(Ensemble.IsotropicPressure, 20000 - Step, 30000).Select(point => point.Volume));
        (double high, _) = Moments(Sample(Ensemble.IsotropicPressure, 20000 + Step, 30000).Select(point => point.Volume));
        List<ThermoPoint> points = Sample(Ensemble.IsotropicPressure, 20000, 60000);
        double response = (low - high) / (2 * Step) * MetalUnits.BarPerPressureUnit;
        (_, double variance) = Moments(points.Select(point => point.Volume));
        (variance / (Temperature * MetalUnits.BoltzmannConstant * response)).ShouldBe(1, 0.2);
        Moments(points.Select(point => point.Pressure)).Mean.ShouldBe(20000, 1000);
    }

    private static (double Mean, double Variance) Moments(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return (mean, all.Average(value => (value - mean) * (value - mean)));
    }

    private static List<ThermoPoint> Sample(Ensemble ensemble, double pressure, int steps)
    {
        const int Settling = 5000, Every = 5;
        var motion = new AtomMotion(Melt.Value.Clone(), ReferenceData.CopperZirconium);
        MaxwellBoltzmann.Draw(motion, Temperature, seed: 3);
        using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
        var run = new MolecularDynamics(
            field, motion, new DynamicsSettings { Ensemble = ensemble, Pressure = pressure, BarostatPeriod = 0.3 });
        var points = new List<ThermoPoint>();
        for (int step = 1; step <= Settling + steps; step++)
        {
            bool told = step > Settling && step % Every == 0;
            run.Advance(Temperature, told);
            if (told)
            {
                points.Add(run.Measure(Temperature));
            }
        }

        return points;
    }

    /// <summary>32 atoms, molten: few degrees of freedom fluctuate much.</summary>
    private static AtomicStructure MakeMelt()
    {
        const int Cells = 2;
        const double Spacing = 4.35;
        Vector3[] basis = [default, new(0, 0.5, 0.5), new(0.5, 0, 0.5), new(0.5, 0.5, 0)];
        var structure = new AtomicStructure(
            basis.Length * Cells * Cells * Cells, Cell.Orthorhombic(Cells * Spacing, Cells * Spacing, Cells * Spacing), ["Cu", "Zr"]);
        for (int i = 0; i < structure.Count; i++)
        {
            int cell = i / basis.Length;
            var corner = new Vector3(cell % Cells, cell / Cells % Cells, cell / Cells / Cells);
            structure.SetPosition(i, Spacing * (corner + basis[i % basis.Length]));
            structure.Species[i] = i % 2;
        }

        var motion = new AtomMotion(structure, ReferenceData.CopperZirconium);
        MaxwellBoltzmann.Draw(motion, 5000, seed: 1);
        using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
        var run = new MolecularDynamics(field, motion, new DynamicsSettings());
        for (int step = 0; step < 3000; step++)
        {
            run.Advance(step < 1500 ? 4000 : Temperature);
        }

        return structure;
    }
}
