using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Forces;

/// <summary>
/// Cells of every shape that a force field must take: from barely wider than the cutoff to several times that, tilted far, needle
/// and plate, with atoms anywhere, outside too. What the lists find is what the reference finds by looking everywhere.
/// </summary>
public abstract class RandomCellTests
{
    private protected abstract IForceField Create();

    [Theory]
    [MemberData(nameof(Seeds))]
    public void EnergyForcesAndVirialAreThoseOfTheReference(int seed)
    {
        AtomicStructure structure = Draw(new System.Random(seed));
        var reference = new ReferenceEam(ReferenceData.CopperZirconium);
        IForceField field = Create();
        var expected = new ForceResult(structure.Count);
        var found = new ForceResult(structure.Count);
        reference.Bind(structure);
        field.Bind(structure);
        reference.Evaluate(structure, expected, ForceParts.All);
        field.Evaluate(structure, found, ForceParts.All);
        (field as IDisposable)?.Dispose();

        double scale = Math.Max(1, expected.Forces.Max(Math.Abs));
        found.Energy.ShouldBe(expected.Energy, 1e-10 * Math.Max(1, Math.Abs(expected.Energy)));
        Largest(expected.Forces, found.Forces).ShouldBeLessThan(1e-10 * scale);
        Largest(expected.AtomEnergies, found.AtomEnergies).ShouldBeLessThan(1e-10 * scale);
        Largest(expected.Virial, found.Virial).ShouldBeLessThan(1e-9 * scale * structure.Count);
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    private static double Largest(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();

    private static AtomicStructure Draw(System.Random random)
    {
        const double Cutoff = 7.6, Least = 1.7;

        // Lengths first, then tilts that leave every distance between faces above the cutoff.
        Cell cell;
        do
        {
            double Length() => Cutoff * (1.001 + (random.Next(3) == 0 ? 0 : 3 * random.NextDouble() * random.NextDouble()));
            double Tilt() => random.Next(3) == 0 ? 0 : 2 * Cutoff * (random.NextDouble() - 0.5);
            cell = new Cell(
                new Matrix3(Length(), Tilt(), Tilt(), 0, Length(), Tilt(), 0, 0, Length()),
                new Vector3(random.NextDouble(), -3, 5 * random.NextDouble()));
        }
        while (Math.Min(cell.PerpendicularWidths.X, Math.Min(cell.PerpendicularWidths.Y, cell.PerpendicularWidths.Z)) < Cutoff);

        int wanted = 1 + random.Next(60);
        var structure = new AtomicStructure(wanted, cell, ["Cu", "Zr"]);
        for (int i = 0; i < wanted; i++)
        {
            Vector3 position = default;
            bool free = false;
            for (int attempt = 0; attempt < 200 && !free; attempt++)
            {
                position = cell.ToCartesian(new Vector3(random.NextDouble(), random.NextDouble(), random.NextDouble()));
                free = Enumerable.Range(0, i).All(j => Nearest(cell, position, structure.Position(j)) > Least);
            }

            structure.SetPosition(i, position + cell.Translation(random.Next(-2, 3), random.Next(-2, 3), random.Next(-2, 3)));
            structure.Species[i] = random.Next(2);
        }

        return structure;
    }

    private static double Nearest(Cell cell, Vector3 a, Vector3 b)
    {
        Vector3 s = cell.Inverse * (a - b);
        return (a - b - (cell.Vectors * new Vector3(Math.Round(s.X), Math.Round(s.Y), Math.Round(s.Z)))).Length;
    }
}
