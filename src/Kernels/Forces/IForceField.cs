using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Forces;

/// <summary>What an evaluation should give beside the energy.</summary>
[Flags]
internal enum ForceParts
{
    /// <summary>The energy and nothing else.</summary>
    Energy = 0,

    /// <summary>Forces on every atom.</summary>
    Forces = 1,

    /// <summary>Energy of every atom.</summary>
    AtomEnergies = 2,

    /// <summary>The virial.</summary>
    Virial = 4,

    /// <summary>All of them.</summary>
    All = 7,
}

/// <summary>
/// Potential energy of a structure and its derivatives. One instance serves one structure at a time and belongs to one
/// thread; it owns its neighbor list and buffers and allocates nothing per evaluation after the first.
/// </summary>
internal interface IForceField
{
    /// <summary>Pairs at this distance and beyond do not interact, Å.</summary>
    double Cutoff { get; }

    /// <summary>
    /// Takes the structure's present positions, species and cell as the base: the neighbor list is built from them and from
    /// nothing else. Must be called whenever species or atoms changed; a moved atom or a changed cell is noticed by
    /// <see cref="Evaluate"/> itself.
    /// </summary>
    /// <exception cref="InputException">The cell is too small for the cutoff, or a species is unknown to the potential.</exception>
    void Bind(AtomicStructure structure);

    /// <summary>Energy in eV, with the parts asked for written into <paramref name="result"/>.</summary>
    double Evaluate(AtomicStructure structure, ForceResult result, ForceParts parts);
}
