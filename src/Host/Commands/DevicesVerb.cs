using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Devices;

namespace Glasswright.Host.Commands;

/// <summary><c>devices</c>: the OpenCL devices of this machine, and which one <c>--backend opencl</c> takes. Changes nothing.</summary>
internal sealed class DevicesVerb : Verb
{
    private const double Gibibyte = 1L << 30;

    /// <summary>Describes the verb.</summary>
    public DevicesVerb()
        : base("devices", "List the OpenCL devices of this machine.")
    {
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        IReadOnlyList<ComputeDevice> devices = [];
        string? fault = null;
        ComputeDevice? chosen = null;
        try
        {
            devices = ComputeDevice.All();
            chosen = ComputeDevice.Choose(null);
        }
        catch (InputException none)
        {
            fault = none.Message;
        }

        if (session.Json)
        {
            Describe(devices, chosen, fault).WriteJson(session.Terminal.Output);
            return 0;
        }

        foreach (ComputeDevice device in devices)
        {
            session.Terminal.Output.WriteLine(Line(device, device == chosen));
        }

        if (fault is not null)
        {
            session.Terminal.Output.WriteLine(fault);
        }

        return 0;
    }

    private static string Line(ComputeDevice device, bool chosen) => FormattableString.Invariant(
        $"{device.Index}  {device.Name} ({device.Kind.ToString().ToUpperInvariant()}, {device.Vendor}), {device.Memory / Gibibyte:F1} GiB, {device.ComputeUnits} units, {(device.HasDouble ? "FP64" : "no FP64: cannot be used")}, {device.Platform}, driver {device.Driver}{(chosen ? "; --backend opencl takes this one" : "")}");

    private static Report Describe(IReadOnlyList<ComputeDevice> devices, ComputeDevice? chosen, string? fault) => new Report()
        .List("devices", devices.Select(device => new Report()
            .Whole("index", null, device.Index)
            .Text("name", null, device.Name)
            .Text("vendor", null, device.Vendor)
            .Text("kind", null, device.Kind.ToString().ToLowerInvariant())
            .Whole("memory_bytes", null, device.Memory)
            .Whole("largest_buffer_bytes", null, device.LargestBuffer)
            .Whole("compute_units", null, device.ComputeUnits)
            .Flag("fp64", null, device.HasDouble)
            .Text("platform", null, device.Platform)
            .Text("version", null, device.Version)
            .Text("driver", null, device.Driver)
            .Flag("default", null, device == chosen)))
        .Text("fault", null, fault);
}
