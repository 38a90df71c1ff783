using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Glasswright.Kernels.Memory;

namespace Glasswright.Models.Inference;

/// <summary>What an element of a product begins with; a struct, so that a tile is compiled for each.</summary>
internal interface ITileStart
{
    /// <summary>Eight lanes of a row.</summary>
    Vector256<float> At(int row, int lane);

    /// <summary>Asks for what a later product will begin with in these lanes; changes nothing.</summary>
    void Prefetch(int lane, int lanes);
}

/// <summary>Every row begins with the same numbers: a bias.</summary>
internal readonly unsafe struct BiasStart(float* bias) : ITileStart
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> At(int row, int lane) => Vector256.Load(bias + lane);

    /// <inheritdoc/>
    public void Prefetch(int lane, int lanes)
    {
    }
}

/// <summary>
/// Row r begins with the sum of two rows given by pointers, both shifted by the same number of lanes. The second is some
/// neighbor's, far away in memory; those of the next block are asked for while this one is computed.
/// </summary>
internal readonly unsafe struct PairStart(float** first, float** second, int shift, float** nextSecond, int nextRows) : ITileStart
{
    private const int LineFloats = 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> At(int row, int lane) =>
        Vector256.Load(first[row] + shift + lane) + Vector256.Load(second[row] + shift + lane);

    /// <inheritdoc/>
    public void Prefetch(int lane, int lanes)
    {
        if (Sse.IsSupported)
        {
            for (int row = 0; row < nextRows; row++)
            {
                for (int k = lane; k < lane + lanes; k += LineFloats)
                {
                    Sse.Prefetch1(nextSecond[row] + shift + k);
                }
            }
        }
    }
}

/// <summary>
/// A weight matrix packed for <c>C = start + X·Wᵀ</c>: outputs in panels of 24 or 16 lanes, <c>[panel][input][lane]</c>, unused
/// lanes zero. Both widths keep 12 accumulators in registers (4 rows or 6), and together they fill any multiple of 8.
/// </summary>
/// <remarks>
/// Every element of C is one chain of fused multiply-adds over the inputs in ascending order, from its start: lanes are
/// outputs, so no sum crosses lanes and its bits depend on neither vector width, panels nor blocking.
/// </remarks>
internal sealed unsafe class PanelMatrix : IDisposable
{
    /// <summary>Rows come in tiles of 4 and of 6.</summary>
    public const int TileRows = 12;

    /// <summary>Rows that pass over all panels together: a panel stays in the first cache, its rows of X too.</summary>
    private const int ChunkRows = 96;

    private const int Wide = 24;
    private const int Narrow = 16;
    private readonly AlignedBuffer<float> _values;
    private readonly int _widePanels;

    /// <summary>Packs a matrix.</summary>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="inputs">Columns of W.</param>
    /// <param name="weight">W[output, input] in double, rounded once here.</param>
    public PanelMatrix(int outputs, int inputs, Func<int, int, double> weight)
    {
        Inputs = inputs;
        Width = PaddedWidth(outputs);
        _widePanels = Width / Wide;
        while ((Width - (_widePanels * Wide)) % Narrow != 0)
        {
            _widePanels--;
        }

        _values = new AlignedBuffer<float>(Width * inputs);
        float* panel = _values.Pointer;
        for (int first = 0; first < Width;)
        {
            int lanes = LanesAt(first);
            for (int o = first; o < Math.Min(outputs, first + lanes); o++)
            {
                for (int m = 0; m < inputs; m++)
                {
                    panel[(m * lanes) + o - first] = (float)weight(o, m);
                }
            }

            panel += lanes * inputs;
            first += lanes;
        }
    }

    /// <summary>Columns of W.</summary>
    public int Inputs { get; }

    /// <summary>Floats of a row of C: the outputs rounded up to whole panels.</summary>
    public int Width { get; }

