using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// The inner loops of <see cref="VectorEam"/>: one atom against its neighbors, four at a time.
/// </summary>
/// <remarks>
/// A pair meets the tables once. The first loop, <see cref="Pairs"/>, gives densities and pair energies and keeps for each pair what
/// the second needs when every F'(ρ) is known: φ'/r and f'/r, so that the force on the neighbor is (φ'/r + F'_i f'_{j→i}/r + F'_j f'_{i→j}/r) d.
/// Entries are those of <see cref="HalfNeighborList"/>, four times a slot, and so are places in packed positions and in forces. A run is a
/// multiple of four long; groups are added alternately to two sums, which are the two halves of eight logical lanes. The body stands
/// once in each loop, since two copies are more than the compiler inlines.
/// </remarks>
internal static unsafe class EamLanes
{
    /// <summary>Lanes of a group, and doubles of a slot.</summary>
    private const int Half = HalfNeighborList.Group;

    /// <summary>Vectors that <see cref="Find"/> leaves per group.</summary>
    public const int Found = 3;

    /// <summary>Whether one density function serves both atoms of a pair; decided once per potential.</summary>
    internal interface ISides
    {
        static abstract bool Shared { get; }

        /// <summary>Vectors of four kept per four pairs: φ'/r, f'_{j→i}/r and, where it differs, f'_{i→j}/r.</summary>
        static abstract int Kept { get; }
    }

    /// <summary>Whether a loop sums what only some calls ask for: energies of atoms, or the virial. Decided once per atom.</summary>
    internal interface IWanted
    {
        static abstract bool Wanted { get; }
    }

    /// <summary>
    /// Finds for every entry r, 1/r², the record of its interval and the place p in it, and asks for the records: they are too many for
    /// the second-level cache, and by the time that <see cref="Pairs"/> wants them they have come.
    /// </summary>
    /// <param name="packed">Packed positions; the fourth component is the neighbor's share in the number of the record.</param>
    /// <param name="slot">The atom.</param>
    /// <param name="center">The atom's share in the number of the record.</param>
    /// <param name="entries">Its entries.</param>
    /// <param name="count">How many, a multiple of four.</param>
    /// <param name="records">The tables.</param>
    /// <param name="found">Receives r, 1/r² and p, twelve doubles per four entries.</param>
    /// <param name="places">Receives the distance of the record from the first one, in doubles.</param>
    public static void Find<TSides>(
        double* packed, int slot, int center, int* entries, int count, PairRecords records, double* found, int* places)
        where TSides : struct, ISides
    {
        double* own = packed + (Half * slot);
        Vector256<double> x0 = Vector256.Create(own[0]), y0 = Vector256.Create(own[1]), z0 = Vector256.Create(own[2]);
        Vector256<double> cutoff2 = Vector256.Create(records.Cutoff2), perRadius = Vector256.Create(records.PerRadius);
        Vector256<double> first = Vector256.Create((double)center), nothing = Vector256.Create((double)records.Nothing);
        Vector256<double> lastInterval = Vector256.Create((double)records.LastInterval);
        int width = TSides.Shared ? PairRecords.SharedWidth : PairRecords.OrderedWidth;
        double* tables = records.Records;
        int* end = entries + count;
        for (; entries < end; entries += Half, found += Found * Half, places += Half)
        {
            Lanes.LoadRows(
                packed + entries[0], packed + entries[1], packed + entries[2], packed + entries[3],
                out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out Vector256<double> mark);
            x -= x0;
            y -= y0;
            z -= z0;
            Vector256<double> r2 = Vector256.FusedMultiplyAdd(x, x, Vector256.FusedMultiplyAdd(y, y, z * z));

            // Square root and quotient do not wait for each other.
            Vector256<double> r = Vector256.Sqrt(r2);
            (Vector256<double>.One / r2).Store(found + Half);
            r.Store(found);
            Vector256<double> t = r * perRadius;
            Vector256<double> floor = Vector256.MinNative(Vector256.Floor(t), lastInterval);
            Vector256.MinNative(t - floor, Vector256<double>.One).Store(found + (2 * Half));

            // A pair beyond the cutoff meets records of zeros.
            Vector256<double> number = Vector256.ConditionalSelect(Vector256.LessThan(r2, cutoff2), floor + (mark + first), nothing);
            Vector128<int> place = Lanes.ToInt32(number) * width;
            place.Store(places);
            Lanes.Prefetch(tables + place.GetElement(0), tables + place.GetElement(1), tables + place.GetElement(2), tables + place.GetElement(3), width);
        }
    }

