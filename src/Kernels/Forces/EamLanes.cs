using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// The inner loops of <see cref="VectorEam"/>: one atom against its neighbors, eight at a time as two halves of four.
/// </summary>
internal static unsafe class EamLanes
{
    /// <summary>Whether a force loop sums the virial too; decided once per atom, not per pair.</summary>
    internal interface IVirial
    {
        static abstract bool Wanted { get; }
    }

    /// <summary>
    /// Copies the list entries within the cutoff to <paramref name="near"/> with their r², padded to a multiple of eight by
    /// entries at the cutoff, where nothing is counted. Returns the padded number.
    /// </summary>
    public static int SelectNear(
        NeighborList list, int atom, int start, int end, double cutoff2, int* near, double* distances2)
    {
        int* entries = list.Entries;
        double* packed = list.Packed;
        double* translations = list.Translations;
        Vector256<double> center = Vector256.Load(packed + (4 * atom));
        double* group = stackalloc double[4];
        int count = 0;
        for (int g = start; g < end; g += 4)
        {
            Displacements(entries + g, packed, translations, center, out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out _);
            Vector256<double> r2 = Square(x, y, z);
            r2.Store(group);

            // Without branches: the place moves on only when the pair counts. Room is the list's own length.
            for (int lane = 0; lane < 4; lane++)
            {
                near[count] = entries[g + lane];
                distances2[count] = group[lane];
                count += group[lane] < cutoff2 ? 1 : 0;
            }
        }

        while (count % NeighborList.Lanes != 0)
        {
            near[count] = (NeighborList.FarTranslation << NeighborList.TranslationShift) | atom;
            distances2[count] = cutoff2;
            count++;
        }

        return count;
    }

    /// <summary>Returns Σ_j f_{j→i}(r_ij) and adds f_{i→j}(r_ij) to the densities of the neighbors.</summary>
    public static double Density(
        int* near, double* distances2, int count, int* elements, double** tables, PairRecords records, double cutoff, double* densities)
    {
        Vector256<double> sum0 = Vector256<double>.Zero, sum1 = Vector256<double>.Zero;
        Vector256<double> cutoff2 = Vector256.Create(cutoff * cutoff);
        var grid = new Grid(records);
        for (int g = 0; g < count; g += NeighborList.Lanes)
        {
            sum0 += DensityHalf(near + g, Vector256.Load(distances2 + g), cutoff2, elements, tables, grid, densities);
            sum1 += DensityHalf(near + g + 4, Vector256.Load(distances2 + g + 4), cutoff2, elements, tables, grid, densities);
        }

        return Lanes.Sum(sum0, sum1);
    }