    /// <summary>A number of outputs rounded up to whole vectors of 8, at least 16.</summary>
    public static int PaddedWidth(int outputs) => Math.Max(Narrow, (outputs + 7) / 8 * 8);

    /// <summary>Rows rounded up to whole tiles; X and C must have room for that many.</summary>
    public static int PaddedRows(int rows) => (rows + TileRows - 1) / TileRows * TileRows;

    /// <summary>C = start + X·Wᵀ. Rows beyond <paramref name="rows"/> up to a whole tile are computed too, from whatever X holds.</summary>
    /// <param name="x">X, <paramref name="xStride"/> floats a row.</param>
    /// <param name="xStride">Floats from one row of X to the next.</param>
    /// <param name="rows">Rows that matter.</param>
    /// <param name="c">Receives C, <paramref name="cStride"/> floats a row.</param>
    /// <param name="cStride">Floats from one row of C to the next, at least <see cref="Width"/>.</param>
    /// <param name="start">What each element begins with, for whole tiles of rows.</param>
    public void Multiply<TStart>(float* x, int xStride, int rows, float* c, int cStride, TStart start)
        where TStart : struct, ITileStart
    {
        for (int chunk = 0; chunk < rows; chunk += ChunkRows)
        {
            int end = Math.Min(rows, chunk + ChunkRows);
            float* w = _values.Pointer;
            int lane = 0;
            for (int panel = 0; panel < _widePanels; panel++)
            {
                start.Prefetch(lane, Wide);
                for (int row = chunk; row < end; row += 4)
                {
                    WideTile(x + ((nint)row * xStride), xStride, w, Inputs, c + ((nint)row * cStride) + lane, cStride, start, row, lane);
                }

                w += Wide * Inputs;
                lane += Wide;
            }

            while (lane < Width)
            {
                start.Prefetch(lane, Narrow);
                for (int row = chunk; row < end; row += 6)
                {
                    NarrowTile(x + ((nint)row * xStride), xStride, w, Inputs, c + ((nint)row * cStride) + lane, cStride, start, row, lane);
                }

                w += Narrow * Inputs;
                lane += Narrow;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    private int LanesAt(int lane) => lane < _widePanels * Wide ? Wide : Narrow;

    /// <summary>4 rows of X and 24 lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void WideTile<TStart>(
        float* x, nint xStride, float* w, int inputs, float* c, nint cStride, TStart start, int row, int lane)
        where TStart : struct, ITileStart
    {
        float* x1 = x + xStride, x2 = x1 + xStride, x3 = x2 + xStride;
        Vector256<float> a0 = start.At(row, lane), b0 = start.At(row, lane + 8), d0 = start.At(row, lane + 16);
        Vector256<float> a1 = start.At(row + 1, lane), b1 = start.At(row + 1, lane + 8), d1 = start.At(row + 1, lane + 16);
        Vector256<float> a2 = start.At(row + 2, lane), b2 = start.At(row + 2, lane + 8), d2 = start.At(row + 2, lane + 16);
        Vector256<float> a3 = start.At(row + 3, lane), b3 = start.At(row + 3, lane + 8), d3 = start.At(row + 3, lane + 16);
        for (nint m = 0; m < inputs; m++)
        {
            // The third vector of the weights is read from memory at each use: 12 + 2 + 1 registers of 16.
            Vector256<float> u = Vector256.Load(w), v = Vector256.Load(w + 8);
            Vector256<float> s = Vector256.Create(x[m]);
            a0 = Vector256.FusedMultiplyAdd(s, u, a0);
            b0 = Vector256.FusedMultiplyAdd(s, v, b0);
            d0 = Vector256.FusedMultiplyAdd(s, Vector256.Load(w + 16), d0);
            s = Vector256.Create(x1[m]);
            a1 = Vector256.FusedMultiplyAdd(s, u, a1);
            b1 = Vector256.FusedMultiplyAdd(s, v, b1);
            d1 = Vector256.FusedMultiplyAdd(s, Vector256.Load(w + 16), d1);
            s = Vector256.Create(x2[m]);
            a2 = Vector256.FusedMultiplyAdd(s, u, a2);
            b2 = Vector256.FusedMultiplyAdd(s, v, b2);
            d2 = Vector256.FusedMultiplyAdd(s, Vector256.Load(w + 16), d2);
            s = Vector256.Create(x3[m]);
            a3 = Vector256.FusedMultiplyAdd(s, u, a3);
            b3 = Vector256.FusedMultiplyAdd(s, v, b3);
            d3 = Vector256.FusedMultiplyAdd(s, Vector256.Load(w + 16), d3);
            w += Wide;
        }

        Store(c, a0, b0, d0);
        Store(c + cStride, a1, b1, d1);
        Store(c + (2 * cStride), a2, b2, d2);
        Store(c + (3 * cStride), a3, b3, d3);
    }

    /// <summary>6 rows of X and 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void NarrowTile<TStart>(
        float* x, nint xStride, float* w, int inputs, float* c, nint cStride, TStart start, int row, int lane)
        where TStart : struct, ITileStart
    {
        float* x1 = x + xStride, x2 = x1 + xStride, x3 = x2 + xStride, x4 = x3 + xStride, x5 = x4 + xStride;
        Vector256<float> a0 = start.At(row, lane), b0 = start.At(row, lane + 8);
        Vector256<float> a1 = start.At(row + 1, lane), b1 = start.At(row + 1, lane + 8);
        Vector256<float> a2 = start.At(row + 2, lane), b2 = start.At(row + 2, lane + 8);
        Vector256<float> a3 = start.At(row + 3, lane), b3 = start.At(row + 3, lane + 8);
        Vector256<float> a4 = start.At(row + 4, lane), b4 = start.At(row + 4, lane + 8);
        Vector256<float> a5 = start.At(row + 5, lane), b5 = start.At(row + 5, lane + 8);
        for (nint m = 0; m < inputs; m++)
        {
            Vector256<float> u = Vector256.Load(w), v = Vector256.Load(w + 8);
            w += Narrow;
            Vector256<float> s = Vector256.Create(x[m]);
            a0 = Vector256.FusedMultiplyAdd(s, u, a0);
            b0 = Vector256.FusedMultiplyAdd(s, v, b0);
            s = Vector256.Create(x1[m]);
            a1 = Vector256.FusedMultiplyAdd(s, u, a1);
            b1 = Vector256.FusedMultiplyAdd(s, v, b1);
            s = Vector256.Create(x2[m]);
            a2 = Vector256.FusedMultiplyAdd(s, u, a2);
            b2 = Vector256.FusedMultiplyAdd(s, v, b2);
            s = Vector256.Create(x3[m]);
            a3 = Vector256.FusedMultiplyAdd(s, u, a3);
            b3 = Vector256.FusedMultiplyAdd(s, v, b3);
            s = Vector256.Create(x4[m]);
            a4 = Vector256.FusedMultiplyAdd(s, u, a4);
            b4 = Vector256.FusedMultiplyAdd(s, v, b4);
            s = Vector256.Create(x5[m]);
            a5 = Vector256.FusedMultiplyAdd(s, u, a5);
            b5 = Vector256.FusedMultiplyAdd(s, v, b5);
        }

        Store(c, a0, b0);
        Store(c + cStride, a1, b1);
        Store(c + (2 * cStride), a2, b2);
        Store(c + (3 * cStride), a3, b3);
        Store(c + (4 * cStride), a4, b4);
        Store(c + (5 * cStride), a5, b5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector256<float> a, Vector256<float> b)
    {
        a.Store(c);
        b.Store(c + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector256<float> a, Vector256<float> b, Vector256<float> d)
    {
        a.Store(c);
        b.Store(c + 8);
        d.Store(c + 16);
    }
}
