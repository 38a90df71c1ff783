using Glasswright.Kernels.Memory;

namespace Glasswright.Kernels.Potentials;

/// <summary>
/// The pair functions of a potential laid out for lanes: for every ordered pair of elements (a, b) and every grid point the value
/// and the slope of each function side by side, so that one grid point and the next are neighbors in memory.
/// </summary>
/// <remarks>
/// Density records, per grid point <c>f_{b→a} v, f_{b→a} s, f_{a→b} v, f_{a→b} s</c>. Force records, per grid point
/// <c>rφ v, rφ s, f_{b→a} v, f_{b→a} s, f_{a→b} v, f_{a→b} s</c>. Values and slopes are the file's, unchanged.
/// </remarks>
internal sealed unsafe class PairRecords : IDisposable
{
    /// <summary>Doubles per grid point of a density record.</summary>
    public const int DensityWidth = 4;

    /// <summary>Doubles per grid point of a force record.</summary>
    public const int ForceWidth = 6;

    private readonly AlignedBuffer<double> _density;
    private readonly AlignedBuffer<double> _force;
    private readonly int _elements;
    private readonly int _points;

    /// <summary>Lays the tables out.</summary>
    public PairRecords(EamTables tables)
    {
        _elements = tables.Elements.Count;
        _points = tables.RadiusTimesPair[0][0].Length;
        _density = new AlignedBuffer<double>(checked(_elements * _elements * _points * DensityWidth));
        _force = new AlignedBuffer<double>(checked(_elements * _elements * _points * ForceWidth));
        for (int a = 0; a < _elements; a++)
        {
            for (int b = 0; b < _elements; b++)
            {
                var rPhi = new HermiteTable(tables.RadiusTimesPair[a][b], tables.RadiusStep);
                var toA = new HermiteTable(tables.Density[b][a], tables.RadiusStep);
                var toB = new HermiteTable(tables.Density[a][b], tables.RadiusStep);
                double* density = Density(a, b);
                double* force = Force(a, b);
                for (int m = 0; m < _points; m++)
                {
                    double* d = density + (m * DensityWidth);
                    (d[0], d[1]) = (toA.Values[m], toA.Slopes[m]);
                    (d[2], d[3]) = (toB.Values[m], toB.Slopes[m]);
                    double* f = force + (m * ForceWidth);
                    (f[0], f[1]) = (rPhi.Values[m], rPhi.Slopes[m]);
                    (f[2], f[3]) = (toA.Values[m], toA.Slopes[m]);
                    (f[4], f[5]) = (toB.Values[m], toB.Slopes[m]);
                }
            }
        }

        LastInterval = _points - 2;
        PerRadius = 1 / tables.RadiusStep;
    }

    /// <summary>The last interval between grid points.</summary>
    public int LastInterval { get; }

    /// <summary>Grid points per Å.</summary>
    public double PerRadius { get; }

    /// <summary>Density records of an atom of element a with a neighbor of element b.</summary>
    public double* Density(int a, int b) => _density.Pointer + ((((a * _elements) + b) * _points) * DensityWidth);

    /// <summary>Force records of an atom of element a with a neighbor of element b.</summary>
    public double* Force(int a, int b) => _force.Pointer + ((((a * _elements) + b) * _points) * ForceWidth);

    /// <inheritdoc/>
    public void Dispose()
    {
        _density.Dispose();
        _force.Dispose();
    }
}
