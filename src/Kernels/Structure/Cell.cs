namespace Glasswright.Kernels.Structure;

/// <summary>
/// A periodic cell: r = o + H·s with H = [a b c] (the cell vectors are its columns) and s in [0, 1)³. All three
/// directions are periodic. Lengths in Å.
/// </summary>
public sealed record Cell
{
    /// <summary>Creates a cell from its vectors and origin.</summary>
    /// <exception cref="ArgumentException">The vectors are not finite, or do not span a right-handed volume.</exception>
    public Cell(Matrix3 vectors, Vector3 origin = default)
    {
        double volume = vectors.Determinant;
        if (!double.IsFinite(volume) || volume <= 0 || !origin.IsFinite)
        {
            throw new ArgumentException("The cell vectors must be finite and span a positive, right-handed volume.");
        }

        Vectors = vectors;
        Origin = origin;
        Inverse = vectors.Inverse();
        Volume = volume;
    }

    /// <summary>H: the cell vectors a, b, c as columns.</summary>
    public Matrix3 Vectors { get; }

    /// <summary>The corner o.</summary>
    public Vector3 Origin { get; }

    /// <summary>H⁻¹.</summary>
    public Matrix3 Inverse { get; }

    /// <summary>det H, Å³.</summary>
    public double Volume { get; }

    /// <summary>Whether a lies along x and b in the xy plane, as LAMMPS demands (H upper triangular).</summary>
    public bool IsRestricted => Vectors.YX == 0 && Vectors.ZX == 0 && Vectors.ZY == 0;

    /// <summary>
    /// Distances between opposite faces: 1/|row k of H⁻¹|. A sphere of radius R meets at most its own images when
    /// every width is at least 2R.
    /// </summary>
    public Vector3 PerpendicularWidths => new(
        1 / new Vector3(Inverse.XX, Inverse.XY, Inverse.XZ).Length,
        1 / new Vector3(Inverse.YX, Inverse.YY, Inverse.YZ).Length,
        1 / new Vector3(Inverse.ZX, Inverse.ZY, Inverse.ZZ).Length);

    /// <summary>A rectangular cell with its corner at the origin.</summary>
    public static Cell Orthorhombic(double lx, double ly, double lz) =>
        new(new Matrix3(lx, 0, 0, 0, ly, 0, 0, 0, lz));

    /// <summary>s = H⁻¹(r - o).</summary>
    public Vector3 ToFractional(Vector3 position) => Inverse * (position - Origin);

    /// <summary>r = o + H·s.</summary>
    public Vector3 ToCartesian(Vector3 fractional) => Origin + (Vectors * fractional);

    /// <summary>n₁a + n₂b + n₃c.</summary>
    public Vector3 Translation(int n1, int n2, int n3) => Vectors * new Vector3(n1, n2, n3);

    /// <summary>The cell with vectors F·H and the same origin.</summary>
    public Cell Deformed(Matrix3 gradient) => new(gradient * Vectors, Origin);

    /// <summary>
    /// The image of a position inside the cell. A position already inside (0 ≤ s &lt; 1) is returned with its bits
    /// untouched; this is the one wrapping rule of the project.
    /// </summary>
    public Vector3 Wrap(Vector3 position)
    {
        Vector3 s = ToFractional(position);
        double n1 = Math.Floor(s.X), n2 = Math.Floor(s.Y), n3 = Math.Floor(s.Z);
        return n1 == 0 && n2 == 0 && n3 == 0 ? position : position - (Vectors * new Vector3(n1, n2, n3));
    }
}
