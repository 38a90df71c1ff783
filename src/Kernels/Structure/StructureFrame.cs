namespace Glasswright.Kernels.Structure;

/// <summary>
/// A structure with what a file says beside it: scalar columns per atom (order of the structure's atoms) and header entries.
/// </summary>
public sealed class StructureFrame
{
    /// <summary>Wraps a structure without columns or header.</summary>
    public StructureFrame(AtomicStructure structure) => Structure = structure;

    /// <summary>The atoms.</summary>
    public AtomicStructure Structure { get; }

    /// <summary>Scalar columns by name, each with one value per atom; vector columns as <c>forces_x</c>, <c>forces_y</c>, <c>forces_z</c>.</summary>
    public Dictionary<string, double[]> Columns { get; } = [];

    /// <summary>Header entries by name (of extended XYZ: all but Lattice, Properties and pbc), in file order when written.</summary>
    public Dictionary<string, string> Header { get; } = [];
}
