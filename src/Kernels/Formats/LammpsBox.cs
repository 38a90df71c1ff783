using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// A box in LAMMPS' words: bounds along x, y, z and tilts, that is a = (xhi - xlo, 0, 0), b = (xy, yhi - ylo, 0),
/// c = (xz, yz, zhi - zlo) and the corner (xlo, ylo, zlo). Lengths in Å.
/// </summary>
internal readonly record struct LammpsBox(
    double XLo, double XHi, double YLo, double YHi, double ZLo, double ZHi, double XY, double XZ, double YZ)
{
    /// <summary>How far, in steps of the last bit, a bound is searched that gives a length back exactly.</summary>
    private const int Steps = 4;

    /// <summary>Whether any tilt differs from zero.</summary>
    public bool IsTilted => XY != 0 || XZ != 0 || YZ != 0;

    private double LowestX => Math.Min(Math.Min(0, XY), Math.Min(XZ, XY + XZ));

    private double HighestX => Math.Max(Math.Max(0, XY), Math.Max(XZ, XY + XZ));

    private double LowestY => Math.Min(0, YZ);

    private double HighestY => Math.Max(0, YZ);

    /// <summary>
    /// The box of a cell. The upper bounds are chosen so that hi - lo gives the lengths back to the last bit wherever a double
    /// can do that: always for a corner at zero and for a box that was read from such bounds, else in most cases; where none
    /// can, the length changes by one unit in the last place.
    /// </summary>
    /// <exception cref="InputException">The cell is not upper triangular, so LAMMPS cannot hold it.</exception>
    public static LammpsBox FromCell(Cell cell, string? file)
    {
        if (!cell.IsRestricted)
        {
            throw new InputException(
                "LAMMPS files hold only cells with a along x and b in the xy plane",
                file: file,
                expected: "such a cell, or extended XYZ (.extxyz), which holds any",
                found: "a rotated cell");
        }

        Matrix3 h = cell.Vectors;
        Vector3 o = cell.Origin;
        return new(o.X, Sum(h.XX, o.X), o.Y, Sum(h.YY, o.Y), o.Z, Sum(h.ZZ, o.Z), h.XY, h.XZ, h.YZ);
    }

    /// <summary>The box whose bounding box a dump states (<c>xlo_bound</c> = xlo + min(0, xy, xz, xy + xz), and so on).</summary>
    public static LammpsBox FromBoundingBox(LammpsBox bound) => bound with
    {
        XLo = bound.XLo - bound.LowestX,
        XHi = bound.XHi - bound.HighestX,
        YLo = bound.YLo - bound.LowestY,
        YHi = bound.YHi - bound.HighestY,
    };

    /// <summary>The bounding box that a dump states, chosen so that <see cref="FromBoundingBox"/> gives this box back.</summary>
    public LammpsBox ToBoundingBox() => this with
    {
        XLo = Sum(XLo, LowestX),
        XHi = Sum(XHi, HighestX),
        YLo = Sum(YLo, LowestY),
        YHi = Sum(YHi, HighestY),
    };

    /// <summary>The cell.</summary>
    /// <exception cref="InputException">The bounds do not enclose a volume.</exception>
    public Cell ToCell(LineReader reader)
    {
        RequireOrder(reader, "x", XLo, XHi);
        RequireOrder(reader, "y", YLo, YHi);
        RequireOrder(reader, "z", ZLo, ZHi);
        return CreateCell(reader, new Matrix3(XHi - XLo, XY, XZ, 0, YHi - YLo, YZ, 0, 0, ZHi - ZLo), new Vector3(XLo, YLo, ZLo));
    }

    /// <summary>A cell, or the reader's error if the vectors span no right-handed volume.</summary>
    public static Cell CreateCell(LineReader reader, Matrix3 vectors, Vector3 origin)
    {
        double volume = vectors.Determinant;
        return double.IsFinite(volume) && volume > 0
            ? new Cell(vectors, origin)
            : throw reader.Error(
                "the cell vectors do not span a right-handed volume", "a positive finite volume", FormattableString.Invariant($"{volume} Å^3"));
    }

    /// <summary>The upper bound must lie above the lower one.</summary>
    /// <exception cref="InputException">It does not.</exception>
    public static void RequireOrder(LineReader reader, string axis, double low, double high)
    {
        if (!(high > low))
        {
            throw reader.Error(
                $"the box has no extent along {axis}", $"{axis}lo < {axis}hi", FormattableString.Invariant($"{low} and {high}"));
        }
    }

    /// <summary>The double nearest to value + shift from which the shift leads back to the value; so an upper bound keeps the length.</summary>
    private static double Sum(double value, double shift)
    {
        double best = value + shift;
        double up = best;
        double down = best;
        for (int i = 0; i < Steps && best - shift != value; i++)
        {
            up = Math.BitIncrement(up);
            down = Math.BitDecrement(down);
            best = up - shift == value ? up : down - shift == value ? down : best;
        }

        return best;
    }
}
