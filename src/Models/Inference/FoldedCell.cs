using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Numerics;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>
/// The cell of <see cref="TextbookCell"/> for rows of two slots [a ‖ b] of S floats each, weights rounded once. Lanes need not be in
/// PyTorch's order of units; those without a unit hold zeros, and every cell and state of theirs is 0.
/// </summary>
internal sealed unsafe class FoldedCell : IDisposable
{
    private const int Gates = 4;
    private readonly PanelMatrix _map;
    private readonly AlignedBuffer<float> _bias;

    /// <summary>Packs a cell.</summary>
    /// <param name="set">All tensors.</param>
    /// <param name="prefix">Its prefix.</param>
    /// <param name="stride">S.</param>
    /// <param name="unit">Unit of a lane; -1 for none.</param>
    /// <param name="inputs">Which weight meets a slot, and from which of its columns on; several at one slot are added.</param>
    public FoldedCell(
        ParameterSet set, string prefix, int stride, Func<int, int> unit, IReadOnlyList<(string Weight, int Column, int Slot)> inputs)
    {
        float[] inputBias = set[ParameterLayout.CellInputBias(prefix)], stateBias = set[ParameterLayout.CellStateBias(prefix)];
        int width = inputBias.Length / Gates;
        Stride = stride;
        _map = new PanelMatrix(Gates * stride, 2 * stride, (o, m) =>
        {
            int row = Row(o), column = unit(m % stride);
            double sum = 0;
            foreach ((string weight, int first, int slot) in inputs)
            {
                float[] values = set[weight];
                sum += row >= 0 && column >= 0 && slot == m / stride
                    ? values[(row * (values.Length / (Gates * width))) + first + column]
                    : 0;
            }

            return sum;
        });
        _bias = FoldedLayer.Buffer(Gates * stride, o => Row(o) < 0 ? 0 : (double)inputBias[Row(o)] + stateBias[Row(o)]);

        int Row(int o) => unit(o % stride) < 0 ? -1 : (o / stride * width) + unit(o % stride);
    }

    /// <summary>S.</summary>
    public int Stride { get; }

    /// <summary>Floats of a row of gates.</summary>
    public int GateStride => _map.Width;

    /// <summary>One step of every row: h' and, in place of c, c'.</summary>
    /// <param name="x">Rows of two slots, with room for whole tiles.</param>
    /// <param name="rows">Rows that matter.</param>
    /// <param name="gates">Room for their gates, for whole tiles.</param>
    /// <param name="c">c, replaced by c'.</param>
    /// <param name="cStride">Floats from one row of c to the next.</param>
    /// <param name="h">Receives h'; may be a slot of <paramref name="x"/>.</param>
    /// <param name="stride">Floats from one row of h' to the next.</param>
    public void Step(float* x, int rows, float* gates, float* c, int cStride, float* h, int stride)
    {
        _map.Multiply(x, 2 * Stride, rows, gates, _map.Width, new BiasStart(_bias.Pointer));
        for (int row = 0; row < rows; row++)
        {
            float* g = gates + ((nint)row * _map.Width);
            for (int k = 0; k < Stride; k += 8)
            {
                Vector256<float> write = Elementary.Sigmoid(Vector256.Load(g + k));
                Vector256<float> keep = Elementary.Sigmoid(Vector256.Load(g + Stride + k));
                Vector256<float> value = Tanh(Vector256.Load(g + (2 * Stride) + k));
                Vector256<float> show = Elementary.Sigmoid(Vector256.Load(g + (3 * Stride) + k));
                float* at = c + ((nint)row * cStride) + k;
                Vector256<float> cell = Vector256.FusedMultiplyAdd(keep, Vector256.Load(at), write * value);
                cell.Store(at);
                (show * Tanh(cell)).Store(h + ((nint)row * stride) + k);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _map.Dispose();
        _bias.Dispose();
    }

    /// <summary>2σ(2x) - 1; 0 of 0.</summary>
    private static Vector256<float> Tanh(Vector256<float> x) =>
        Vector256.FusedMultiplyAdd(Elementary.Sigmoid(x + x), Vector256.Create(2f), Vector256.Create(-1f));
}
