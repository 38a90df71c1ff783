using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;
using Glasswright.Kernels.Tests.Formats;

namespace Glasswright.Kernels.Tests.Dynamics;

public sealed class TrajectoryTests
{
    private static readonly TemperatureProgram Program = new(
    [
        new TemperatureStage("melt", 1500, 1500, 200),
        new TemperatureStage("cooling", 1500, 600, 300),
    ]);

    [Theory]
    [InlineData(Ensemble.Temperature, 0)]
    [InlineData(Ensemble.IsotropicPressure, 30)]
    [InlineData(Ensemble.FullPressure, 0)]
    internal void ATrajectoryThatWasStoppedEndsInTheSameBits(Ensemble ensemble, int swapEvery)
    {
        using var scratch = new Scratch();
        string file = scratch.File("a.state");
        TrajectorySettings settings = Settings(ensemble, swapEvery);

        (string whole, long tried, IReadOnlyList<ThermoPoint> points) = Run(settings, null, null);

        // Stopped at step 200, then killed after another state was written at step 400, and begun again each time.
        Run(settings, file, stopAt: 200);
        Run(settings, file, stopAt: 300);
        (string resumed, long triedInParts, IReadOnlyList<ThermoPoint> pointsOfParts) = Run(settings, file, null);

        resumed.ShouldBe(whole);
        triedInParts.ShouldBe(tried);
        pointsOfParts.ShouldBe(points);
        points.Select(point => point.Step).ShouldBe([100, 200, 300, 400, 500]);
        (swapEvery > 0).ShouldBe(tried > 0);
    }

    [Fact]
    public void OtherSettingsOrADamagedFileAreRefusedInOneLine()
    {
        using var scratch = new Scratch();
        string file = scratch.File("a.state");
        TrajectorySettings settings = Settings(Ensemble.Temperature, 0);
        Run(settings, file, stopAt: 100);

        Should.Throw<InputException>(() => Run(settings with { Identity = "another" }, file, null))
            .Message.ShouldContain("was begun with other settings");

        byte[] bytes = File.ReadAllBytes(file);
        bytes[^40] ^= 1;
        File.WriteAllBytes(file, bytes);
        Should.Throw<InputException>(() => Run(settings, file, null)).Message.ShouldContain("is not a whole trajectory");
        File.WriteAllBytes(file, bytes[..20]);
        Should.Throw<InputException>(() => Run(settings, file, null)).Message.ShouldContain("is not a whole trajectory");
    }

    [Fact]
    public void TheProgramPassesEvenlyFromStageToStage()
    {
        Program.Steps.ShouldBe(500);
        Program.At(0).ShouldBe(1500);
        Program.At(200).ShouldBe(1500);
        Program.At(350).ShouldBe(1050, 1e-9);
        Program.At(500).ShouldBe(600, 1e-9);
        Program.At(501).ShouldBe(600);
    }

    [Theory]
    [InlineData(1200, 600, 1e12, 0.002, 300_000)]
    [InlineData(2000, 300, 1e13, 0.002, 85_000)]
    [InlineData(300, 299.9, 1e13, 0.002, 100)]
    [InlineData(300, 300, 1e13, 0.002, 0)]
    public void ARateIsKeptToAHundredSteps(double from, double to, double rate, double timeStep, long steps) =>
        TemperatureProgram.Ramp("cooling", from, to, rate, timeStep).Steps.ShouldBe(steps);

    [Fact]
    public void DisplacementLeavesOutTheCellAndTheDrift()
    {
        AtomicStructure before = ReferenceData.Glass("cu50zr50-864.data");
        AtomicStructure after = before.Clone();
        after.Deform(new Matrix3(1.02, 0.01, 0, 0, 0.99, 0, 0, 0, 1));
        for (int i = 0; i < after.Count; i++)
        {
            after.SetPosition(i, after.Position(i) + new Vector3(0.4, -0.2, 0.1));
        }

        Displacements.RootMeanSquare(before, after).ShouldBe(0, 1e-10);

        // One atom moved by 3 Å: √(9/N · (1 - 1/N)).
        after.SetPosition(7, after.Position(7) + new Vector3(0, 3, 0));
        Displacements.RootMeanSquare(before, after).ShouldBe(Math.Sqrt(9.0 / 864 * (1 - (1.0 / 864))), 1e-9);
    }

    private static TrajectorySettings Settings(Ensemble ensemble, int swapEvery) => new()
    {
        Dynamics = new DynamicsSettings { Ensemble = ensemble },
        Program = Program,
        Seed = 5,
        ThermoEvery = 100,
        SwapEvery = swapEvery,
        SwapsPerSweep = 20,
        Identity = "test",
    };

    private static (string Digest, long Tried, IReadOnlyList<ThermoPoint> Points) Run(TrajectorySettings settings, string? file, long? stopAt)
    {
        using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
        using var trajectory = new Trajectory(field, ReferenceData.CopperZirconium, ReferenceData.Glass("cu50zr50-864.data"), settings);
        if (file is not null)
        {
            trajectory.ResumeFrom(file);
        }

        using var stop = new CancellationTokenSource();
        bool ended = trajectory.RunTo(
            Program.Steps,
            file,
            TimeSpan.FromDays(1),
            step =>
            {
                if (step == stopAt)
                {
                    stop.Cancel();
                }
            },
            stop.Token);
        ended.ShouldBe(stopAt is null);
        using var writer = new DigestWriter();
        writer.Add(trajectory.Structure.Coordinates);
        writer.Add([trajectory.Structure.Cell.Volume, trajectory.Structure.Cell.Vectors.XY, trajectory.Points[^1].Kinetic]);
        foreach (int species in trajectory.Structure.Species)
        {
            writer.Add((double)species);
        }

        return (writer.Finish(), trajectory.SwapsTried, [.. trajectory.Points]);
    }
}
