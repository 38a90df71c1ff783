using System.Runtime.CompilerServices;

namespace Glasswright.Models.Network.Layers;

/// <summary>Where BatchNorm takes its mean and variance from.</summary>
internal enum NormMode
{
    /// <summary>From the batch, which also moves the running statistics.</summary>
    Batch,

    /// <summary>From the running statistics, which stay as they are (evaluation, fine-tuning).</summary>
    Running,
}

/// <summary>A part of a BatchNorm that has parameters of its own: columns [Column, Column + Width).</summary>
internal readonly record struct NormSegment(string Prefix, int Column, int Width);

/// <summary>
/// BatchNorm over rows x[r, c] of padded width W: y = γ (x - μ)/√(v + ε) + β with the biased variance v of the batch, the
/// running variance taking the unbiased one. Sums run in single precision over a strip of rows, in double over strips and blocks, in order.
/// Backward with x̂ = (x - μ)/√(v + ε): dβ = Σ g, dγ = Σ g x̂, dx = γ/√(v + ε)·(g - dβ/n - x̂ dγ/n); with running
/// statistics the last two terms are absent. Padded columns have γ = β = 0.
/// </summary>
internal sealed unsafe class BatchNorm
{
    private readonly ParameterSet _parameters;
    private readonly ParameterSet _gradients;
    private readonly NormSegment[] _segments;
    private readonly LayerBuffer<float> _coefficients = new();
    private readonly LayerBuffer<double> _partials = new();
    private NormMode _mode;
    private int _blocks;

    /// <summary>Creates the norm of padded width <paramref name="width"/>.</summary>
    public BatchNorm(int width, IEnumerable<NormSegment> segments, ParameterSet parameters, ParameterSet gradients)
    {
        Width = width;
        _segments = [.. segments];
        _parameters = parameters;
        _gradients = gradients;
        _coefficients.Reserve(6 * width);
    }

    /// <summary>W: the padded width.</summary>
    public int Width { get; }

    /// <summary>γ/√(v + ε), [W].</summary>
    public float* Scale => _coefficients.Pointer;

    /// <summary>β - μ·scale, [W].</summary>
    public float* Shift => _coefficients.Pointer + Width;

    /// <summary>μ, [W].</summary>
    public float* Mean => _coefficients.Pointer + (2 * Width);

    /// <summary>1/√(v + ε), [W].</summary>
    public float* InverseStd => _coefficients.Pointer + (3 * Width);

    private float* MeanGradient => _coefficients.Pointer + (4 * Width);

    private float* SlopeGradient => _coefficients.Pointer + (5 * Width);

    /// <summary>Makes room for the sums of the blocks of a batch and sets them to zero.</summary>
    public void Begin(int blocks)
    {
        _blocks = blocks;
        _partials.Reserve(2L * blocks * Width);
        _partials.Clear(2L * blocks * Width);
    }

    /// <summary>The two sums of a block, [2, W].</summary>
    public double* Partial(int block) => _partials.Pointer + (2L * block * Width);

    /// <summary>Adds Σ x and Σ x² of a strip of rows to the sums of a block.</summary>
    public void Measure(int block, float* x, nint row, int rows)
    {
        if (rows > 0)
        {
            ColumnKernel.Run(new ValueKernel(this, Partial(block), x, row, rows), Width);
        }
    }

    /// <summary>Adds Σ g and Σ g·x̂ of a strip of rows to the sums of a block.</summary>
    public void MeasureGradient(int block, float* g, nint gRow, float* x, nint xRow, int rows) =>
        ColumnKernel.Run(new GradientKernel(this, Partial(block), g, gRow, x, xRow, rows), Width);

    /// <summary>
    /// Turns the sums of all blocks, or the running statistics, into scale and shift; the sums are zero again, for the gradient.
    /// </summary>
    /// <param name="rows">n: rows of the batch.</param>
    /// <param name="mode">Where the statistics come from.</param>
    public void FinishForward(long rows, NormMode mode)
    {
        _mode = mode;
        new Span<float>(_coefficients.Pointer, 6 * Width).Clear();
        foreach (NormSegment segment in _segments)
        {
            float[] gamma = _parameters[segment.Prefix + ".weight"];
            float[] beta = _parameters[segment.Prefix + ".bias"];
            float[] runningMean = _parameters[segment.Prefix + ".running_mean"];
            float[] runningVariance = _parameters[segment.Prefix + ".running_var"];
            for (int k = 0; k < segment.Width; k++)
            {
                int c = segment.Column + k;
                double mean = runningMean[k];
                double variance = runningVariance[k];
                if (mode == NormMode.Batch)
                {
                    (double sum, double squares) = Sums(c);
                    mean = sum / rows;
                    variance = Math.Max(0, (squares / rows) - (mean * mean));
                    const double Momentum = Architecture.BatchNormMomentum;
                    double unbiased = rows > 1 ? variance * rows / (rows - 1) : variance;
                    runningMean[k] = (float)(((1 - Momentum) * runningMean[k]) + (Momentum * mean));
                    runningVariance[k] = (float)(((1 - Momentum) * runningVariance[k]) + (Momentum * unbiased));
                }

                double inverse = 1 / Math.Sqrt(variance + Architecture.BatchNormEpsilon);
                double scale = gamma[k] * inverse;
                Scale[c] = (float)scale;
                Shift[c] = (float)(beta[k] - (mean * scale));
                Mean[c] = (float)mean;
                InverseStd[c] = (float)inverse;
            }
        }

        _partials.Clear(2L * _blocks * Width);
    }