    /// <summary>
    /// Adds the force on an atom and Σ ½φ to its place in <paramref name="forces"/>, the opposite forces and ½φ to those of its neighbors
    /// and, if wanted, Σ d⊗(dE/dr) d/r (xx yy zz xy xz yz) to <paramref name="virial"/>.
    /// </summary>
    public static void Force<TVirial>(
        NeighborList list, int atom, int* near, int count, int* elements, double** tables, PairRecords records, double cutoff,
        double* forces, double* virial)
        where TVirial : IVirial
    {
        double* packed = list.Packed;
        double* translations = list.Translations;
        Vector256<double> own = Vector256.Load(packed + (4 * atom));
        Vector256<double> slope = Vector256.Create(own.GetElement(3));
        Vector256<double> center = own.WithElement(3, 0.0);
        Vector256<double> cutoff2 = Vector256.Create(cutoff * cutoff);
        var grid = new Grid(records);
        var low = default(Sums);
        var high = default(Sums);
        for (int g = 0; g < count; g += NeighborList.Lanes)
        {
            ForceHalf<TVirial>(near + g, packed, translations, center, slope, cutoff2, elements, tables, grid, ref low, forces);
            ForceHalf<TVirial>(near + g + 4, packed, translations, center, slope, cutoff2, elements, tables, grid, ref high, forces);
        }

        double* here = forces + (4 * atom);
        here[0] += Lanes.Sum(low.X, high.X);
        here[1] += Lanes.Sum(low.Y, high.Y);
        here[2] += Lanes.Sum(low.Z, high.Z);
        here[3] += Lanes.Sum(low.Phi, high.Phi);
        if (TVirial.Wanted)
        {
            virial[0] += Lanes.Sum(low.XX, high.XX);
            virial[1] += Lanes.Sum(low.YY, high.YY);
            virial[2] += Lanes.Sum(low.ZZ, high.ZZ);
            virial[3] += Lanes.Sum(low.XY, high.XY);
            virial[4] += Lanes.Sum(low.XZ, high.XZ);
            virial[5] += Lanes.Sum(low.YZ, high.YZ);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> DensityHalf(
        int* near, Vector256<double> r2, Vector256<double> cutoff2, int* elements, double** tables, in Grid grid, double* densities)
    {
        grid.Locate(Vector256.Sqrt(r2), out Vector128<int> m, out Vector256<double> p);
        double* t0 = tables[elements[near[0] & NeighborList.AtomMask]] + (PairRecords.DensityWidth * m.GetElement(0));
        double* t1 = tables[elements[near[1] & NeighborList.AtomMask]] + (PairRecords.DensityWidth * m.GetElement(1));
        double* t2 = tables[elements[near[2] & NeighborList.AtomMask]] + (PairRecords.DensityWidth * m.GetElement(2));
        double* t3 = tables[elements[near[3] & NeighborList.AtomMask]] + (PairRecords.DensityWidth * m.GetElement(3));
        Vector256<double> counted = Vector256.LessThan(r2, cutoff2);
        Cubic toJ = Cubic.Load(t0 + 2, t1 + 2, t2 + 2, t3 + 2, PairRecords.DensityWidth);
        Vector256<double> given = Vector256.ConditionalSelect(counted, toJ.Value(p), Vector256<double>.Zero);
        densities[near[0] & NeighborList.AtomMask] += given.GetElement(0);
        densities[near[1] & NeighborList.AtomMask] += given.GetElement(1);
        densities[near[2] & NeighborList.AtomMask] += given.GetElement(2);
        densities[near[3] & NeighborList.AtomMask] += given.GetElement(3);
        Cubic toI = Cubic.Load(t0, t1, t2, t3, PairRecords.DensityWidth);
        return Vector256.ConditionalSelect(counted, toI.Value(p), Vector256<double>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ForceHalf<TVirial>(
        int* near, double* packed, double* translations, Vector256<double> center, Vector256<double> slope,
        Vector256<double> cutoff2, int* elements, double** tables, in Grid grid, ref Sums sums, double* forces)
        where TVirial : IVirial
    {
        Displacements(
            near, packed, translations, center,
            out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out Vector256<double> slopeJ);
        Vector256<double> r2 = Square(x, y, z);
        Vector256<double> counted = Vector256.LessThan(r2, cutoff2);
        Vector256<double> r = Vector256.Sqrt(Vector256.MinNative(r2, cutoff2));
        Vector256<double> inverseR = Vector256<double>.One / r;
        grid.Locate(r, out Vector128<int> m, out Vector256<double> p);

        double* t0 = tables[elements[near[0] & NeighborList.AtomMask]] + (PairRecords.ForceWidth * m.GetElement(0));
        double* t1 = tables[elements[near[1] & NeighborList.AtomMask]] + (PairRecords.ForceWidth * m.GetElement(1));
        double* t2 = tables[elements[near[2] & NeighborList.AtomMask]] + (PairRecords.ForceWidth * m.GetElement(2));
        double* t3 = tables[elements[near[3] & NeighborList.AtomMask]] + (PairRecords.ForceWidth * m.GetElement(3));
        Cubic rPhi = Cubic.Load(t0, t1, t2, t3, PairRecords.ForceWidth);
        Cubic toI = Cubic.Load(t0 + 2, t1 + 2, t2 + 2, t3 + 2, PairRecords.ForceWidth);
        Cubic toJ = Cubic.Load(t0 + 4, t1 + 4, t2 + 4, t3 + 4, PairRecords.ForceWidth);

        Vector256<double> phi = rPhi.Value(p) * inverseR;
        Vector256<double> dPhi = Vector256.FusedMultiplyAdd(rPhi.Slope(p), grid.PerRadius, -phi) * inverseR;
        Vector256<double> dDensity = Vector256.FusedMultiplyAdd(slope, toI.Slope(p), slopeJ * toJ.Slope(p));
        Vector256<double> dEdR = Vector256.FusedMultiplyAdd(dDensity, grid.PerRadius, dPhi);
        Vector256<double> scale = Vector256.ConditionalSelect(counted, dEdR * inverseR, Vector256<double>.Zero);

        Vector256<double> sx = scale * x, sy = scale * y, sz = scale * z;
        Vector256<double> halfPhi = Vector256.ConditionalSelect(counted, Vector256.Create(0.5) * phi, Vector256<double>.Zero);
        sums.X += sx;
        sums.Y += sy;
        sums.Z += sz;
        sums.Phi += halfPhi;

        // One neighbor after another: two lanes may hold images of one atom.
        Lanes.Transpose(sx, sy, sz, -halfPhi, out Vector256<double> f0, out Vector256<double> f1, out Vector256<double> f2, out Vector256<double> f3);
        Subtract(forces + (4 * (near[0] & NeighborList.AtomMask)), f0);
        Subtract(forces + (4 * (near[1] & NeighborList.AtomMask)), f1);
        Subtract(forces + (4 * (near[2] & NeighborList.AtomMask)), f2);
        Subtract(forces + (4 * (near[3] & NeighborList.AtomMask)), f3);
        if (TVirial.Wanted)
        {
            sums.XX = Vector256.FusedMultiplyAdd(sx, x, sums.XX);
            sums.YY = Vector256.FusedMultiplyAdd(sy, y, sums.YY);
            sums.ZZ = Vector256.FusedMultiplyAdd(sz, z, sums.ZZ);
            sums.XY = Vector256.FusedMultiplyAdd(sx, y, sums.XY);
            sums.XZ = Vector256.FusedMultiplyAdd(sx, z, sums.XZ);
            sums.YZ = Vector256.FusedMultiplyAdd(sy, z, sums.YZ);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Subtract(double* place, Vector256<double> value) => (Vector256.Load(place) - value).Store(place);

    /// <summary>d = (r_j - r_i) + T for four entries; w is the free component of atom j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Displacements(
        int* entries, double* packed, double* translations, Vector256<double> center,
        out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out Vector256<double> w) =>
        Lanes.Transpose(
            Displacement(entries[0], packed, translations, center),
            Displacement(entries[1], packed, translations, center),
            Displacement(entries[2], packed, translations, center),
            Displacement(entries[3], packed, translations, center),
            out x, out y, out z, out w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Displacement(int entry, double* packed, double* translations, Vector256<double> center)
    {
        Vector256<double> d = Vector256.Load(packed + (4 * (entry & NeighborList.AtomMask))) - center;
        return d + Vector256.Load(translations + (4 * (entry >> NeighborList.TranslationShift)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Square(Vector256<double> x, Vector256<double> y, Vector256<double> z) =>
        Vector256.FusedMultiplyAdd(x, x, Vector256.FusedMultiplyAdd(y, y, z * z));

    /// <summary>The force loop keeps the virial.</summary>
    internal readonly struct WithVirial : IVirial
    {
        public static bool Wanted => true;
    }

    /// <summary>The force loop leaves the virial out.</summary>
    internal readonly struct WithoutVirial : IVirial
    {
        public static bool Wanted => false;
    }

    private struct Sums
    {
        public Vector256<double> X, Y, Z, Phi, XX, YY, ZZ, XY, XZ, YZ;
    }

    /// <summary>The distance grid of the tables.</summary>
    private readonly struct Grid(PairRecords records)
    {
        private readonly Vector256<double> _lastInterval = Vector256.Create((double)records.LastInterval);

        public Vector256<double> PerRadius { get; } = Vector256.Create(records.PerRadius);

        /// <summary>Interval m and place p in [0, 1] within it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Locate(Vector256<double> r, out Vector128<int> m, out Vector256<double> p)
        {
            Vector256<double> t = r * PerRadius;
            Vector256<double> floor = Vector256.MinNative(Vector256.Floor(t), _lastInterval);
            p = Vector256.MinNative(t - floor, Vector256<double>.One);
            m = Lanes.ToInt32(floor);
        }
    }

    /// <summary>Four cubics, one a lane, from values and slopes at both ends of their intervals.</summary>
    private readonly struct Cubic
    {
        private readonly Vector256<double> _a, _b, _s, _v;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Cubic(Vector256<double> v0, Vector256<double> s0, Vector256<double> v1, Vector256<double> s1)
        {
            Vector256<double> rise = v1 - v0;
            _a = (s0 + s1) - (rise + rise);
            _b = (rise - s0) - _a;
            _s = s0;
            _v = v0;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Cubic Load(double* t0, double* t1, double* t2, double* t3, int width)
        {
            Vector256<double> even = Lanes.LoadHalves(t0, t2), odd = Lanes.LoadHalves(t1, t3);
            Vector256<double> evenNext = Lanes.LoadHalves(t0 + width, t2 + width), oddNext = Lanes.LoadHalves(t1 + width, t3 + width);
            return new Cubic(
                Lanes.UnpackLow(even, odd), Lanes.UnpackHigh(even, odd),
                Lanes.UnpackLow(evenNext, oddNext), Lanes.UnpackHigh(evenNext, oddNext));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<double> Value(Vector256<double> p) =>
            Vector256.FusedMultiplyAdd(
                Vector256.FusedMultiplyAdd(Vector256.FusedMultiplyAdd(_a, p, _b), p, _s), p, _v);

        /// <summary>Derivative per grid spacing.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<double> Slope(Vector256<double> p)
        {
            Vector256<double> twoB = _b + _b;
            return Vector256.FusedMultiplyAdd(
                Vector256.FusedMultiplyAdd(_a * Vector256.Create(3.0), p, twoB), p, _s);
        }
    }
}
