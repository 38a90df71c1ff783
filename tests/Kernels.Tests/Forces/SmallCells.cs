using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Forces;

/// <summary>Small structures made for a test.</summary>
internal static class SmallCells
{
    /// <summary>Atoms at random in a tilted cell, none closer than 2 Å.</summary>
    public static AtomicStructure Random(int count, double width, int seed)
    {
        var random = new System.Random(seed);
        var cell = new Cell(new Matrix3(width, 0.8, -0.4, 0, width, 0.6, 0, 0, width));
        var structure = new AtomicStructure(count, cell, ["Cu", "Zr"]);
        for (int i = 0; i < count;)
        {
            var s = new Vector3(random.NextDouble(), random.NextDouble(), random.NextDouble());
            structure.SetPosition(i, cell.ToCartesian(s));
            structure.Species[i] = random.Next(2);
            if (ClosestBefore(structure, i) > 2.0 || random.NextDouble() < 1e-4)
            {
                i++;
            }
        }

        return structure;
    }

    /// <summary>A copper and a zirconium atom side by side.</summary>
    public static AtomicStructure Pair(double distance, double width)
    {
        var structure = new AtomicStructure(2, Cell.Orthorhombic(width, width, width), ["Cu", "Zr"]);
        structure.SetPosition(0, new Vector3(1, 1, 1));
        structure.SetPosition(1, new Vector3(1 + distance, 1, 1));
        structure.Species[1] = 1;
        return structure;
    }

    private static double ClosestBefore(AtomicStructure structure, int atom)
    {
        double closest = double.PositiveInfinity;
        for (int j = 0; j < atom; j++)
        {
            Vector3 s = structure.Cell.Inverse * (structure.Position(atom) - structure.Position(j));
            s -= new Vector3(Math.Round(s.X), Math.Round(s.Y), Math.Round(s.Z));
            closest = Math.Min(closest, (structure.Cell.Vectors * s).Length);
        }

        return closest;
    }
}
