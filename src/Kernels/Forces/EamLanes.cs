using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// The inner loops of <see cref="VectorEam"/>: one atom against its neighbors, eight at a time as two halves of four.
/// </summary>
/// <remarks>
/// A pair meets the tables once. The first loop, <see cref="Pairs"/>, gives densities and pair energies and keeps for each pair what
/// the second needs when every F'(ρ) is known: φ'/r and f'/r, so that the force on the neighbor is (φ'/r + F'_i f'_{j→i}/r + F'_j f'_{i→j}/r) d.
/// </remarks>
internal static unsafe class EamLanes
{
    /// <summary>Whether one density function serves both atoms of a pair; decided once per potential.</summary>
    internal interface ISides
    {
        static abstract bool Shared { get; }

        /// <summary>Vectors of four kept per four pairs: φ'/r, f'_{j→i}/r and, where it differs, f'_{i→j}/r.</summary>
        static abstract int Kept { get; }
    }

    /// <summary>Whether a force loop sums the virial too; decided once per atom, not per pair.</summary>
    internal interface IVirial
    {
        static abstract bool Wanted { get; }
    }

    /// <summary>
    /// Copies the list entries within the cutoff to <paramref name="near"/>, with r² and the number of the pair's first record, and
    /// pads them to a multiple of eight with entries whose record is zero. Returns the padded number.
    /// </summary>
    public static int SelectNear(
        NeighborList list, int atom, int center, PairRecords records, double cutoff2, int* near, double* distances2, double* numbers)
    {
        double* packed = list.Packed;
        double* translations = list.Translations;
        int* entries = list.Entries + list.Offset(atom);
        int* end = list.Entries + list.Offset(atom + 1);
        double* own = packed + (4 * atom);
        Vector256<double> x0 = Vector256.Create(own[0]), y0 = Vector256.Create(own[1]), z0 = Vector256.Create(own[2]);
        Vector256<double> first = Vector256.Create((double)center);
        Vector256<double> limit = Vector256.Create(cutoff2);
        int count = 0;
        for (; entries < end; entries += 4)
        {
            Load(entries, packed, translations, out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out Vector256<double> w);
            Vector256<double> r2 = Square(x - x0, y - y0, z - z0);
            uint within = Vector256.LessThan(r2, limit).ExtractMostSignificantBits();
            count += Lanes.Compress(within, r2, distances2 + count, w + first, numbers + count, Vector128.Load(entries), near + count);
        }

        while (count % NeighborList.Lanes != 0)
        {
            near[count] = (NeighborList.FarTranslation << NeighborList.TranslationShift) | atom;
            distances2[count] = cutoff2;
            numbers[count] = records.Nothing;
            count++;
        }

        return count;
    }

    /// <summary>
    /// Adds Σ_j f_{j→i} and Σ_j ½φ to the atom's place in <paramref name="sums"/>, <c>[2·N], ρ e ρ e …</c>, f_{i→j} and ½φ to those of its
    /// neighbors, and keeps what <see cref="Force"/> needs.
    /// </summary>
    public static void Pairs<TSides>(
        int atom, int* near, double* distances2, double* numbers, int count, PairRecords records, double* sums, double* kept)
        where TSides : struct, ISides
    {
        var grid = new Grid(records);
        Vector256<double> density0 = Vector256<double>.Zero, density1 = Vector256<double>.Zero;
        Vector256<double> energy0 = Vector256<double>.Zero, energy1 = Vector256<double>.Zero;
        for (int g = 0; g < count; g += NeighborList.Lanes, kept += 2 * 4 * TSides.Kept)
        {
            PairHalf<TSides>(near + g, distances2 + g, numbers + g, grid, sums, kept, ref density0, ref energy0);
            PairHalf<TSides>(
                near + g + 4, distances2 + g + 4, numbers + g + 4, grid, sums, kept + (4 * TSides.Kept), ref density1, ref energy1);
        }

        sums[2 * atom] += Lanes.Sum(density0, density1);
        sums[(2 * atom) + 1] += Lanes.Sum(energy0, energy1);
    }

