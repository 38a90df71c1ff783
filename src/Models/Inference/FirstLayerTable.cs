using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Numerics;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>
/// The first layer's edge states and head outputs as functions of the distance alone. Before the first layer a node is its
/// species, so e'_ij and its heads depend on (species of i, species of j, d): one smooth curve per pair and lane, kept as cubics.
/// </summary>
/// <remarks>
/// Interval k of [0, R_c] holds c₀ … c₃ of Σ c_p u^p, u in [-1, 1], through the exact values, in double, at the four Chebyshev points;
/// [pair][interval][p][lane], lanes as the layer's part rows: edge, then heads. With 26 intervals to a σ the error is
/// h⁴f⁗/3072, 1e-8 of the Gaussians' size: below the rounding of the sums it replaces.
/// </remarks>
internal sealed unsafe class FirstLayerTable : IDisposable
{
    private const int IntervalsPerSigma = 26;
    private const int Terms = 4;

    /// <summary>A larger table would cost more than it saves.</summary>
    private const long LargestBytes = 64L << 20;

    private readonly AlignedBuffer<float> _values;
    private readonly int _species;
    private readonly int _stride;
    private readonly int _edgeStride;
    private readonly int _intervals;
    private readonly double _perLength;

    private FirstLayerTable(ParameterSet set, double[][] embedding, FoldedLayer layer)
    {
        Architecture shape = set.Layout.Architecture;
        _species = embedding.Length;
        _stride = layer.PartStride;
        _edgeStride = layer.EdgeStride;
        _intervals = Intervals(shape);
        _perLength = _intervals / shape.Cutoff;
        _values = new AlignedBuffer<float>(_species * _species * _intervals * Terms * _stride);
        Fill(shape, new LayerWeights(set, 0), embedding);
    }

    /// <summary>A table for a network, or null where none is of use: activations with a kink are not smooth, and many species make it large.</summary>
    public static FirstLayerTable? Create(ParameterSet set, double[][] embedding, FoldedLayer layer)
    {
        Architecture shape = set.Layout.Architecture;
        long bytes = (long)embedding.Length * embedding.Length * Intervals(shape) * Terms * layer.PartStride * sizeof(float);
        return shape.Activation is Activation.Softplus or Activation.Sigmoid && bytes <= LargestBytes
            ? new FirstLayerTable(set, embedding, layer)
            : null;
    }

    /// <summary>The edge state after the first layer.</summary>
    /// <param name="own">Species of i.</param>
    /// <param name="other">Species of j.</param>
    /// <param name="distance">d, Å, not above R_c.</param>
    /// <param name="row">Receives the padded edge row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Edges(int own, int other, double distance, float* row) => Evaluate(own, other, distance, 0, _edgeStride, row);

    /// <summary>Hidden attention features and values of the first layer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Heads(int own, int other, double distance, float* row) =>
        Evaluate(own, other, distance, _edgeStride, _stride - _edgeStride, row);

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    private static int Intervals(Architecture shape) =>
        (int)Math.Min(1 << 20, Math.Ceiling(IntervalsPerSigma * shape.Cutoff / shape.Gaussian.Sigma));

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Evaluate(int own, int other, double distance, int first, int lanes, float* row)
    {
        double t = distance * _perLength;
        int interval = Math.Clamp((int)t, 0, _intervals - 1);
        Vector256<float> u = Vector256.Create((float)((2 * (t - interval)) - 1));
        int stride = _stride;
        float* c = _values.Pointer + ((((nint)((own * _species) + other) * _intervals) + interval) * Terms * stride) + first;
        for (nint lane = 0; lane < lanes; lane += 8)
        {
            Vector256<float> value = Vector256.Load(c + (3 * stride) + lane);
            value = Vector256.FusedMultiplyAdd(value, u, Vector256.Load(c + (2 * stride) + lane));
            value = Vector256.FusedMultiplyAdd(value, u, Vector256.Load(c + stride + lane));
            Vector256.FusedMultiplyAdd(value, u, Vector256.Load(c + lane)).Store(row + lane);
        }
    }

