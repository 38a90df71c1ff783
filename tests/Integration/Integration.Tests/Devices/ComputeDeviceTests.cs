using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Devices;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Devices;

/// <summary>What is said of devices and of their failures.</summary>
public sealed class ComputeDeviceTests
{
    [Fact]
    public void DevicesAreListedAndOneIsTheDefault()
    {
        (int exit, string output, _) = Run("devices", "--json");
        exit.ShouldBe(0);
        JsonElement[] devices = [.. JsonDocument.Parse(output).RootElement.GetProperty("devices").EnumerateArray()];
        devices.Select(device => device.GetProperty("index").GetInt32()).ShouldBe(Enumerable.Range(0, devices.Length));
        devices.Count(device => device.GetProperty("default").GetBoolean()).ShouldBe(1);
        devices.ShouldAllBe(device => device.GetProperty("memory_bytes").GetInt64() > 0 && device.GetProperty("driver").GetString()!.Length > 0);
        Run("devices").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(devices.Length);
    }

    [Fact]
    public void UnknownDeviceIsRefusedWithThoseThatThereAre()
    {
        (int exit, _, string error) = Run(
            "energy", "--structure", Repository.TestData("lammps", "perturbed.dump"), "--species", "Cu,Zr",
            "--potential", Repository.Data("potentials", "CuZr_mm.eam.fs"), "--backend", "opencl", "--device", "99");
        exit.ShouldBe(2);
        error.ShouldContain("no such device");
        error.ShouldContain("glasswright devices");
    }

    [Fact]
    public void EnergyOnTheDeviceIsThatOfLammps()
    {
        (int exit, string output, string error) = Run(
            "energy", "--json", "--structure", Repository.TestData("lammps", "perturbed.dump"), "--species", "Cu,Zr",
            "--potential", Repository.Data("potentials", "CuZr_mm.eam.fs"), "--backend", "opencl");
        exit.ShouldBe(0, error);
        JsonDocument.Parse(output).RootElement.GetProperty("energy_eV").GetDouble().ShouldBe(-4134.36514575, 1e-6);
    }

    [Fact]
    public void MeasurementTellsRatesOfEveryBatch()
    {
        string[] glass =
        [
            "--structure", Repository.TestData("lammps", "perturbed.dump"), "--species", "Cu,Zr", "--potential", Repository.Data("potentials", "CuZr_mm.eam.fs"),
        ];
        (int exit, string output, string error) = Run(
        [
            "devices", "--json", "--measure", .. glass, "--batches", "1,2", "--evaluations", "2", "--model", Repository.Data("models", "cu50zr50.safetensors"),
        ]);
        exit.ShouldBe(0, error);
        JsonElement found = JsonDocument.Parse(output).RootElement;
        found.GetProperty("force_difference_eV_per_A").GetDouble().ShouldBeLessThan(1e-10);
        found.GetProperty("prediction_difference").GetDouble().ShouldBeLessThan(1e-4);
        JsonElement[] rates = [.. found.GetProperty("rates").EnumerateArray()];
        rates.Select(rate => rate.GetProperty("at_a_time").GetInt32()).ShouldBe([1, 2]);
        rates.ShouldAllBe(rate => rate.GetProperty("atom_evaluations_per_s").GetDouble() > 0 && rate.GetProperty("evaluations_per_relaxation").GetDouble() > 1);
        (exit, _, error) = Run(["devices", .. glass]);
        exit.ShouldBe(2);
        error.ShouldContain("--structure belongs to --measure");
        Run(["devices", "--measure", .. glass, "--batches", "1,0"]).Exit.ShouldBe(2);
    }

    [Fact]
    public void CompilerThatRefusesSaysWhereAndWhy()
    {
        using var queue = new DeviceQueue(ComputeDevice.Choose(null));
        DeviceException failure = Should.Throw<DeviceException>(() => new DeviceProgram(queue, ["place.cl"], typeof(DeviceProgram).Assembly, ("Structure", "nothing_of_that_name")));
        failure.Message.ShouldContain("clBuildProgram failed: CL_BUILD_PROGRAM_FAILURE");
        failure.Message.ShouldContain("place.cl");
        failure.Message.ShouldContain("nothing_of_that_name");
    }

    [Fact]
    public void FailedCallIsNamedWithItsCode()
    {
        DeviceException.NameOf(-4).ShouldBe("CL_MEM_OBJECT_ALLOCATION_FAILURE");
        DeviceException.NameOf(-777).ShouldBe("OpenCL error -777");
        using var queue = new DeviceQueue(ComputeDevice.Choose(null));
        Should.Throw<DeviceException>(() => new DeviceBuffer<double>(queue, 1L << 50)).Message.ShouldContain("clCreateBuffer failed: CL_");
    }

    [Fact]
    public void DeviceOutOfTheListIsNotChosen() =>
        Should.Throw<InputException>(() => ComputeDevice.Choose(-1)).Message.ShouldContain("no such device");

    private static (int Exit, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exit = CommandLine.Run(arguments, new Terminal(output, error));
        return (exit, output.ToString(), error.ToString());
    }
}
