using System.Globalization;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Forces;

/// <summary>The Velocities section of a sample, which the program itself does not read.</summary>
internal static class Velocities
{
    // g/mol (Å/ps)² in eV: LAMMPS' mvv2e of `units metal`.
    private const double ElectronVolts = 1.0364269e-4;

    /// <summary>Σ m v⊗v, eV: xx yy zz xy xz yz.</summary>
    public static double[] KineticTensor(string glass)
    {
        string[] lines = File.ReadAllLines(Repository.TestData("glasses", glass));
        Dictionary<string, double> masses = Section(lines, "Masses").ToDictionary(p => p[0], p => Parse(p[1]));
        Dictionary<string, string> types = Section(lines, "Atoms").ToDictionary(p => p[0], p => p[1]);
        double[] sum = new double[6];
        foreach (string[] parts in Section(lines, "Velocities"))
        {
            double m = masses[types[parts[0]]] * ElectronVolts;
            double x = Parse(parts[1]), y = Parse(parts[2]), z = Parse(parts[3]);
            double[] products = [x * x, y * y, z * z, x * y, x * z, y * z];
            for (int k = 0; k < 6; k++)
            {
                sum[k] += m * products[k];
            }
        }

        return sum;
    }

    /// <summary>Velocities by atom id, Å/ps.</summary>
    public static Dictionary<long, (double X, double Y, double Z)> ById(string glass) =>
        Section(File.ReadAllLines(Repository.TestData("glasses", glass)), "Velocities").ToDictionary(
            parts => long.Parse(parts[0], CultureInfo.InvariantCulture), parts => (Parse(parts[1]), Parse(parts[2]), Parse(parts[3])));

    private static IEnumerable<string[]> Section(string[] lines, string name) =>
        lines.SkipWhile(line => !line.StartsWith(name, StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.Length > 0).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
