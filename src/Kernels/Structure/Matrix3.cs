namespace Glasswright.Kernels.Structure;

/// <summary>A 3×3 matrix, row by row.</summary>
public readonly record struct Matrix3(
    double XX, double XY, double XZ,
    double YX, double YY, double YZ,
    double ZX, double ZY, double ZZ)
{
    /// <summary>The unit matrix.</summary>
    public static Matrix3 Identity { get; } = new(1, 0, 0, 0, 1, 0, 0, 0, 1);

    /// <summary>The matrix with columns <paramref name="a"/>, <paramref name="b"/>, <paramref name="c"/>.</summary>
    public static Matrix3 FromColumns(Vector3 a, Vector3 b, Vector3 c) =>
        new(a.X, b.X, c.X, a.Y, b.Y, c.Y, a.Z, b.Z, c.Z);

    /// <summary>Matrix times vector.</summary>
    public static Vector3 operator *(Matrix3 m, Vector3 v) => new(
        (m.XX * v.X) + (m.XY * v.Y) + (m.XZ * v.Z),
        (m.YX * v.X) + (m.YY * v.Y) + (m.YZ * v.Z),
        (m.ZX * v.X) + (m.ZY * v.Y) + (m.ZZ * v.Z));

    /// <summary>Matrix product.</summary>
    public static Matrix3 operator *(Matrix3 m, Matrix3 n) =>
        FromColumns(m * n.Column0, m * n.Column1, m * n.Column2);

    /// <summary>First column.</summary>
    public Vector3 Column0 => new(XX, YX, ZX);

    /// <summary>Second column.</summary>
    public Vector3 Column1 => new(XY, YY, ZY);

    /// <summary>Third column.</summary>
    public Vector3 Column2 => new(XZ, YZ, ZZ);

    /// <summary>Determinant.</summary>
    public double Determinant => Vector3.Dot(Column0, Vector3.Cross(Column1, Column2));

    /// <summary>Rows and columns exchanged.</summary>
    public Matrix3 Transpose() => new(XX, YX, ZX, XY, YY, ZY, XZ, YZ, ZZ);

    /// <summary>
    /// Inverse by the adjugate. For an upper triangular matrix the entries below the diagonal stay exactly zero.
    /// </summary>
    public Matrix3 Inverse()
    {
        Vector3 u = Vector3.Cross(Column1, Column2);
        Vector3 v = Vector3.Cross(Column2, Column0);
        Vector3 w = Vector3.Cross(Column0, Column1);
        double det = Vector3.Dot(Column0, u);
        return new(
            u.X / det, u.Y / det, u.Z / det,
            v.X / det, v.Y / det, v.Z / det,
            w.X / det, w.Y / det, w.Z / det);
    }
}
