using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Tests.Dynamics;

public sealed class MolecularDynamicsTests
{
    /// <summary>Velocity Verlet keeps a quantity that differs from the energy by O(Δt²): so do its fluctuations, over the same time.</summary>
    [Theory]
    [InlineData(Ensemble.Energy)]
    [InlineData(Ensemble.Temperature)]
    [InlineData(Ensemble.IsotropicPressure)]
    [InlineData(Ensemble.FullPressure)]
    internal void FluctuationsOfTheConservedQuantityFallWithTheSquareOfTheTimeStep(Ensemble ensemble)
    {
        double[] deviations = [.. new[] { 0.004, 0.002, 0.001 }.Select(timeStep => Deviation(ensemble, timeStep, time: 0.4))];
        (deviations[0] / deviations[1]).ShouldBe(4, 0.6);
        (deviations[1] / deviations[2]).ShouldBe(4, 0.6);
    }

    /// <summary>The slope of the conserved quantity over 10 ps, per atom: below what a hundredth of a kelvin of heat would be.</summary>
    [Theory]
    [InlineData(Ensemble.Energy)]
    [InlineData(Ensemble.Temperature)]
    [InlineData(Ensemble.IsotropicPressure)]
    [InlineData(Ensemble.FullPressure)]
    internal void TheConservedQuantityDoesNotDrift(Ensemble ensemble)
    {
        const int Steps = 5000, Every = 10;
        AtomMotion motion = Glass.At(600);
        using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
        var run = new MolecularDynamics(field, motion, new DynamicsSettings { Ensemble = ensemble });
        var conserved = new List<double>();
        for (int step = 1; step <= Steps; step++)
        {
            run.Advance(300, step % Every == 0);
            if (step % Every == 0)
            {
                conserved.Add(run.Measure(300).Conserved);
            }
        }

        double slope = Slope(conserved) * conserved.Count / motion.Structure.Count;
        Math.Abs(slope).ShouldBeLessThan(3 * 0.01 * MetalUnits.BoltzmannConstant);
    }

    [Theory]
    [InlineData(Ensemble.Energy, 0)]
    [InlineData(Ensemble.Temperature, 0)]
    [InlineData(Ensemble.FullPressure, 400)]
    internal void AStepAllocatesNothingButACellThatMoves(Ensemble ensemble, int bytesPerStep)
    {
        AtomMotion motion = Glass.At(300);
        using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
        var run = new MolecularDynamics(field, motion, new DynamicsSettings { Ensemble = ensemble });
        for (int step = 0; step < MolecularDynamics.RebaseEvery + 5; step++)
        {
            run.Advance(300);
        }

        const int Steps = 40;
        long builds = field.ListBuilds, before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < Steps; step++)
        {
            run.Advance(300);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThanOrEqualTo(Steps * bytesPerStep);
        field.ListBuilds.ShouldBe(builds);
    }

    [Theory]
    [InlineData(Ensemble.Temperature)]
    [InlineData(Ensemble.FullPressure)]
    internal void ThreadsChangeNoBit(Ensemble ensemble)
    {
        string Run(IBlockRunner? runner)
        {
            var motion = new AtomMotion(ReferenceData.Sample("cu50zr50-4000-p0.data"), ReferenceData.CopperZirconium);
            MaxwellBoltzmann.Draw(motion, 1500, seed: 4);
            using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium, runner);
            var run = new MolecularDynamics(field, motion, new DynamicsSettings { Ensemble = ensemble });
            for (int step = 0; step < 30; step++)
            {
                run.Advance(1500);
            }

            return Digest(motion);
        }

        using var team = new ThreadTeam(3);
        Run(team).ShouldBe(Run(null));
    }

    [Fact]
    public void MeasuringChangesNoBit()
    {
        string Run(bool measured)
        {
            AtomMotion motion = Glass.At(900);
            using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
            var run = new MolecularDynamics(field, motion, new DynamicsSettings());
            for (int step = 0; step < 130; step++)
            {
                run.Advance(900, measured);
                if (measured)
                {
                    run.Measure(900);
                }
            }

            return Digest(motion);
        }

        Run(true).ShouldBe(Run(false));
    }

    [Fact]
    public void PaddingStandsStillInAMovingCell()
    {
        AtomicStructure all = ReferenceData.Glass("cu50zr50-864.data");
        var structure = new AtomicStructure(861, all.Cell, all.SpeciesNames);
        for (int i = 0; i < structure.Count; i++)
        {
            structure.SetPosition(i, all.Position(i));
            structure.Species[i] = all.Species[i];
        }

        var motion = new AtomMotion(structure, ReferenceData.CopperZirconium);
        MaxwellBoltzmann.Draw(motion, 500, seed: 2);
        using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
        var run = new MolecularDynamics(field, motion, new DynamicsSettings { Ensemble = Ensemble.FullPressure });
        for (int step = 0; step < 20; step++)
        {
            run.Advance(500);
        }

        for (int k = 0; k < 3; k++)
        {
            structure.Coordinates.AsSpan((k * structure.Stride) + structure.Count, 3).ToArray().ShouldAllBe(x => x == 0);
            motion.Velocities.AsSpan((k * structure.Stride) + structure.Count, 3).ToArray().ShouldAllBe(x => x == 0);
        }
    }

    [Fact]
    public void ACellThatRunsAwayIsNamedWithItsStep()
    {
        AtomMotion motion = Glass.At(1e6);
        using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
        var run = new MolecularDynamics(
            field, motion, new DynamicsSettings { Ensemble = Ensemble.IsotropicPressure, TimeStep = 0.02, BarostatPeriod = 0.001 });
        Should.Throw<ArithmeticException>(() =>
        {
            for (int step = 0; step < 100; step++)
            {
                run.Advance(1e6);
            }
        }).Message.ShouldContain("the cell ran away at step");
    }

    internal static string Digest(AtomMotion motion)
    {
        using var writer = new DigestWriter();
        writer.Add(motion.Structure.Coordinates);
        writer.Add(motion.Velocities);
        Matrix3 h = motion.Structure.Cell.Vectors;
        writer.Add([h.XX, h.XY, h.XZ, h.YY, h.YZ, h.ZZ]);
        return writer.Finish();
    }

    private static double Deviation(Ensemble ensemble, double timeStep, double time)
    {
        AtomMotion motion = Glass.At(600);
        using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
        var run = new MolecularDynamics(
            field, motion, new DynamicsSettings { Ensemble = ensemble, TimeStep = timeStep, Pressure = 3000, BarostatPeriod = 0.3 });
        var values = new List<double>();
        for (int step = (int)Math.Round(time / timeStep); step > 0; step--)
        {
            run.Advance(400, measured: true);
            values.Add(run.Measure(400).Conserved);
        }

        double mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private static double Slope(List<double> y)
    {
        double mean = (y.Count - 1) / 2.0, top = 0, bottom = 0, level = y.Average();
        for (int i = 0; i < y.Count; i++)
        {
            top += (i - mean) * (y[i] - level);
            bottom += (i - mean) * (i - mean);
        }

        return top / bottom;
    }
}
