using System.CommandLine;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Devices;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Commands;

/// <summary>
/// <c>devices</c>: the OpenCL devices of this machine, and which one <c>--backend opencl</c> takes; with <c>--measure</c> what it does with a
/// glass. Changes nothing.
/// </summary>
internal sealed class DevicesVerb : Verb
{
    private const double Gibibyte = 1L << 30;

    private readonly Option<bool> _measure = new("--measure")
    {
        Description = "Check the device's forces against the processor's and time both, on --structure with --potential.",
    };

    private readonly Option<string> _structure = Options.Structure();
    private readonly Option<string> _potential = Options.Potential();
    private readonly Option<string> _species = Options.Species();
    private readonly Option<string> _model = Options.Model();
    private readonly Option<string> _device = Options.Device();
    private readonly Option<string> _batches = Options.Value("--batches", "LIST", "Structures at a time, one measurement each (default 1,4,16,64).");
    private readonly Option<string> _evaluations = Options.Value("--evaluations", "N", "Force evaluations of each structure that are timed (default 50).");

    /// <summary>Describes the verb.</summary>
    public DevicesVerb()
        : base("devices", "List the OpenCL devices of this machine, or measure one.") =>
        Take(_measure, _structure, _potential, _species, _model, _device, _batches, _evaluations);

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        if (arguments.Has(_measure))
        {
            Measure(arguments, session);
            return 0;
        }

        Option? stray = ((Option[])[_structure, _potential, _species, _model, _device, _batches, _evaluations]).FirstOrDefault(arguments.IsGiven);
        if (stray is not null)
        {
            throw new InputException($"{stray.Name} belongs to --measure", expected: "devices --measure, or no other flag");
        }

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

    private void Measure(Arguments arguments, Session session)
    {
        string structure = arguments.Required(_structure), potential = arguments.Required(_potential);
        int[] batches = [.. (arguments.Numbers(_batches, "whole numbers from 1 to 4096 with commas between", x => x is >= 1 and <= 4096 && x == Math.Floor(x))
            ?? [1, 4, 16, 64]).Select(x => (int)x)];
        int evaluations = (int)(arguments.Whole(_evaluations, 1, 100_000) ?? 50);
        var device = ComputeDevice.Choose((int?)arguments.Whole(_device, 0, 1000));
        var input = GlassInput.Read(structure, potential, arguments.Names(_species));
        PropertyModel? model = arguments.Text(_model) is { } file ? ModelFile.Read(file) : null;
        if (model is not null)
        {
            Located.In(structure, () => model.RequireSpecies(input.Structure));
        }

        session.Print(DeviceMeasurement.Measure(device, input, model, batches, evaluations, session.Say));
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