    /// <summary>
    /// Adds Σ_j f_{j→i} to the atom's density and f_{i→j} to those of its neighbors, keeps what <see cref="Force"/> needs, and returns Σ_j φ.
    /// If energies are wanted, ½φ is added to either side's.
    /// </summary>
    public static double Pairs<TSides, TEnergies>(
        int slot, int* entries, int count, PairRecords records, double* found, int* places, double* densities, double* energies, double* kept)
        where TSides : struct, ISides
        where TEnergies : struct, IWanted
    {
        Vector256<double> perRadius = Vector256.Create(records.PerRadius);
        Vector256<double> density = Vector256<double>.Zero, densityBefore = Vector256<double>.Zero;
        Vector256<double> energy = Vector256<double>.Zero, energyBefore = Vector256<double>.Zero;
        int width = TSides.Shared ? PairRecords.SharedWidth : PairRecords.OrderedWidth;
        double* tables = records.Records;
        int* end = entries + count;
        for (; entries < end; entries += Half, found += Found * Half, places += Half, kept += Half * TSides.Kept)
        {
            Vector256<double> r = Vector256.Load(found), inverseR2 = Vector256.Load(found + Half), p = Vector256.Load(found + (2 * Half));
            Vector256<double> inverseR = r * inverseR2;
            double* t0 = tables + places[0];
            double* t1 = tables + places[1];
            double* t2 = tables + places[2];
            double* t3 = tables + places[3];
            Vector256<double> v0, s0, v1, s1, w0, u0, w1, u1;
            Lanes.LoadRows(t0, t1, t2, t3, out v0, out s0, out w0, out u0);
            if (TSides.Shared)
            {
                Lanes.LoadRows(t0 + width, t1 + width, t2 + width, t3 + width, out v1, out s1, out w1, out u1);
            }
            else
            {
                // Six doubles a record: the last two of this one stand before the first two of the next.
                Lanes.LoadRows(t0 + 4, t1 + 4, t2 + 4, t3 + 4, out Vector256<double> q0, out Vector256<double> d0, out v1, out s1);
                Lanes.LoadRows(t0 + 8, t1 + 8, t2 + 8, t3 + 8, out w1, out u1, out Vector256<double> q1, out Vector256<double> d1);
                Vector256<double> givenToJ = Cubic(q0, d0, q1, d1, p, out Vector256<double> slopeToJ);
                (slopeToJ * (perRadius * inverseR)).Store(kept + (2 * Half));
                Give(densities, entries, givenToJ);
            }

            Vector256<double> phi = Cubic(v0, s0, v1, s1, p, out Vector256<double> rPhiSlope) * inverseR;
            (Vector256.FusedMultiplyAdd(rPhiSlope, perRadius, -phi) * inverseR2).Store(kept);
            Vector256<double> given = Cubic(w0, u0, w1, u1, p, out Vector256<double> slope);
            (slope * (perRadius * inverseR)).Store(kept + Half);
            (density, densityBefore) = (densityBefore + given, density);
            (energy, energyBefore) = (energyBefore + phi, energy);
            if (TSides.Shared)
            {
                Give(densities, entries, given);
            }

            if (TEnergies.Wanted)
            {
                Give(energies, entries, Vector256.Create(0.5) * phi);
            }
        }

        double pairs = Lanes.Sum(energy, energyBefore);
        densities[slot] += Lanes.Sum(density, densityBefore);
        if (TEnergies.Wanted)
        {
            energies[slot] += 0.5 * pairs;
        }

        return pairs;
    }

