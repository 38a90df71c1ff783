using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Analysis;

/// <summary>Crystals, gases and other structures whose figures are known.</summary>
internal static class Lattices
{
    private static readonly Vector3[] FccSites = [new(0, 0, 0), new(0.5, 0.5, 0), new(0.5, 0, 0.5), new(0, 0.5, 0.5)];
    private static readonly Vector3[] BccSites = [new(0, 0, 0), new(0.5, 0.5, 0.5)];

    /// <summary>A face-centred cubic crystal of copper.</summary>
    public static AtomicStructure Fcc(int cells, double a = 3.6) => Build(FccSites, cells, a, _ => 0);

    /// <summary>A body-centred cubic crystal of copper.</summary>
    public static AtomicStructure Bcc(int cells, double a = 3.2) => Build(BccSites, cells, a, _ => 0);

    /// <summary>B2: copper on the corners, zirconium in the centers.</summary>
    public static AtomicStructure B2(int cells, double a = 3.27) => Build(BccSites, cells, a, site => site);

    /// <summary>A simple cubic crystal of copper.</summary>
    public static AtomicStructure SimpleCubic(int cells, double a = 2.5) => Build([new(0, 0, 0)], cells, a, _ => 0);

    /// <summary>Points without any order, of two species.</summary>
    public static AtomicStructure Gas(int count, Cell cell, int seed)
    {
        var random = new System.Random(seed);
        var structure = new AtomicStructure(count, cell, ["Cu", "Zr"]);
        for (int i = 0; i < count; i++)
        {
            structure.SetPosition(i, cell.ToCartesian(new(random.NextDouble(), random.NextDouble(), random.NextDouble())));
            structure.Species[i] = i % 2;
        }

        return structure;
    }

    /// <summary>Every coordinate moved by a normal number of this width, Å.</summary>
    public static AtomicStructure Shaken(AtomicStructure structure, double width, int seed)
    {
        var random = new System.Random(seed);
        AtomicStructure shaken = structure.Clone();
        for (int i = 0; i < shaken.Count; i++)
        {
            shaken.SetPosition(i, shaken.Position(i) + new Vector3(Normal(), Normal(), Normal()));
        }

        return shaken;

        double Normal() => width * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>The same atoms in another order: atom k of the result was atom order[k].</summary>
    public static AtomicStructure Reordered(AtomicStructure structure, int[] order)
    {
        var result = new AtomicStructure(structure.Count, structure.Cell, structure.SpeciesNames);
        for (int k = 0; k < order.Length; k++)
        {
            result.SetPosition(k, structure.Position(order[k]));
            result.Species[k] = structure.Species[order[k]];
            result.Ids[k] = structure.Ids[order[k]];
        }

        return result;
    }

    public static int[] Shuffle(int count, int seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new System.Random(seed).Shuffle(order);
        return order;
    }

    private static AtomicStructure Build(Vector3[] sites, int cells, double a, Func<int, int> species)
    {
        double length = cells * a;
        var structure = new AtomicStructure(sites.Length * cells * cells * cells, Cell.Orthorhombic(length, length, length), ["Cu", "Zr"]);
        int atom = 0;
        for (int x = 0; x < cells; x++)
        {
            for (int y = 0; y < cells; y++)
            {
                for (int z = 0; z < cells; z++)
                {
                    for (int s = 0; s < sites.Length; s++, atom++)
                    {
                        structure.SetPosition(atom, a * (sites[s] + new Vector3(x, y, z)));
                        structure.Species[atom] = species(s);
                    }
                }
            }
        }

        return structure;
    }
}
