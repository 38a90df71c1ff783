using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// A glass as a network of springs, H = Σ_pairs (e_i - e_j)(e_i - e_j)ᵀ ⊗ [a n nᵀ + b 1] with a, b ≥ 0: positive semidefinite, sparse,
/// and close enough to the true stiffness to precondition a minimization with. In single precision: it only chooses directions.
/// </summary>
/// <remarks>
/// Negative stiffness is left out, many-body stiffness (F'' f' f') too: measured on Cu-Zr neither saves evaluations. Pairs stand
/// with the lower of two numbers, in the order in which they came; rows are <c>x y z 0</c>. After Packwood et al.,
/// J. Chem. Phys. 144, 164109 (2016), doi 10.1063/1.4947024, with the potential's own stiffness instead of an exponential of the distance.
/// </remarks>
internal sealed unsafe class PairSprings : IDisposable
{
    /// <summary>Steps of conjugate gradient for one <see cref="Solve"/>: more save few evaluations and cost as much.</summary>
    public const int Steps = 4;

    // A row without springs, or nearly so, is taken for this part of the mean stiffness.
    private const float LeastStiffness = 0.05f;

    // Conjugate gradient stops where the residual has fallen by this factor (squared): there is nothing left to gain in single precision.
    private const float SmallResidual = 1e-9f;

    private const int Row = 4;

    private readonly AlignedBuffer<float> _directions = new();
    private readonly AlignedBuffer<float> _across = new();
    private readonly AlignedBuffer<int> _others = new();
    private readonly AlignedBuffer<float> _softness = new();
    private readonly AlignedBuffer<float> _residual = new();
    private readonly AlignedBuffer<float> _search = new();
    private readonly AlignedBuffer<float> _product = new();
    private readonly AlignedBuffer<float> _solution = new();
    private int[] _starts = [0];
    private int[] _atoms = [];
    private int _count;
    private int _row;
    private int _pairs;

    /// <summary>Number of pairs.</summary>
    public int Count => _pairs;

    /// <inheritdoc/>
    public void Dispose()
    {
        _directions.Dispose();
        _across.Dispose();
        _others.Dispose();
        _softness.Dispose();
        _residual.Dispose();
        _search.Dispose();
        _product.Dispose();
        _solution.Dispose();
    }

    /// <summary>Begins a network of <paramref name="count"/> rows.</summary>
    public void Begin(int count)
    {
        if (count != _count)
        {
            _count = count;
            _starts = new int[count + 1];
            _atoms = new int[count];
            _softness.EnsureCapacity(Row * (count + 1));
            _residual.EnsureCapacity(Row * (count + 1));
            _search.EnsureCapacity(Row * (count + 1));
            _product.EnsureCapacity(Row * (count + 1));
            _solution.EnsureCapacity(Row * (count + 1));
        }

        _row = 0;
        _pairs = 0;
    }

    /// <summary>Begins the next row: the springs that stand with it follow.</summary>
    /// <param name="atom">The row's place in the vectors of <see cref="Solve"/>.</param>
    public void BeginRow(int atom)
    {
        _starts[_row] = _pairs;
        _atoms[_row++] = atom;
        int room = _pairs + 1;
        if (_others.Capacity < room + 64)
        {
            Grow(room + 64);
        }
    }

    /// <summary>Adds a spring between the row begun last and another.</summary>
    /// <param name="other">The other row; the same one (an atom and its image) adds nothing.</param>
    /// <param name="x">d_x/r.</param>
    /// <param name="y">d_y/r.</param>
    /// <param name="z">d_z/r.</param>
    /// <param name="along">V'', eV/Å².</param>
    /// <param name="across">V'/r, eV/Å².</param>
    public void Add(int other, double x, double y, double z, double along, double across)
    {
        double b = Math.Max(across, 0);
        double a = Math.Sqrt(Math.Max(along - b, 0));
        if (other == _row - 1 || !(a + b > 0))
        {
            return;
        }

        Grow(_pairs + 1);
        float* n = _directions.Pointer + (Row * _pairs);
        (n[0], n[1], n[2], n[3]) = ((float)(a * x), (float)(a * y), (float)(a * z), 0);
        _across.Pointer[_pairs] = (float)b;
        _others.Pointer[_pairs++] = other;
    }

    /// <summary>Ends the network.</summary>
    /// <param name="softest">The softness (Å²/eV) of rows if no row has a spring.</param>
    public void End(double softest)
    {
        _starts[_count] = _pairs;
        float* trace = _softness.Pointer;
        new Span<float>(trace, Row * _count).Clear();
        for (int i = 0; i < _count; i++)
        {
            for (int k = _starts[i]; k < _starts[i + 1]; k++)
            {
                float* n = _directions.Pointer + (Row * k);
                float stiffness = ((n[0] * n[0]) + (n[1] * n[1]) + (n[2] * n[2]) + (3 * _across.Pointer[k])) / 3;
                trace[Row * i] += stiffness;
                trace[Row * _others.Pointer[k]] += stiffness;
            }
        }

        double mean = 0;
        for (int i = 0; i < _count; i++)
        {
            mean += trace[Row * i];
        }

        mean /= Math.Max(1, _count);
        for (int i = 0; i < _count; i++)
        {
            float soft = mean > 0 ? 1 / Math.Max(trace[Row * i], LeastStiffness * (float)mean) : (float)softest;
            Vector128.Create(soft, soft, soft, 0).Store(trace + (Row * i));
        }
    }

