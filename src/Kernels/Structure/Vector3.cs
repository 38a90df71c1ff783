namespace Glasswright.Kernels.Structure;

/// <summary>A vector of three doubles, in Å unless said otherwise.</summary>
/// <param name="X">Component along x.</param>
/// <param name="Y">Component along y.</param>
/// <param name="Z">Component along z.</param>
public readonly record struct Vector3(double X, double Y, double Z)
{
    /// <summary>Component-wise sum.</summary>
    public static Vector3 operator +(Vector3 u, Vector3 v) => new(u.X + v.X, u.Y + v.Y, u.Z + v.Z);

    /// <summary>Component-wise difference.</summary>
    public static Vector3 operator -(Vector3 u, Vector3 v) => new(u.X - v.X, u.Y - v.Y, u.Z - v.Z);

    /// <summary>Multiple.</summary>
    public static Vector3 operator *(double s, Vector3 v) => new(s * v.X, s * v.Y, s * v.Z);

    /// <summary>u·v.</summary>
    public static double Dot(Vector3 u, Vector3 v) => (u.X * v.X) + (u.Y * v.Y) + (u.Z * v.Z);

    /// <summary>u×v.</summary>
    public static Vector3 Cross(Vector3 u, Vector3 v) =>
        new((u.Y * v.Z) - (u.Z * v.Y), (u.Z * v.X) - (u.X * v.Z), (u.X * v.Y) - (u.Y * v.X));

    /// <summary>√(v·v).</summary>
    public double Length => Math.Sqrt(Dot(this, this));

    /// <summary>Whether no component is infinite or NaN.</summary>
    public bool IsFinite => double.IsFinite(X) && double.IsFinite(Y) && double.IsFinite(Z);
}
