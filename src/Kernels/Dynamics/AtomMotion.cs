using System.Runtime.Intrinsics;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Vector3 = Glasswright.Kernels.Structure.Vector3;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// Atoms with masses and velocities, and the elementary moves of which integrators are made. Positions are those of the structure and are
/// never wrapped here, so that displacements can be followed.
/// </summary>
/// <remarks>
/// Velocities in Å/ps, laid out as the coordinates: <c>[3·Stride], x0 x1 … y0 y1 … z0 z1 …</c>, padding zero. Masses are kept as energies,
/// m in eV/(Å/ps)². Four atoms at a time, one fused multiply-add each, so the bits do not depend on the instruction set.
/// </remarks>
internal sealed class AtomMotion
{
    private const int Lanes = 4;

    private readonly EamTables _tables;
    private readonly double[] _masses;
    private readonly double[] _inverses;

    /// <summary>Atoms at rest.</summary>
    /// <param name="structure">The atoms; moved in place.</param>
    /// <param name="tables">Where masses stand.</param>
    /// <exception cref="InputException">The potential lacks a species.</exception>
    public AtomMotion(AtomicStructure structure, EamTables tables)
    {
        Structure = structure;
        _tables = tables;
        Velocities = new double[structure.Coordinates.Length];
        _masses = new double[structure.Stride];
        _inverses = new double[structure.Stride];
        AssignMasses();
    }

    /// <summary>The atoms.</summary>
    public AtomicStructure Structure { get; }

    /// <summary>Velocities, Å/ps, <c>[3·Stride]</c>.</summary>
    public double[] Velocities { get; }

    /// <summary>Degrees of freedom: the center of mass stands still.</summary>
    public int Degrees => Math.Max(1, 3 * (Structure.Count - 1));

    /// <summary>Gives every atom the mass of its species; to be called when species have changed.</summary>
    public void AssignMasses()
    {
        int[] elements = new int[Structure.Count];
        SpeciesMap.Resolve(Structure, _tables, elements);
        for (int i = 0; i < Structure.Count; i++)
        {
            _masses[i] = _tables.Masses[elements[i]] * MetalUnits.EnergyPerMassSpeedSquared;
            _inverses[i] = 1 / _masses[i];
        }
    }

    /// <summary>
    /// Exchanges two atoms' velocities and masses. Together with an exchange of their species it is as if the atoms had changed places: kinetic
    /// energy and momentum stay.
    /// </summary>
    public void ExchangeMotion(int a, int b)
    {
        (_masses[a], _masses[b]) = (_masses[b], _masses[a]);
        (_inverses[a], _inverses[b]) = (_inverses[b], _inverses[a]);
        for (int k = 0; k < 3; k++)
        {
            int start = k * Structure.Stride;
            (Velocities[start + a], Velocities[start + b]) = (Velocities[start + b], Velocities[start + a]);
        }
    }

    /// <summary>m of an atom, eV/(Å/ps)².</summary>
    public double Mass(int atom) => _masses[atom];

    /// <summary>v ← v + t f/m, with forces laid out as the velocities.</summary>
    public void Kick(double time, double[] forces)
    {
        int stride = Structure.Stride;
        Vector256<double> t = Vector256.Create(time);
        for (int i = 0; i < stride; i += Lanes)
        {
            Vector256<double> factor = t * Vector256.LoadUnsafe(ref _inverses[i]);
            for (int at = i; at < 3 * stride; at += stride)
            {
                Vector256.FusedMultiplyAdd(factor, Vector256.LoadUnsafe(ref forces[at]), Vector256.LoadUnsafe(ref Velocities[at]))
                    .StoreUnsafe(ref Velocities[at]);
            }
        }
    }

    /// <summary>r ← r + t v.</summary>
    public void Drift(double time) => FixedSum.AddScaled(Structure.Coordinates, time, Velocities);

    /// <summary>
    /// r ← o + G(G(r - o) + t v) about the cell's corner o, and the cell vectors H ← G G H, with an upper triangular G: the free motion in a
    /// flow of the cell, half of it before and half after. One new cell a call.
    /// </summary>
    public void DriftInFlow(double time, in Matrix3 half)
    {
        AtomicStructure structure = Structure;
        int stride = structure.Stride;
        Vector3 o = structure.Cell.Origin;
        double[] r = structure.Coordinates;
        Vector256<double> t = Vector256.Create(time);
        Vector256<double> xx = Vector256.Create(half.XX), yy = Vector256.Create(half.YY), zz = Vector256.Create(half.ZZ);
        Vector256<double> xy = Vector256.Create(half.XY), xz = Vector256.Create(half.XZ), yz = Vector256.Create(half.YZ);
        Vector256<double> ox = Vector256.Create(o.X), oy = Vector256.Create(o.Y), oz = Vector256.Create(o.Z);
        for (int i = 0; i < stride; i += Lanes)
        {
            Vector256<double> x = Vector256.LoadUnsafe(ref r[i]) - ox;
            Vector256<double> y = Vector256.LoadUnsafe(ref r[stride + i]) - oy;
            Vector256<double> z = Vector256.LoadUnsafe(ref r[(2 * stride) + i]) - oz;
            Flow(ref x, ref y, z);
            z *= zz;
            x = Vector256.FusedMultiplyAdd(t, Vector256.LoadUnsafe(ref Velocities[i]), x);
            y = Vector256.FusedMultiplyAdd(t, Vector256.LoadUnsafe(ref Velocities[stride + i]), y);
            z = Vector256.FusedMultiplyAdd(t, Vector256.LoadUnsafe(ref Velocities[(2 * stride) + i]), z);
            Flow(ref x, ref y, z);
            z *= zz;
            (x + ox).StoreUnsafe(ref r[i]);
            (y + oy).StoreUnsafe(ref r[stride + i]);
            (z + oz).StoreUnsafe(ref r[(2 * stride) + i]);
        }

        ClearPadding();
        structure.Cell = structure.Cell.Deformed(half * half);

        void Flow(ref Vector256<double> x, ref Vector256<double> y, Vector256<double> z)
        {
            x = Vector256.FusedMultiplyAdd(xx, x, Vector256.FusedMultiplyAdd(xy, y, xz * z));
            y = Vector256.FusedMultiplyAdd(yy, y, yz * z);
        }
    }

