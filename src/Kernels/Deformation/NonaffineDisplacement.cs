using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>
/// D²min, the part of an atom's surroundings' motion that no linear map explains (Falk and Langer, Phys. Rev. E 57, 7192
/// (1998), doi 10.1103/PhysRevE.57.7192). With the neighbors j of atom i within r_c in the <em>reference</em> structure:
/// V = Σ_j d_ref d_refᵀ, W = Σ_j d_cur d_refᵀ, J = W V⁻¹, D²min_i = Σ_j |d_cur - J d_ref|², in Å².
/// </summary>
/// <remarks>
/// <para><b>Plain sum</b> by default (OVITO's "nonaffine squared displacement"); on request divided by the number of
/// neighbors.</para>
/// <para><b>The same image is followed.</b> Of all images of j, the one counted in the current structure is that whose
/// fractional separation from i differs by at most ½ in each direction from the fractional separation in the reference,
/// s = H⁻¹d in either structure's own cell. An affine motion leaves s unchanged, so the rule asks only that neighbors do not
/// part by half a cell beyond it; whether, and when, either atom was wrapped, and any drift of the whole, do not matter.</para>
/// <para><b>Validity.</b> NaN stands where the fit has no meaning: fewer than three neighbors, or a reciprocal condition
/// number of V in the 1-norm, 1/(‖V‖₁‖V⁻¹‖₁), below 1e-10. <see cref="IsValid"/> also refuses D²min below 1e-12 Å², whose
/// logarithm would be rounding noise.</para>
/// </remarks>
internal sealed class NonaffineDisplacement
{
    /// <summary>r_c of the method, Å.</summary>
    public const double DefaultCutoff = 5.0;

    /// <summary>The least D²min that counts, Å².</summary>
    public const double Least = 1e-12;

    /// <summary>The least reciprocal condition number of V, in the 1-norm.</summary>
    public const double LeastReciprocalCondition = 1e-10;

    /// <summary>The fewest neighbors that determine a linear map.</summary>
    public const int FewestNeighbors = 3;

    private readonly ReferenceNeighbors _pairs;
    private readonly Vector3[] _fractional;
    private readonly Matrix3[] _inverseV;
    private readonly bool[] _determined;
    private readonly bool _divideByNeighbors;

    /// <summary>Takes the reference: neighbors and V of every atom.</summary>
    /// <param name="reference">The undeformed structure; copied as far as it is needed.</param>
    /// <param name="cutoff">r_c, Å.</param>
    /// <param name="divideByNeighbors">Whether D²min is the mean over the neighbors instead of their sum.</param>
    public NonaffineDisplacement(
        AtomicStructure reference, double cutoff = DefaultCutoff, bool divideByNeighbors = false)
    {
        _pairs = ReferenceNeighbors.Find(reference, cutoff);
        _divideByNeighbors = divideByNeighbors;
        Count = reference.Count;
        _fractional = new Vector3[_pairs.Separations.Length];
        _inverseV = new Matrix3[Count];
        _determined = new bool[Count];
        for (int p = 0; p < _fractional.Length; p++)
        {
            _fractional[p] = reference.Cell.Inverse * _pairs.Separations[p];
        }

        for (int i = 0; i < Count; i++)
        {
            Matrix3 v = default;
            for (int p = _pairs.Offsets[i]; p < _pairs.Offsets[i + 1]; p++)
            {
                v = PlusOuter(v, _pairs.Separations[p], _pairs.Separations[p]);
            }

            _inverseV[i] = v.Inverse();
            _determined[i] = NeighborCount(i) >= FewestNeighbors
                && 1 / (Norm1(v) * Norm1(_inverseV[i])) >= LeastReciprocalCondition;
        }
    }

    /// <summary>Number of atoms.</summary>
    public int Count { get; }

    /// <summary>Whether a value of <see cref="Compute"/> may become a label.</summary>
    public static bool IsValid(double value) => value >= Least && double.IsFinite(value);

    /// <summary>The number of neighbors of an atom within the cutoff in the reference.</summary>
    public int NeighborCount(int atom) => _pairs.Offsets[atom + 1] - _pairs.Offsets[atom];

    /// <summary>D²min of every atom, Å², in the order of the reference's atoms; NaN where it is not determined.</summary>
    /// <param name="current">The deformed structure: the same atoms in the same order, its cell the deformed cell.</param>
    /// <param name="values">Where the values go, one per atom.</param>
    public void Compute(AtomicStructure current, Span<double> values)
    {
        if (current.Count != Count || values.Length < Count)
        {
            throw new ArgumentException($"The reference has {Count} atoms, the current structure {current.Count}.");
        }

        for (int i = 0; i < Count; i++)
        {
            values[i] = _determined[i] ? Fit(i, current) : double.NaN;
        }
    }

    private static Matrix3 PlusOuter(Matrix3 m, Vector3 u, Vector3 v) => new(
        m.XX + (u.X * v.X), m.XY + (u.X * v.Y), m.XZ + (u.X * v.Z),
        m.YX + (u.Y * v.X), m.YY + (u.Y * v.Y), m.YZ + (u.Y * v.Z),
        m.ZX + (u.Z * v.X), m.ZY + (u.Z * v.Y), m.ZZ + (u.Z * v.Z));

    // The largest absolute column sum.
    private static double Norm1(Matrix3 m) => Math.Max(
        Math.Max(
            Math.Abs(m.XX) + Math.Abs(m.YX) + Math.Abs(m.ZX),
            Math.Abs(m.XY) + Math.Abs(m.YY) + Math.Abs(m.ZY)),
        Math.Abs(m.XZ) + Math.Abs(m.YZ) + Math.Abs(m.ZZ));

    private double Fit(int i, AtomicStructure current)
    {
        int first = _pairs.Offsets[i], end = _pairs.Offsets[i + 1];
        Vector3 here = current.Position(i);
        Matrix3 w = default;
        for (int p = first; p < end; p++)
        {
            w = PlusOuter(w, CurrentSeparation(p, here, current), _pairs.Separations[p]);
        }

        Matrix3 j = w * _inverseV[i];
        double sum = 0;
        for (int p = first; p < end; p++)
        {
            Vector3 rest = CurrentSeparation(p, here, current) - (j * _pairs.Separations[p]);
            sum += Vector3.Dot(rest, rest);
        }

        return _divideByNeighbors ? sum / (end - first) : sum;
    }

    private Vector3 CurrentSeparation(int pair, Vector3 here, AtomicStructure current)
    {
        Vector3 d = current.Position(_pairs.Neighbors[pair]) - here;
        Vector3 shift = _fractional[pair] - (current.Cell.Inverse * d);
        double n1 = Math.Floor(shift.X + 0.5), n2 = Math.Floor(shift.Y + 0.5), n3 = Math.Floor(shift.Z + 0.5);
        return n1 == 0 && n2 == 0 && n3 == 0 ? d : d + (current.Cell.Vectors * new Vector3(n1, n2, n3));
    }
}