    /// <summary>
    /// x ≈ H⁻¹ g by <see cref="Steps"/> steps of conjugate gradient from zero, preconditioned by the diagonal; g·x is positive unless g is 0.
    /// </summary>
    /// <param name="g">Force, laid out as coordinates, <c>[3·stride]</c>.</param>
    /// <param name="x">Receives the displacement, laid out in the same way; padding is 0.</param>
    /// <param name="stride">Numbers of a component.</param>
    public void Solve(ReadOnlySpan<double> g, Span<double> x, int stride)
    {
        // Norms of forces span twenty powers of ten; scaled to one, no square leaves the range of single precision.
        double largest = Numerics.FixedSum.MaxAbs(g);
        x.Clear();
        if (!(largest > 0) || !double.IsFinite(largest))
        {
            return;
        }

        int length = Row * _count;
        double scale = 1 / largest;
        float* r = _residual.Pointer, p = _search.Pointer, q = _product.Pointer, u = _solution.Pointer, soft = _softness.Pointer;
        for (int i = 0; i < _count; i++)
        {
            int atom = _atoms[i];
            Vector128<float> force = Vector128.Create(
                (float)(scale * g[atom]), (float)(scale * g[stride + atom]), (float)(scale * g[(2 * stride) + atom]), 0);
            force.Store(r + (Row * i));
            (force * Vector128.Load(soft + (Row * i))).Store(p + (Row * i));
        }

        new Span<float>(u, length).Clear();
        double weight = Dot(r, p, length);
        double enough = SmallResidual * weight;
        for (int step = 0; step < Steps && weight > enough; step++)
        {
            Multiply(p, q);
            double curvature = Dot(p, q, length);
            if (!(curvature > 0))
            {
                // A rigid motion: nothing resists it. Its step is that of the diagonal alone.
                curvature = weight;
            }

            float alpha = (float)(weight / curvature);
            double next = Advance(u, r, p, q, soft, alpha, length);
            Turn(p, r, soft, (float)(next / weight), length);
            weight = next;
        }

        for (int i = 0; i < _count; i++)
        {
            int atom = _atoms[i];
            x[atom] = u[Row * i] * largest;
            x[stride + atom] = u[(Row * i) + 1] * largest;
            x[(2 * stride) + atom] = u[(Row * i) + 2] * largest;
        }
    }

    private void Grow(int pairs)
    {
        if (_others.Capacity < pairs)
        {
            int room = Math.Max(1024, pairs * 3 / 2);
            _directions.EnsureCapacity(Row * room);
            _across.EnsureCapacity(room);
            _others.EnsureCapacity(room);
        }
    }

    /// <summary>q = H p.</summary>
    private void Multiply(float* p, float* q)
    {
        new Span<float>(q, Row * _count).Clear();
        float* n = _directions.Pointer;
        float* across = _across.Pointer;
        int* others = _others.Pointer;
        int k = 0;
        for (int i = 0; i < _count; i++)
        {
            int end = _starts[i + 1];
            Vector128<float> own = Vector128.Load(p + (Row * i));
            Vector128<float> pull = Vector128<float>.Zero;
            for (; k < end; k++, n += Row)
            {
                Vector128<float> direction = Vector128.Load(n);
                Vector128<float> w = Vector128.Load(p + (Row * others[k])) - own;
                Vector128<float> products = direction * w;
                products += Vector128.Shuffle(products, Vector128.Create(1, 0, 3, 2));
                products += Vector128.Shuffle(products, Vector128.Create(2, 3, 0, 1));
                Vector128<float> force = Vector128.FusedMultiplyAdd(products, direction, Vector128.Create(across[k]) * w);
                float* other = q + (Row * others[k]);
                (Vector128.Load(other) + force).Store(other);
                pull += force;
            }

            (Vector128.Load(q + (Row * i)) - pull).Store(q + (Row * i));
        }
    }

    /// <summary>u += α p, r -= α q; returns r·(soft r).</summary>
    private static double Advance(float* u, float* r, float* p, float* q, float* soft, float alpha, int length)
    {
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        Vector128<float> step = Vector128.Create(alpha);
        for (int i = 0; i < length; i += Row)
        {
            Vector128.FusedMultiplyAdd(step, Vector128.Load(p + i), Vector128.Load(u + i)).Store(u + i);
            Vector128<float> rest = Vector128.FusedMultiplyAdd(-step, Vector128.Load(q + i), Vector128.Load(r + i));
            rest.Store(r + i);
            (low, high) = (high + Widen(rest * rest * Vector128.Load(soft + i)), low);
        }

        return Numerics.FixedSum.AddLanes(low, high);
    }

    /// <summary>p = soft r + β p.</summary>
    private static void Turn(float* p, float* r, float* soft, float beta, int length)
    {
        Vector128<float> part = Vector128.Create(beta);
        for (int i = 0; i < length; i += Row)
        {
            Vector128.FusedMultiplyAdd(part, Vector128.Load(p + i), Vector128.Load(soft + i) * Vector128.Load(r + i)).Store(p + i);
        }
    }

    /// <summary>Σ a b, rows added alternately to two sums of four lanes.</summary>
    private static double Dot(float* a, float* b, int length)
    {
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        for (int i = 0; i < length; i += Row)
        {
            (low, high) = (high + Widen(Vector128.Load(a + i) * Vector128.Load(b + i)), low);
        }

        return Numerics.FixedSum.AddLanes(low, high);
    }

    private static Vector256<double> Widen(Vector128<float> row) =>
        System.Runtime.Intrinsics.X86.Avx.IsSupported
            ? System.Runtime.Intrinsics.X86.Avx.ConvertToVector256Double(row)
            : Vector256.Create(row.GetElement(0), (double)row.GetElement(1), row.GetElement(2), row.GetElement(3));
}
