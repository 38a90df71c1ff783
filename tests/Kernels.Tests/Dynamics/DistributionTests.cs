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

    /// <summary>
    /// A crystal of cubic symmetry answers to pressure with its volume alone, so that a barostat of the whole cell has the volumes of an isotropic one; and
    /// with canonical kinetic energy it holds every component of the stress.
    /// </summary>
    [Fact]
    public void ACellThatMovesFreelyHasTheVolumesOfOneThatKeepsItsShape()
    {
        const double Pressure = 10000, Hot = 800;
        List<ThermoPoint> iso = Sample(Ensemble.IsotropicPressure, Pressure, 40000, Crystal(), Hot), full = Sample(Ensemble.FullPressure, Pressure, 40000, Crystal(), Hot);
        (double mean, double variance) = Moments(iso.Select(point => point.Volume));
        (double fullMean, double fullVariance) = Moments(full.Select(point => point.Volume));
        (fullMean / mean).ShouldBe(1, 0.003, "shears of so small a cell add a thousandth");
        (fullVariance / variance).ShouldBe(1, 0.2);
        double thermal = Hot * MetalUnits.BoltzmannConstant;
        int degrees = 3 * (Crystal().Count - 1);
        (double kinetic, double spread) = Moments(full.Select(point => point.Kinetic));
        (kinetic / (0.5 * degrees * thermal)).ShouldBe(1, 0.01);
        (spread / (0.5 * degrees * thermal * thermal)).ShouldBe(1, 0.2);
        Moments(full.Select(point => point.Pressure)).Mean.ShouldBe(Pressure, 300);
    }

    private static (double Mean, double Variance) Moments(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return (mean, all.Average(value => (value - mean) * (value - mean)));
    }

    private static List<ThermoPoint> Sample(Ensemble ensemble, double pressure, int steps) => Sample(ensemble, pressure, steps, Melt.Value, Temperature);

    private static List<ThermoPoint> Sample(Ensemble ensemble, double pressure, int steps, AtomicStructure start, double temperature)
    {
        const int Settling = 5000, Every = 5;
        var motion = new AtomMotion(start.Clone(), ReferenceData.CopperZirconium);
        MaxwellBoltzmann.Draw(motion, temperature, seed: 3);
        using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
        var run = new MolecularDynamics(
            field, motion, new DynamicsSettings { Ensemble = ensemble, Pressure = pressure, BarostatPeriod = 0.3 });
        var points = new List<ThermoPoint>();
        for (int step = 1; step <= Settling + steps; step++)
        {
            bool told = step > Settling && step % Every == 0;
            run.Advance(temperature, told);
            if (told)
            {
                points.Add(run.Measure(temperature));
            }
        }

        return points;
    }

    /// <summary>54 atoms of the B2 phase.</summary>
    private static AtomicStructure Crystal()
    {
        const int Cells = 3;
        const double Spacing = 3.28;
        var structure = new AtomicStructure(2 * Cells * Cells * Cells, Cell.Orthorhombic(Cells * Spacing, Cells * Spacing, Cells * Spacing), ["Cu", "Zr"]);
        for (int i = 0; i < structure.Count; i++)
        {
            int cell = i / 2;
            double place = 0.5 * (i % 2);
            structure.SetPosition(i, Spacing * new Vector3((cell % Cells) + place, (cell / Cells % Cells) + place, (cell / Cells / Cells) + place));
            structure.Species[i] = i % 2;
        }

        return structure;
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