    /// <summary>
    /// Adds the force on an atom to its place in <paramref name="forces"/>, <c>[4·slots], x y z 0 …</c>, the opposite forces to those of
    /// its neighbors and, if wanted, Σ d⊗(dE/dr) d/r (xx yy zz xy xz yz) to <paramref name="virial"/>. The fourth components of packed
    /// positions are F'(ρ).
    /// </summary>
    public static void Force<TSides, TVirial>(
        double* packed, int slot, int* entries, int count, double* kept, double* forces, double* virial)
        where TSides : struct, ISides
        where TVirial : struct, IWanted
    {
        double* own = packed + (Half * slot);
        Vector256<double> x0 = Vector256.Create(own[0]), y0 = Vector256.Create(own[1]), z0 = Vector256.Create(own[2]);
        Vector256<double> slope = Vector256.Create(own[3]);
        Vector256<double> fx = Vector256<double>.Zero, fy = Vector256<double>.Zero, fz = Vector256<double>.Zero;
        Vector256<double> fxBefore = Vector256<double>.Zero, fyBefore = Vector256<double>.Zero, fzBefore = Vector256<double>.Zero;
        var tensor = default(Tensor);
        int* end = entries + count;
        for (; entries < end; entries += Half, kept += Half * TSides.Kept)
        {
            int n0 = entries[0], n1 = entries[1], n2 = entries[2], n3 = entries[3];
            Lanes.LoadRows(
                packed + n0, packed + n1, packed + n2, packed + n3,
                out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out Vector256<double> slopeJ);
            x -= x0;
            y -= y0;
            z -= z0;
            Vector256<double> scale = Vector256.Load(kept);
            if (TSides.Shared)
            {
                scale = Vector256.FusedMultiplyAdd(slope + slopeJ, Vector256.Load(kept + Half), scale);
            }
            else
            {
                scale = Vector256.FusedMultiplyAdd(slope, Vector256.Load(kept + Half), scale);
                scale = Vector256.FusedMultiplyAdd(slopeJ, Vector256.Load(kept + (2 * Half)), scale);
            }

            Vector256<double> sx = scale * x, sy = scale * y, sz = scale * z;
            (fx, fxBefore) = (fxBefore + sx, fx);
            (fy, fyBefore) = (fyBefore + sy, fy);
            (fz, fzBefore) = (fzBefore + sz, fz);
            Lanes.Transpose(
                sx, sy, sz, Vector256<double>.Zero,
                out Vector256<double> f0, out Vector256<double> f1, out Vector256<double> f2, out Vector256<double> f3);
            Subtract(forces + n0, f0);
            Subtract(forces + n1, f1);
            Subtract(forces + n2, f2);
            Subtract(forces + n3, f3);
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

        double* here = forces + (Half * slot);
        (Vector256.Load(here) + Lanes.Sums(fx + fxBefore, fy + fyBefore, fz + fzBefore)).Store(here);
        if (TVirial.Wanted)
        {
            virial[0] += Lanes.Sum(tensor.XX);
            virial[1] += Lanes.Sum(tensor.YY);
            virial[2] += Lanes.Sum(tensor.ZZ);
            virial[3] += Lanes.Sum(tensor.XY);
            virial[4] += Lanes.Sum(tensor.XZ);
            virial[5] += Lanes.Sum(tensor.YZ);
        }
    }

    /// <summary>Adds a value to each neighbor's place in an array over slots, one after another: the far slot may stand more than once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Give(double* places, int* entries, Vector256<double> values)
    {
        Vector128<double> lower = values.GetLower(), upper = values.GetUpper();
        *At(places, entries[0]) += lower.ToScalar();
        *At(places, entries[1]) += lower.GetElement(1);
        *At(places, entries[2]) += upper.ToScalar();
        *At(places, entries[3]) += upper.GetElement(1);
    }

    /// <summary>An entry is four times a slot, so twice the entry is the slot's distance in bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double* At(double* places, int entry) => (double*)((byte*)places + ((nint)entry * (sizeof(double) / Half)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Subtract(double* place, Vector256<double> value) => (Vector256.Load(place) - value).Store(place);

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

    /// <summary>It is asked for.</summary>
    internal readonly struct Asked : IWanted
    {
        public static bool Wanted => true;
    }

    /// <summary>It is not.</summary>
    internal readonly struct NotAsked : IWanted
    {
        public static bool Wanted => false;
    }

    private struct Tensor
    {
        public Vector256<double> XX, YY, ZZ, XY, XZ, YZ;
    }

    /// <summary>Four cubics, one a lane, from values and slopes at both ends of their intervals; the slope per grid spacing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Cubic(
        Vector256<double> v0, Vector256<double> s0, Vector256<double> v1, Vector256<double> s1, Vector256<double> p,
        out Vector256<double> slope)
    {
        Vector256<double> rise = v1 - v0;
        Vector256<double> a = (s0 + s1) - (rise + rise);
        Vector256<double> b = (rise - s0) - a;
        Vector256<double> h = Vector256.FusedMultiplyAdd(a, p, b);
        slope = Vector256.FusedMultiplyAdd(Vector256.FusedMultiplyAdd(a, p, h + h), p, s0);
        return Vector256.FusedMultiplyAdd(Vector256.FusedMultiplyAdd(h, p, s0), p, v0);
    }
}
