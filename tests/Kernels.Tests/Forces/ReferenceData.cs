using System.Globalization;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Forces;

/// <summary>The samples and LAMMPS results that several tests read.</summary>
internal static class ReferenceData
{
    private static readonly Lazy<EamTables> CopperZirconiumTables =
        new(() => SetflFile.Read(Repository.Data("potentials", "CuZr_mm.eam.fs")));

    public static EamTables CopperZirconium => CopperZirconiumTables.Value;

    public static string[] Species { get; } = ["Cu", "Zr"];

    public static StructureFrame Dump(string name) =>
        StructureFile.Read(Repository.TestData("lammps", name), Species);

    public static AtomicStructure Glass(string name) =>
        StructureFile.Read(Repository.TestData("glasses", name), Species).Structure;

    public static AtomicStructure Sample(string name) =>
        StructureFile.Read(Repository.Data("glasses", name), Species).Structure;

    public static double[][] Csv(string name) =>
        [.. File.ReadLines(Repository.TestData("lammps", name)).Skip(1)
            .Select(line => line.Split(',').Select(x => double.Parse(x, CultureInfo.InvariantCulture)).ToArray())];
}