    private void Fill(Architecture shape, LayerWeights weights, double[][] embedding)
    {
        int n = shape.NodeWidth, e = shape.EdgeWidth, heads = weights.HeadOutputs;
        double[] edgeMap = Transposed(e, e, (o, m) => weights.Edge(o, (2 * n) + m));
        double[] headMap = Transposed(heads, e, (o, m) => weights.Head(o, (2 * n) + m));
        double[] gaussians = new double[e], start = new double[_stride], samples = new double[Terms * _stride];
        for (int pair = 0; pair < _species * _species; pair++)
        {
            double[] own = embedding[pair / _species], other = embedding[pair % _species];
            for (int o = 0; o < e + heads; o++)
            {
                double sum = o < e ? weights.EdgeBias(o) : weights.HeadBias(o - e);
                for (int m = 0; m < n; m++)
                {
                    sum += o < e
                        ? (weights.Edge(o, m) * own[m]) + (weights.Edge(o, n + m) * other[m])
                        : (weights.Head(o - e, m) * own[m]) + (weights.Head(o - e, n + m) * other[m]);
                }

                start[o < e ? o : _edgeStride + o - e] = sum;
            }

            for (int interval = 0; interval < _intervals; interval++)
            {
                for (int p = 0; p < Terms; p++)
                {
                    Expand(shape.Gaussian, (interval + ((1 + ChebyshevPoint(p)) / 2)) / _perLength, gaussians);
                    Span<double> sample = samples.AsSpan(p * _stride, _stride);
                    start.CopyTo(sample);
                    Span<double> edge = sample[..e];
                    AddProduct(edgeMap, gaussians, edge);
                    for (int o = 0; o < e; o++)
                    {
                        double x = gaussians[o] + edge[o];
                        edge[o] = shape.Activation == Activation.Softplus ? Elementary.Softplus(x) : Elementary.Sigmoid(x);
                    }

                    AddProduct(headMap, edge, sample.Slice(_edgeStride, heads));
                }

                StoreCubics(samples, _values.Pointer + (((nint)(pair * _intervals) + interval) * Terms * _stride));
            }
        }
    }

    /// <summary>±cos(π/8), ±sin(π/8): zeros of T₄.</summary>
    private static double ChebyshevPoint(int p) => p switch
    {
        0 => -0.9238795325112867,
        1 => -0.3826834323650898,
        2 => 0.3826834323650898,
        _ => 0.9238795325112867,
    };

    private static void Expand(GaussianBasis basis, double distance, double[] gaussians)
    {
        for (int m = 0; m < gaussians.Length; m++)
        {
            double t = (distance - basis.Center(m)) / basis.Sigma;
            gaussians[m] = Elementary.Exp(-(t * t));
        }
    }

    /// <summary>Even and odd parts of the interpolating cubic from the sums and differences of opposite points.</summary>
    private void StoreCubics(double[] samples, float* cubics)
    {
        double a = ChebyshevPoint(3), b = ChebyshevPoint(2);
        double a2 = a * a, b2 = b * b;
        for (int lane = 0; lane < _stride; lane++)
        {
            double f0 = samples[lane], f1 = samples[_stride + lane];
            double f2 = samples[(2 * _stride) + lane], f3 = samples[(3 * _stride) + lane];
            double outer = (f3 + f0) / 2, inner = (f2 + f1) / 2;
            double outerSlope = (f3 - f0) / (2 * a), innerSlope = (f2 - f1) / (2 * b);
            double c2 = (outer - inner) / (a2 - b2), c3 = (outerSlope - innerSlope) / (a2 - b2);
            cubics[lane] = (float)(inner - (c2 * b2));
            cubics[_stride + lane] = (float)(innerSlope - (c3 * b2));
            cubics[(2 * _stride) + lane] = (float)c2;
            cubics[(3 * _stride) + lane] = (float)c3;
        }
    }

    private static double[] Transposed(int outputs, int inputs, Func<int, int, double> weight)
    {
        double[] map = new double[outputs * inputs];
        for (int m = 0; m < inputs; m++)
        {
            for (int o = 0; o < outputs; o++)
            {
                map[(m * outputs) + o] = weight(o, m);
            }
        }

        return map;
    }

    /// <summary>y += Wx, inputs ascending; terms whose x is 0 to double precision are left out.</summary>
    private static void AddProduct(double[] map, ReadOnlySpan<double> x, Span<double> y)
    {
        for (int m = 0; m < x.Length; m++)
        {
            if (x[m] > 1e-30 || x[m] < -1e-30)
            {
                FixedSum.AddScaled(y, x[m], map.AsSpan(m * y.Length, y.Length));
            }
        }
    }
}
