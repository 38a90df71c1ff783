namespace Glasswright.Kernels.Devices.Eam;

/// <summary>The kernels of the embedded-atom method, compiled for a device and a number of elements.</summary>
internal sealed class EamKernels : IDisposable
{
    /// <summary>Work-items of a group; sums over blocks of so many atoms are part of a device's numerics.</summary>
    public const int Group = 128;

    /// <summary>Numbers that a block gives.</summary>
    public const int Shares = 12;

    /// <summary>Where those of the virial begin.</summary>
    public const int VirialShare = 5;

    /// <summary>Images that an entry of a list can tell.</summary>
    public const int Images = ImagesAcross * ImagesAcross * ImagesAcross;

    /// <summary>Images along each cell vector, from -4 to 4.</summary>
    public const int ImagesAcross = 9;

    /// <summary>Atoms that an entry of a list can tell.</summary>
    public const int MostAtoms = 1 << 22;

    private readonly DeviceProgram _program;

    /// <summary>Compiles them.</summary>
    public EamKernels(DeviceQueue queue, DeviceTables tables)
    {
        _program = new DeviceProgram(
            queue, Sources, typeof(EamKernels).Assembly, ("GROUP", $"{Group}"), ("ELEMENTS", $"{tables.Elements}"), ("SHARED", tables.Shared ? "1" : "0"));
        Place = _program.Kernel("place");
        Bin = _program.Kernel("bin");
        List = _program.Kernel("list");
        Density = _program.Kernel("density");
        Forces = _program.Kernel("forces");
        Decide = _program.Kernel("decide");
        Turn = _program.Kernel("turn");
        Move = _program.Kernel("move");
    }

    /// <summary>The files in their order.</summary>
    public static IReadOnlyList<string> Sources { get; } =
        ["eam.cl", "place.cl", "bin.cl", "list.cl", "density.cl", "forces.cl", "decide.cl", "turn.cl", "move.cl"];

    public DeviceKernel Place { get; }

    public DeviceKernel Bin { get; }

    public DeviceKernel List { get; }

    public DeviceKernel Density { get; }

    public DeviceKernel Forces { get; }

    public DeviceKernel Decide { get; }

    public DeviceKernel Turn { get; }

    public DeviceKernel Move { get; }

    /// <inheritdoc/>
    public void Dispose() => _program.Dispose();
}