    /// <summary>v ← s v.</summary>
    public void Scale(double factor)
    {
        Vector256<double> s = Vector256.Create(factor);
        for (int i = 0; i < Velocities.Length; i += Lanes)
        {
            (s * Vector256.LoadUnsafe(ref Velocities[i])).StoreUnsafe(ref Velocities[i]);
        }
    }

    /// <summary>v ← M v with an upper triangular M.</summary>
    public void Transform(in Matrix3 m)
    {
        int stride = Structure.Stride;
        double[] v = Velocities;
        for (int i = 0; i < stride; i += Lanes)
        {
            Vector256<double> x = Vector256.LoadUnsafe(ref v[i]);
            Vector256<double> y = Vector256.LoadUnsafe(ref v[stride + i]);
            Vector256<double> z = Vector256.LoadUnsafe(ref v[(2 * stride) + i]);
            Vector256.FusedMultiplyAdd(
                Vector256.Create(m.XX), x, Vector256.FusedMultiplyAdd(Vector256.Create(m.XY), y, Vector256.Create(m.XZ) * z)).StoreUnsafe(ref v[i]);
            Vector256.FusedMultiplyAdd(Vector256.Create(m.YY), y, Vector256.Create(m.YZ) * z).StoreUnsafe(ref v[stride + i]);
            (Vector256.Create(m.ZZ) * z).StoreUnsafe(ref v[(2 * stride) + i]);
        }
    }

    /// <summary>Σ m v⊗v, eV, xx yy zz xy xz yz; each sum in the order of <see cref="FixedSum"/>.</summary>
    public void KineticTensor(Span<double> tensor)
    {
        (tensor[0], tensor[1], tensor[2]) = (Product(0, 0), Product(1, 1), Product(2, 2));
        (tensor[3], tensor[4], tensor[5]) = (Product(0, 1), Product(0, 2), Product(1, 2));
    }

    /// <summary>Σ m v², eV: twice the kinetic energy.</summary>
    public double TwiceKineticEnergy() => Product(0, 0) + Product(1, 1) + Product(2, 2);

    /// <summary>T = Σ m v²/(N_f k_B), K.</summary>
    public double Temperature() => TwiceKineticEnergy() / (Degrees * MetalUnits.BoltzmannConstant);

    /// <summary>Takes the velocity of the center of mass from all atoms.</summary>
    public void RemoveMomentum()
    {
        int stride = Structure.Stride;
        double mass = FixedSum.Sum(_masses);
        for (int k = 0; k < 3; k++)
        {
            Span<double> v = Velocities.AsSpan(k * stride, Structure.Count);
            double mean = FixedSum.Dot(_masses.AsSpan(0, Structure.Count), v) / mass;
            for (int i = 0; i < v.Length; i++)
            {
                v[i] -= mean;
            }
        }
    }

    /// <summary>Multiplies all velocities so that the temperature is T.</summary>
    public void ScaleTo(double temperature)
    {
        double now = Temperature();
        if (now > 0)
        {
            Scale(Math.Sqrt(temperature / now));
        }
    }

    /// <summary>Σ_i m_i v_ia v_ib.</summary>
    private double Product(int a, int b)
    {
        int stride = Structure.Stride;
        ref double u = ref Velocities[a * stride];
        ref double v = ref Velocities[b * stride];
        ref double m = ref _masses[0];
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        for (nuint i = 0; i < (nuint)stride; i += 2 * Lanes)
        {
            low = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref m, i) * Vector256.LoadUnsafe(ref u, i), Vector256.LoadUnsafe(ref v, i), low);
            high = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref m, i + Lanes) * Vector256.LoadUnsafe(ref u, i + Lanes), Vector256.LoadUnsafe(ref v, i + Lanes), high);
        }

        return FixedSum.AddLanes(low, high);
    }

    private void ClearPadding()
    {
        for (int k = 0; k < 3; k++)
        {
            Structure.Coordinates.AsSpan((k * Structure.Stride) + Structure.Count, Structure.Stride - Structure.Count).Clear();
        }
    }
}
