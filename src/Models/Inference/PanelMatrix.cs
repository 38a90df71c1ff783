using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;

namespace Glasswright.Models.Inference;

/// <summary>
/// A weight matrix packed for <c>C += X·Wᵀ</c>: outputs in panels of 16 lanes, <c>[panel][input][16]</c>, unused lanes zero.
/// </summary>
/// <remarks>
/// Every element of C is one chain of fused multiply-adds over the inputs in ascending order, starting from what C held:
/// lanes are outputs, so no sum crosses lanes and its bits depend on neither vector width nor blocking.
/// </remarks>
internal sealed unsafe class PanelMatrix : IDisposable
{
    /// <summary>Outputs of a panel: two vectors of 8.</summary>
    public const int Lanes = 16;

    /// <summary>Rows of X that one pass over a panel serves: 6·2 accumulators and 3 operands fill 15 of 16 registers.</summary>
    public const int TileRows = 6;

    private readonly AlignedBuffer<float> _values;

    /// <summary>Packs a matrix.</summary>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="inputs">Columns of W.</param>
    /// <param name="weight">W[output, input] in double, rounded once here.</param>
    public PanelMatrix(int outputs, int inputs, Func<int, int, double> weight)
    {
        Inputs = inputs;
        Panels = (outputs + Lanes - 1) / Lanes;
        _values = new AlignedBuffer<float>(Panels * inputs * Lanes);
        for (int o = 0; o < outputs; o++)
        {
            for (int m = 0; m < inputs; m++)
            {
                _values.Pointer[(((o / Lanes * inputs) + m) * Lanes) + (o % Lanes)] = (float)weight(o, m);
            }
        }
    }

    /// <summary>Columns of W.</summary>
    public int Inputs { get; }

    /// <summary>Panels of 16 outputs.</summary>
    public int Panels { get; }

    /// <summary>Panels·16: floats of a row of C.</summary>
    public int Width => Panels * Lanes;

    /// <summary>Rows rounded up to whole tiles; X and C must have room for that many.</summary>
    public static int PaddedRows(int rows) => (rows + TileRows - 1) / TileRows * TileRows;

    /// <summary>C += X·Wᵀ. Rows beyond <paramref name="rows"/> up to a whole tile are computed too, from whatever X holds.</summary>
    /// <param name="x">X, <paramref name="xStride"/> floats a row.</param>
    /// <param name="xStride">Floats from one row of X to the next.</param>
    /// <param name="rows">Rows that matter.</param>
    /// <param name="c">C, <paramref name="cStride"/> floats a row; holds the initial values.</param>
    /// <param name="cStride">Floats from one row of C to the next, at least <see cref="Width"/>.</param>
    public void Accumulate(float* x, int xStride, int rows, float* c, int cStride)
    {
        for (int panel = 0; panel < Panels; panel++)
        {
            float* w = _values.Pointer + (panel * Inputs * Lanes);
            float* output = c + (panel * Lanes);
            for (int row = 0; row < rows; row += TileRows)
            {
                Tile(x + ((nint)row * xStride), xStride, w, Inputs, output + ((nint)row * cStride), cStride);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    private static void Tile(float* x, nint xStride, float* w, int inputs, float* c, nint cStride)
    {
        float* x1 = x + xStride, x2 = x1 + xStride, x3 = x2 + xStride, x4 = x3 + xStride, x5 = x4 + xStride;
        float* c1 = c + cStride, c2 = c1 + cStride, c3 = c2 + cStride, c4 = c3 + cStride, c5 = c4 + cStride;
        Vector256<float> a0 = Vector256.Load(c), b0 = Vector256.Load(c + 8);
        Vector256<float> a1 = Vector256.Load(c1), b1 = Vector256.Load(c1 + 8);
        Vector256<float> a2 = Vector256.Load(c2), b2 = Vector256.Load(c2 + 8);
        Vector256<float> a3 = Vector256.Load(c3), b3 = Vector256.Load(c3 + 8);
        Vector256<float> a4 = Vector256.Load(c4), b4 = Vector256.Load(c4 + 8);
        Vector256<float> a5 = Vector256.Load(c5), b5 = Vector256.Load(c5 + 8);
        for (nint m = 0; m < inputs; m++)
        {
            Vector256<float> u = Vector256.Load(w), v = Vector256.Load(w + 8);
            w += Lanes;
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

        a0.Store(c);
        b0.Store(c + 8);
        a1.Store(c1);
        b1.Store(c1 + 8);
        a2.Store(c2);
        b2.Store(c2 + 8);
        a3.Store(c3);
        b3.Store(c3 + 8);
        a4.Store(c4);
        b4.Store(c4 + 8);
        a5.Store(c5);
        b5.Store(c5 + 8);
    }
}
