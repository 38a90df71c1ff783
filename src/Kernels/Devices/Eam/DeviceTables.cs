using Glasswright.Kernels.Potentials;

namespace Glasswright.Kernels.Devices.Eam;

/// <summary>
/// The tables of a potential on a device. A record of the pair of elements (of the atom, of its neighbor) is <c>rφ v, rφ s, f v, f s</c>:
/// values and slopes of r·φ and of the density that the neighbor gives; one record and the next are neighbors in memory. A pair
/// of elements that differs from its reverse in nothing shares its records.
/// </summary>
internal sealed class DeviceTables : IDisposable
{
    /// <summary>Lays the tables out and copies them to the device.</summary>
    public DeviceTables(DeviceQueue queue, EamTables tables)
    {
        int elements = tables.Elements.Count;
        int points = tables.RadiusTimesPair[0][0].Length;
        var offsets = new int[elements * elements];
        var records = new List<double>();
        for (int a = 0; a < elements; a++)
        {
            for (int b = 0; b < elements; b++)
            {
                if (b < a && tables.IsSymmetric(a, b))
                {
                    offsets[(a * elements) + b] = offsets[(b * elements) + a];
                    continue;
                }

                offsets[(a * elements) + b] = records.Count / 4;
                Append(records, new HermiteTable(tables.RadiusTimesPair[a][b], tables.RadiusStep), new HermiteTable(tables.Density[b][a], tables.RadiusStep));
            }
        }

        var embedding = new List<double>();
        foreach (double[] f in tables.Embedding)
        {
            var table = new HermiteTable(f, tables.DensityStep);
            for (int m = 0; m < f.Length; m++)
            {
                embedding.Add(table.Values[m]);
                embedding.Add(table.Slopes[m]);
            }
        }

        Elements = elements;
        Shared = Enumerable.Range(0, elements).All(a => Enumerable.Range(0, a).All(b => tables.IsSymmetric(a, b)));
        Cutoff2 = tables.Cutoff * tables.Cutoff;
        PerRadius = 1 / tables.RadiusStep;
        LastInterval = points - 2;
        PerDensity = 1 / tables.DensityStep;
        LastDensity = tables.Embedding[0].Length - 2;
        Pairs = Copied(queue, records);
        Embedding = Copied(queue, embedding);
        Offsets = new DeviceBuffer<int>(queue, offsets.Length);
        Offsets.Write(offsets);
    }

    /// <summary>Number of elements.</summary>
    public int Elements { get; }

    /// <summary>Whether one density function serves both atoms of every pair.</summary>
    public bool Shared { get; }

    /// <summary>Square of the distance from which on pairs do not interact, Å².</summary>
    public double Cutoff2 { get; }

    /// <summary>Grid points per Å.</summary>
    public double PerRadius { get; }

    /// <summary>The last interval between grid points of distance.</summary>
    public int LastInterval { get; }

    /// <summary>Grid points per unit of density.</summary>
    public double PerDensity { get; }

    /// <summary>The last interval between grid points of density.</summary>
    public int LastDensity { get; }

    /// <summary>Records of all pairs of elements.</summary>
    public DeviceBuffer<double> Pairs { get; }

    /// <summary>Where the records of a pair of elements begin.</summary>
    public DeviceBuffer<int> Offsets { get; }

    /// <summary>Values and slopes of F, element after element.</summary>
    public DeviceBuffer<double> Embedding { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pairs.Dispose();
        Offsets.Dispose();
        Embedding.Dispose();
    }

    private static DeviceBuffer<double> Copied(DeviceQueue queue, List<double> values)
    {
        var buffer = new DeviceBuffer<double>(queue, values.Count);
        buffer.Write(values.ToArray());
        return buffer;
    }

    private static void Append(List<double> records, HermiteTable pair, HermiteTable density)
    {
        for (int m = 0; m < pair.Values.Length; m++)
        {
            records.AddRange([pair.Values[m], pair.Slopes[m], density.Values[m], density.Slopes[m]]);
        }
    }
}
