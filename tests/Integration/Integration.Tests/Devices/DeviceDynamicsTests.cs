using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Tests.Forces;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Devices;

/// <summary>Atoms that move by forces of a device.</summary>
public sealed class DeviceDynamicsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-dynamics-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Ensemble.Energy)]
    [InlineData(Ensemble.FullPressure)]
    internal void ATrajectoryIsTheProcessorsForAWhileAndOfTheSameBitsWhenItWasStopped(Ensemble ensemble)
    {
        string file = Path.Combine(_folder, "a.state");
        (double[] whole, IReadOnlyList<ThermoPoint> points) = Run(ensemble, true, null, 300);
        Run(ensemble, true, file, 100);
        Run(ensemble, true, file, 200);
        (double[] parts, _) = Run(ensemble, true, file, 300);
        parts.ShouldBe(whole);

        // Chaos doubles a difference of 1e-16 every few dozen steps.
        ThermoPoint device = points[0], processor = Run(ensemble, false, null, 100).Points[0];
        device.Step.ShouldBe(100);
        (device.Potential / 54).ShouldBe(processor.Potential / 54, 1e-8);
        (device.Kinetic / 54).ShouldBe(processor.Kinetic / 54, 1e-8);
    }

    [Fact]
    public void PrepareTellsTheNumericsOfTheDeviceAndRefusesTheReference()
    {
        string[] arguments =
        [
            "prepare", "--composition", "Cu50Zr50", "--atoms", "108", "--potential", Repository.Data("potentials", "CuZr_mm.eam.fs"), "--rate", "1e15",
            "--melt", "2000", "-D", "prepare.melt-time=0.1", "--threads", "1", "--out", Path.Combine(_folder, "glass"),
        ];
        (int exit, string error) = Run([.. arguments, "--backend", "reference"]);
        exit.ShouldBe(2);
        error.ShouldContain("--backend cpu or --backend opencl");
        (exit, error) = Run([.. arguments, "--backend", "opencl"]);
        exit.ShouldBe(0, error);
        File.ReadAllText(Path.Combine(_folder, "glass", "prepare.json")).ShouldContain(":opencl:");
    }

    private static (int Exit, string Error) Run(string[] arguments)
    {
        using var error = new StringWriter();
        int exit = CommandLine.Run(arguments, new Terminal(TextWriter.Null, error));
        return (exit, error.ToString());
    }

    private static (double[] Positions, IReadOnlyList<ThermoPoint> Points) Run(Ensemble ensemble, bool onDevice, string? file, long steps)
    {
        IForceField field = onDevice ? new OpenClEam(ComputeDevice.Choose(null), ReferenceData.CopperZirconium) : Trajectory.CreateField(ReferenceData.CopperZirconium);
        using var owned = (IDisposable)field;
        using var trajectory = new Trajectory(field, ReferenceData.CopperZirconium, SmallCells.Random(54, 10, 8), new TrajectorySettings
        {
            Dynamics = new DynamicsSettings { Ensemble = ensemble, TimeStep = 0.0005 },
            Program = new TemperatureProgram([new TemperatureStage("hold", 600, 600, 300)]),
            Seed = 5,
            ThermoEvery = 100,
            SwapsPerSweep = 1,
            Identity = "test",
        });
        if (file is not null)
        {
            trajectory.ResumeFrom(file);
        }

        trajectory.RunTo(steps, file, TimeSpan.Zero, null, CancellationToken.None).ShouldBeTrue();
        return ([.. trajectory.Structure.Coordinates], [.. trajectory.Points]);
    }
}