    /// <summary>
    /// Adds the force on an atom to its place in <paramref name="forces"/>, the opposite forces to those of its neighbors
    /// and, if wanted, Σ d⊗(dE/dr) d/r (xx yy zz xy xz yz) to <paramref name="virial"/>.
    /// </summary>
    public static void Force<TSides, TVirial>(
        NeighborList list, int atom, int* near, int count, double* kept, double* forces, double* virial)
        where TSides : struct, ISides
        where TVirial : struct, IVirial
    {
        double* packed = list.Packed;
        double* translations = list.Translations;
        double* own = packed + (4 * atom);
        Vector256<double> x0 = Vector256.Create(own[0]), y0 = Vector256.Create(own[1]), z0 = Vector256.Create(own[2]);
        Vector256<double> slope = Vector256.Create(own[3]);
        Vector256<double> fx0 = Vector256<double>.Zero, fy0 = Vector256<double>.Zero, fz0 = Vector256<double>.Zero;
        Vector256<double> fx1 = Vector256<double>.Zero, fy1 = Vector256<double>.Zero, fz1 = Vector256<double>.Zero;
        var low = default(Tensor);
        var high = default(Tensor);
        for (int g = 0; g < count; g += NeighborList.Lanes, kept += 2 * 4 * TSides.Kept)
        {
            ForceHalf<TSides, TVirial>(near + g, packed, translations, x0, y0, z0, slope, kept, forces, ref fx0, ref fy0, ref fz0, ref low);
            ForceHalf<TSides, TVirial>(
                near + g + 4, packed, translations, x0, y0, z0, slope, kept + (4 * TSides.Kept), forces, ref fx1, ref fy1, ref fz1, ref high);
        }

        double* here = forces + (4 * atom);
        here[0] += Lanes.Sum(fx0, fx1);
        here[1] += Lanes.Sum(fy0, fy1);
        here[2] += Lanes.Sum(fz0, fz1);
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
    private static void PairHalf<TSides>(
        int* near, double* distances2, double* numbers, in Grid grid, double* sums, double* kept,
        ref Vector256<double> density, ref Vector256<double> energy)
        where TSides : struct, ISides
    {
        Vector256<double> r2 = Vector256.Load(distances2);
        Vector256<double> r = Vector256.Sqrt(r2);
        Vector256<double> inverseR = Vector256<double>.One / r;
        Vector256<double> t = r * grid.PerRadius;
        Vector256<double> floor = Vector256.MinNative(Vector256.Floor(t), grid.LastInterval);
        Vector256<double> p = Vector256.MinNative(t - floor, Vector256<double>.One);
        int width = TSides.Shared ? PairRecords.SharedWidth : PairRecords.OrderedWidth;
        Vector128<int> m = Lanes.ToInt32(floor + Vector256.Load(numbers)) * width;
        double* t0 = grid.Records + (uint)m.GetElement(0);
        double* t1 = grid.Records + (uint)m.GetElement(1);
        double* t2 = grid.Records + (uint)m.GetElement(2);
        double* t3 = grid.Records + (uint)m.GetElement(3);
        Vector256<double> perSpacing = grid.PerRadius * inverseR;

        Cubic rPhi = Cubic.Load(t0, t1, t2, t3, width);
        Vector256<double> phi = rPhi.Value(p) * inverseR;
        Vector256<double> halfPhi = Vector256.Create(0.5) * phi;
        energy += halfPhi;
        (Vector256.FusedMultiplyAdd(rPhi.Slope(p), perSpacing, -(phi * inverseR)) * inverseR).Store(kept);

        Cubic toI = Cubic.Load(t0 + 2, t1 + 2, t2 + 2, t3 + 2, width);
        Vector256<double> given = toI.Value(p);
        density += given;
        (toI.Slope(p) * perSpacing).Store(kept + 4);
        if (!TSides.Shared)
        {
            Cubic toJ = Cubic.Load(t0 + 4, t1 + 4, t2 + 4, t3 + 4, width);
            given = toJ.Value(p);
            (toJ.Slope(p) * perSpacing).Store(kept + 8);
        }

        // One neighbor after another: two lanes may hold images of one atom.
        Vector256<double> even = Lanes.UnpackLow(given, halfPhi), odd = Lanes.UnpackHigh(given, halfPhi);
        Add(sums + (2L * Atom(near[0])), even.GetLower());
        Add(sums + (2L * Atom(near[1])), odd.GetLower());
        Add(sums + (2L * Atom(near[2])), even.GetUpper());
        Add(sums + (2L * Atom(near[3])), odd.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ForceHalf<TSides, TVirial>(
        int* near, double* packed, double* translations, Vector256<double> x0, Vector256<double> y0, Vector256<double> z0,
        Vector256<double> slope, double* kept, double* forces,
        ref Vector256<double> fx, ref Vector256<double> fy, ref Vector256<double> fz, ref Tensor tensor)
        where TSides : struct, ISides
        where TVirial : struct, IVirial
    {
        Load(near, packed, translations, out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out Vector256<double> slopeJ);
        x -= x0;
        y -= y0;
        z -= z0;
        Vector256<double> scale = Vector256.Load(kept);
        if (TSides.Shared)
        {
            scale = Vector256.FusedMultiplyAdd(slope + slopeJ, Vector256.Load(kept + 4), scale);
        }
        else
        {
            scale = Vector256.FusedMultiplyAdd(slope, Vector256.Load(kept + 4), scale);
            scale = Vector256.FusedMultiplyAdd(slopeJ, Vector256.Load(kept + 8), scale);
        }

        Vector256<double> sx = scale * x, sy = scale * y, sz = scale * z;
        fx += sx;
        fy += sy;
        fz += sz;
        Lanes.Transpose(
            sx, sy, sz, Vector256<double>.Zero,
            out Vector256<double> f0, out Vector256<double> f1, out Vector256<double> f2, out Vector256<double> f3);
        Subtract(forces + (4L * Atom(near[0])), f0);
        Subtract(forces + (4L * Atom(near[1])), f1);
        Subtract(forces + (4L * Atom(near[2])), f2);
        Subtract(forces + (4L * Atom(near[3])), f3);
        if (TVirial.Wanted)
        {
            tensor.XX = Vector256.FusedMultiplyAdd(sx, x, tensor.XX);
            tensor.YY = Vector256.FusedMultiplyAdd(sy, y, tensor.YY);
            tensor.ZZ = Vector256.FusedMultiplyAdd(sz, z, tensor.ZZ);
            tensor.XY = Vector256.FusedMultiplyAdd(sx, y, tensor.XY);
            tensor.XZ = Vector256.FusedMultiplyAdd(sx, z, tensor.XZ);
            tensor.YZ = Vector256.FusedMultiplyAdd(sy, z, tensor.YZ);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Atom(int entry) => (uint)entry & NeighborList.AtomMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(double* place, Vector128<double> value) => (Vector128.Load(place) + value).Store(place);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Subtract(double* place, Vector256<double> value) => (Vector256.Load(place) - value).Store(place);

    /// <summary>Positions r_j + T of four entries; w is the free component of atom j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(
        int* entries, double* packed, double* translations,
        out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out Vector256<double> w) =>
        Lanes.Transpose(
            Image(entries[0], packed, translations),
            Image(entries[1], packed, translations),
            Image(entries[2], packed, translations),
            Image(entries[3], packed, translations),
            out x, out y, out z, out w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Image(int entry, double* packed, double* translations) =>
        Vector256.Load(packed + (4L * Atom(entry)))
        + Vector256.Load(translations + (4L * ((uint)entry >> NeighborList.TranslationShift)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Square(Vector256<double> x, Vector256<double> y, Vector256<double> z) =>
        Vector256.FusedMultiplyAdd(x, x, Vector256.FusedMultiplyAdd(y, y, z * z));

    /// <summary>f_{a→b} = f_{b→a}.</summary>
    internal readonly struct SharedSides : ISides
    {
        public static bool Shared => true;

        public static int Kept => 2;
    }

    /// <summary>Each atom of a pair gives its own density.</summary>
    internal readonly struct OrderedSides : ISides
    {
        public static bool Shared => false;

        public static int Kept => 3;
    }

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

    private struct Tensor
    {
        public Vector256<double> XX, YY, ZZ, XY, XZ, YZ;
    }

    /// <summary>The distance grid of the tables.</summary>
    private readonly struct Grid(PairRecords records)
    {
        public readonly Vector256<double> LastInterval = Vector256.Create((double)records.LastInterval);
        public readonly Vector256<double> PerRadius = Vector256.Create(records.PerRadius);
        public readonly double* Records = records.Records;
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
            Vector256<double> h = Vector256.FusedMultiplyAdd(_a, p, _b);
            return Vector256.FusedMultiplyAdd(Vector256.FusedMultiplyAdd(_a, p, h + h), p, _s);
        }
    }
}
