using System.Runtime.Intrinsics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Neighbors;

/// <summary>The positions and the cell that a list was made from, and what may have moved since before the list lacks a pair.</summary>
internal sealed class ListBase
{
    private double[] _positions = [];
    private Cell? _cell;

    /// <summary>Takes the present positions and cell as the base.</summary>
    public void Record(AtomicStructure structure)
    {
        if (_positions.Length != structure.Coordinates.Length)
        {
            _positions = new double[structure.Coordinates.Length];
        }

        Array.Copy(structure.Coordinates, _positions, _positions.Length);
        _cell = structure.Cell;
    }

    /// <summary>
    /// Whether a list of all pairs within <paramref name="reach"/> at the base holds all pairs within <paramref name="cutoff"/> now.
    /// With F the gradient from the cell of the base to the present one and u_i = (r_i - o) - F (r⁰_i - o⁰), a pair that is not
    /// listed was at least R = reach apart and now is at least s_min(F) R - 2 max|u| apart, where s_min(F) ≥ 1 - ‖F - 1‖ (Frobenius).
    /// NaN counts as moved.
    /// </summary>
    public bool Covers(AtomicStructure structure, double cutoff, double reach)
    {
        if (_cell is null || _positions.Length != structure.Coordinates.Length)
        {
            return false;
        }

        if (ReferenceEquals(structure.Cell, _cell))
        {
            double still = 0.5 * (reach - cutoff);
            return still >= 0 && MovedAtMost(structure, still);
        }

        Matrix3 f = structure.Cell.Vectors * _cell.Inverse;
        double strain = Math.Sqrt(
            Square(f.XX - 1) + Square(f.XY) + Square(f.XZ) + Square(f.YX) + Square(f.YY - 1) + Square(f.YZ)
            + Square(f.ZX) + Square(f.ZY) + Square(f.ZZ - 1));
        double allowed = 0.5 * (((1 - strain) * reach) - cutoff);
        return allowed >= 0 && MovedAtMost(structure, allowed, f, structure.Cell.Origin - (f * _cell.Origin));

        static double Square(double x) => x * x;
    }

    // Each eight atoms at a time; the padding stands still at zero.
    private bool MovedAtMost(AtomicStructure structure, double allowed)
    {
        Vector256<double> limit = Vector256.Create(allowed * allowed);
        int stride = structure.Stride;
        ref double now = ref structure.Coordinates[0];
        ref double then = ref _positions[0];
        for (nuint i = 0; i < (nuint)stride; i += 8)
        {
            Vector256<double> near = Vector256.LessThanOrEqual(Moved2(ref now, ref then, i, (nuint)stride), limit)
                & Vector256.LessThanOrEqual(Moved2(ref now, ref then, i + 4, (nuint)stride), limit);
            if (near.ExtractMostSignificantBits() != 0b1111)
            {
                return false;
            }
        }

        return true;

        static Vector256<double> Moved2(ref double now, ref double then, nuint i, nuint stride)
        {
            Vector256<double> x = Vector256.LoadUnsafe(ref now, i) - Vector256.LoadUnsafe(ref then, i);
            Vector256<double> y = Vector256.LoadUnsafe(ref now, stride + i) - Vector256.LoadUnsafe(ref then, stride + i);
            Vector256<double> z = Vector256.LoadUnsafe(ref now, (2 * stride) + i) - Vector256.LoadUnsafe(ref then, (2 * stride) + i);
            return (x * x) + (y * y) + (z * z);
        }
    }

    private bool MovedAtMost(AtomicStructure structure, double allowed, in Matrix3 f, Vector3 origin)
    {
        Vector256<double> limit = Vector256.Create(allowed * allowed);
        int stride = structure.Stride;
        double[] now = structure.Coordinates;
        for (int i = 0; i < structure.Count; i += 4)
        {
            Vector256<double> x = Vector256.LoadUnsafe(ref _positions[i]);
            Vector256<double> y = Vector256.LoadUnsafe(ref _positions[stride + i]);
            Vector256<double> z = Vector256.LoadUnsafe(ref _positions[(2 * stride) + i]);
            Vector256<double> dx = Vector256.LoadUnsafe(ref now[i]) - ((f.XX * x) + (f.XY * y) + (f.XZ * z) + Vector256.Create(origin.X));
            Vector256<double> dy = Vector256.LoadUnsafe(ref now[stride + i]) - ((f.YX * x) + (f.YY * y) + (f.YZ * z) + Vector256.Create(origin.Y));
            Vector256<double> dz =
                Vector256.LoadUnsafe(ref now[(2 * stride) + i]) - ((f.ZX * x) + (f.ZY * y) + (f.ZZ * z) + Vector256.Create(origin.Z));

            // Padding does not count.
            uint near = Vector256.LessThanOrEqual((dx * dx) + (dy * dy) + (dz * dz), limit).ExtractMostSignificantBits();
            uint atoms = (1u << Math.Min(4, structure.Count - i)) - 1;
            if ((near & atoms) != atoms)
            {
                return false;
            }
        }

        return true;
    }
}
