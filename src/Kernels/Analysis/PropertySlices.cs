using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Analysis;

/// <summary>A point of a slice.</summary>
/// <param name="Slice">Number of the slice, from the origin of the cell.</param>
/// <param name="Position">Where it lies, in the middle of the slice, Å.</param>
/// <param name="Value">The mean of the property around it; NaN where no atom of the slice is near.</param>
internal readonly record struct SlicePoint(int Slice, Vector3 Position, double Value);

/// <summary>
/// A property of atoms in slices of the cell, interpolated on a grid: the cell is cut along one of its vectors into slices of equal thickness, and at every
/// point of a slice's middle plane stands the mean of the slice's atoms with weights exp(-d²/2σ²), d the distance in the plane over periodic images, up to 4σ.
/// </summary>
internal sealed class PropertySlices
{
    private const double Reach = 4;
    private readonly Cell _cell;
    private readonly Vector3 _u;
    private readonly Vector3 _v;
    private readonly Vector3 _w;
    private readonly Vector3 _normal;

    /// <summary>Divides a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="axis">Which of its vectors is cut: 0, 1, 2.</param>
    /// <param name="thickness">About how thick a slice is, Å.</param>
    /// <param name="spacing">About how far points of the grid lie apart, Å.</param>
    public PropertySlices(Cell cell, int axis, double thickness = 3, double spacing = 1)
    {
        ArgumentNullException.ThrowIfNull(cell);
        _cell = cell;
        Vector3[] vectors = [cell.Vectors.Column0, cell.Vectors.Column1, cell.Vectors.Column2];
        (_u, _v, _w) = (vectors[(axis + 1) % 3], vectors[(axis + 2) % 3], vectors[axis]);
        Vector3 area = Vector3.Cross(_u, _v);
        _normal = 1 / area.Length * area;
        double height = Vector3.Dot(_normal, _w);
        Count = Math.Max(1, (int)Math.Round(height / thickness));
        Thickness = height / Count;
        Columns = Math.Max(1, (int)Math.Round(_u.Length / spacing));
        Rows = Math.Max(1, (int)Math.Round(_v.Length / spacing));
    }

    /// <summary>Number of slices.</summary>
    public int Count { get; }

    /// <summary>Thickness of each, Å.</summary>
    public double Thickness { get; }

    /// <summary>Points of the grid along the first of the other two vectors.</summary>
    public int Columns { get; }

    /// <summary>Points along the second.</summary>
    public int Rows { get; }

    /// <summary>Steps of the grid along both vectors, Å.</summary>
    public (double Column, double Row) Spacing => (_u.Length / Columns, _v.Length / Rows);

    /// <summary>The slice that a position is in, wherever its periodic image is.</summary>
    public int SliceOf(Vector3 position)
    {
        double place = Vector3.Dot(_normal, position - _cell.Origin) / Thickness;
        place -= Count * Math.Floor(place / Count);
        return Math.Clamp((int)place, 0, Count - 1);
    }

    /// <summary>The points of all slices, slice by slice, row by row. Atoms are added in their order.</summary>
    /// <param name="structure">Atoms in the cell.</param>
    /// <param name="values">Property of every atom; those that are not finite are left out.</param>
    /// <param name="sigma">σ, Å.</param>
    public SlicePoint[] Interpolate(AtomicStructure structure, ReadOnlySpan<double> values, double sigma = 1.5)
    {
        ArgumentNullException.ThrowIfNull(structure);
        var weights = new double[Count * Rows * Columns];
        var sums = new double[weights.Length];
        for (int i = 0; i < structure.Count; i++)
        {
            if (double.IsFinite(values[i]))
            {
                Spread(structure.Position(i), values[i], sigma, weights, sums);
            }
        }

        var points = new SlicePoint[weights.Length];
        for (int p = 0; p < points.Length; p++)
        {
            int slice = p / (Rows * Columns), row = p / Columns % Rows, column = p % Columns;
            Vector3 position = _cell.Origin + (((slice + 0.5) / Count) * _w) + ((double)row / Rows * _v) + ((double)column / Columns * _u);
            points[p] = new(slice, position, weights[p] > 0 ? sums[p] / weights[p] : double.NaN);
        }

        return points;
    }

    /// <summary>Adds an atom to all points of its slice within reach.</summary>
    private void Spread(Vector3 position, double value, double sigma, double[] weights, double[] sums)
    {
        int slice = SliceOf(position);

        // Along the normal onto the middle plane, then in units of the two vectors of the plane.
        double whole = Vector3.Dot(_normal, position - _cell.Origin), folds = Math.Floor(whole / (Count * Thickness));
        Vector3 foot = position - _cell.Origin - (folds * _w) + ((((slice + 0.5) * Thickness) - (whole - (folds * Count * Thickness))) * _normal);
        Vector3 rest = foot - ((slice + 0.5) / Count * _w);
        double s = Component(rest, _u, _v) * Columns, t = Component(rest, _v, _u) * Rows;
        double reach = Reach * sigma;
        Vector3 across = Vector3.Cross(_u, _v);
        int columns = (int)Math.Ceiling(reach * _v.Length / across.Length * Columns), rows = (int)Math.Ceiling(reach * _u.Length / across.Length * Rows);
        for (int row = (int)Math.Floor(t) - rows; row <= (int)Math.Floor(t) + rows + 1; row++)
        {
            for (int column = (int)Math.Floor(s) - columns; column <= (int)Math.Floor(s) + columns + 1; column++)
            {
                Vector3 away = ((column - s) / Columns * _u) + ((row - t) / Rows * _v);
                double square = Vector3.Dot(away, away);
                if (square <= reach * reach)
                {
                    int point = (((slice * Rows) + Fold(row, Rows)) * Columns) + Fold(column, Columns);
                    double weight = Elementary.Exp(-square / (2 * sigma * sigma));
                    weights[point] += weight;
                    sums[point] += weight * value;
                }
            }
        }
    }

    /// <summary>How often a vector of the plane spanned by two others holds the first of them.</summary>
    private static double Component(Vector3 vector, Vector3 first, Vector3 second)
    {
        Vector3 area = Vector3.Cross(first, second);
        return Vector3.Dot(Vector3.Cross(vector, second), area) / Vector3.Dot(area, area);
    }

    private static int Fold(int index, int count) => ((index % count) + count) % count;
}
