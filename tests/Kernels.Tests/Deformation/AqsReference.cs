using System.Globalization;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Deformation;

/// <summary>What LAMMPS and NumPy say about quasistatic loading of the 864-atom glass (tests/data/lammps).</summary>
internal static class AqsReference
{
    private static readonly string[] Species = ["Cu", "Zr"];
    private static readonly Lazy<EamTables> Potential = new(
        () => SetflFile.Read(Repository.Data("potentials", "CuZr_mm.eam.fs")));

    public static AtomicStructure Glass() =>
        LammpsDataFile.Read(Repository.TestData("glasses", "cu50zr50-864.data"), Species).Structure;

    public static VectorEam Field() => new(Potential.Value);

    /// <summary>Strain, energy in eV, stress in bar, step by step.</summary>
    public static (double Strain, double Energy, double Stress)[] Curve(string axes) =>
        [.. Rows($"aqs-{axes}.csv").Select(row => (row[0], row[1], row[2]))];

    /// <summary>Number of neighbors and D²min by atom id, at a strain in percent.</summary>
    public static Dictionary<long, (int Neighbors, double D2Min)> Displacements(string axes, int percent)
    {
        string file = $"aqs-{axes}-d2min.csv";
        int column = Array.IndexOf(File.ReadLines(Repository.TestData("lammps", file)).First().Split(','), $"D2min_{percent}%");
        column.ShouldBeGreaterThan(1);
        return Rows(file).ToDictionary(row => (long)row[0], row => ((int)row[1], row[column]));
    }

    /// <summary>A dump of the runs: orthogonal or tilted box, columns id type x y z.</summary>
    public static AtomicStructure Dump(string axes, string step)
    {
        string[] lines = File.ReadAllLines(Repository.TestData("lammps", $"aqs-{axes}-step{step}.dump"));
        int count = int.Parse(lines[3], CultureInfo.InvariantCulture);
        double[][] bounds = [.. lines[5..8].Select(Numbers)];
        double xy = Tilt(0), xz = Tilt(1), yz = Tilt(2);
        double xlo = bounds[0][0] - Math.Min(Math.Min(0, xy), Math.Min(xz, xy + xz));
        double xhi = bounds[0][1] - Math.Max(Math.Max(0, xy), Math.Max(xz, xy + xz));
        double ylo = bounds[1][0] - Math.Min(0, yz), yhi = bounds[1][1] - Math.Max(0, yz);
        var cell = new Cell(
            new Matrix3(xhi - xlo, xy, xz, 0, yhi - ylo, yz, 0, 0, bounds[2][1] - bounds[2][0]),
            new Vector3(xlo, ylo, bounds[2][0]));
        var structure = new AtomicStructure(count, cell, Species);
        for (int i = 0; i < count; i++)
        {
            double[] row = Numbers(lines[9 + i]);
            structure.Ids[i] = (long)row[0];
            structure.Species[i] = (int)row[1] - 1;
            structure.SetPosition(i, new Vector3(row[2], row[3], row[4]));
        }

        return structure;

        double Tilt(int row) => bounds[row].Length > 2 ? bounds[row][2] : 0;
    }

    private static double[] Numbers(string line) =>
        [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

    private static IEnumerable<double[]> Rows(string file) =>
        File.ReadLines(Repository.TestData("lammps", file)).Skip(1).Select(line => line.Split(',')
            .Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray());
}