    /// <summary>Turns the sums of all blocks into dγ, dβ and the constants of <see cref="GradientMap{TLanes}"/>.</summary>
    public void FinishBackward(long rows)
    {
        foreach (NormSegment segment in _segments)
        {
            float[] gamma = _gradients[segment.Prefix + ".weight"];
            float[] beta = _gradients[segment.Prefix + ".bias"];
            for (int k = 0; k < segment.Width; k++)
            {
                int c = segment.Column + k;
                (double sum, double cross) = Sums(c);
                beta[k] = (float)sum;
                gamma[k] = (float)cross;
                bool batch = _mode == NormMode.Batch;
                MeanGradient[c] = batch ? (float)(sum / rows) : 0;
                SlopeGradient[c] = batch ? (float)(cross / rows * InverseStd[c]) : 0;
            }
        }
    }

    /// <summary>y of the columns from <paramref name="column"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Affine<TLanes> ForwardMap<TLanes>(int column)
        where TLanes : struct, IColumnLanes<TLanes> => new(TLanes.Load(Scale + column), TLanes.Load(Shift + column));

    /// <summary>x̂ of the columns from <paramref name="column"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Standardization<TLanes> Standardize<TLanes>(int column)
        where TLanes : struct, IColumnLanes<TLanes> => new(TLanes.Load(Mean + column), TLanes.Load(InverseStd + column));

    /// <summary>dx of the columns from <paramref name="column"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GradientMap<TLanes> BackwardMap<TLanes>(int column)
        where TLanes : struct, IColumnLanes<TLanes> => new(
            TLanes.Load(Scale + column), TLanes.Load(Mean + column), TLanes.Load(MeanGradient + column), TLanes.Load(SlopeGradient + column));

    private (double First, double Second) Sums(int column)
    {
        double first = 0;
        double second = 0;
        for (int block = 0; block < _blocks; block++)
        {
            double* sums = Partial(block);
            first += sums[column];
            second += sums[Width + column];
        }

        return (first, second);
    }

    /// <summary>x ↦ x·scale + shift.</summary>
    public readonly struct Affine<TLanes>(TLanes scale, TLanes shift)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        /// <summary>y of x.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Of(TLanes x) => TLanes.Fused(x, scale, shift);
    }

    /// <summary>x ↦ (x - μ)/√(v + ε).</summary>
    public readonly struct Standardization<TLanes>(TLanes mean, TLanes inverse)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        /// <summary>x̂ of x.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Of(TLanes x) => (x - mean) * inverse;
    }

    /// <summary>(g, x) ↦ scale·(g - dβ/n - (x - μ)·x̂'·dγ/n).</summary>
    public readonly struct GradientMap<TLanes>(TLanes scale, TLanes mean, TLanes meanGradient, TLanes slopeGradient)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        /// <summary>dx of g at x.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Of(TLanes g, TLanes x) => scale * TLanes.Fused(mean - x, slopeGradient, g - meanGradient);
    }

    private readonly struct ValueKernel(BatchNorm norm, double* sums, float* x, nint row, int rows) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            float* at = x + column;
            nint step = row;
            MomentSums<TLanes> sum = new(TLanes.Load(at));
            for (float* end = at + (rows * step); at < end; at += step)
            {
                sum.Add(TLanes.Load(at));
            }

            sum.AddTo(sums + column, norm.Width, rows);
        }
    }

    private readonly struct GradientKernel(
        BatchNorm norm, double* sums, float* g, nint gRow, float* x, nint xRow, int rows) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            Standardization<TLanes> standard = norm.Standardize<TLanes>(column);
            float* gAt = g + column;
            float* xAt = x + column;
            nint gStep = gRow;
            nint xStep = xRow;
            MomentSums<TLanes> sum = default;
            for (float* end = gAt + (rows * gStep); gAt < end; gAt += gStep, xAt += xStep)
            {
                sum.Add(TLanes.Load(gAt), standard.Of(TLanes.Load(xAt)));
            }

            sum.AddTo(sums + column, norm.Width, rows);
        }
    }
}
