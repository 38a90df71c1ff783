using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Tests.Support;

namespace Glasswright.Benchmarks;

/// <summary>What is measured on: the shipped Cu50Zr50 glasses at zero pressure, their potential, the paper's network with random weights.</summary>
internal static class Sample
{
    /// <summary>The full tables of the potential.</summary>
    public static EamTables Tables() => SetflFile.Read(Repository.Data("potentials", "CuZr_mm.eam.fs"));

    /// <summary>The glass of so many atoms: 864, 4000 or 16000.</summary>
    public static AtomicStructure Glass(int atoms) =>
        StructureFile.Read(Repository.Data("glasses", FormattableString.Invariant($"cu50zr50-{atoms}-p0.data")), ["Cu", "Zr"]).Structure;

    /// <summary>131,274 parameters as PyTorch would start them; the cost of a pass does not depend on their values.</summary>
    public static PropertyModel Model() => new(ParameterSet.Initialize(new ParameterLayout(new Architecture()), seed: 1));
}
