using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>What is computed per node, for any rows of node states: the step to the next state, the readout.</summary>
internal sealed unsafe class NodeMaps : IDisposable
{
    /// <summary>Nodes that pass through all maps of a step together, so that their rows stay in the near caches.</summary>
    private const int ChunkRows = 8 * PanelMatrix.TileRows;

    private readonly FoldedNetwork _network;
    private readonly Architecture _shape;
    private readonly AlignedBuffer<float> _merged;
    private readonly AlignedBuffer<float>[] _readout;

    /// <summary>Buffers for a network.</summary>
    public NodeMaps(FoldedNetwork network)
    {
        _network = network;
        _shape = network.Architecture;
        _merged = new AlignedBuffer<float>(ChunkRows * network.NodeStride);
        _readout = [.. network.ReadoutMaps.Select(map => new AlignedBuffer<float>(ChunkRows * map.Width))];
    }

    /// <summary>h' = h + scale·p + shift, with p the pooled messages, mapped to width n where needed.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="pooled">Pooled messages, with room for whole tiles.</param>
    /// <param name="pooledStride">Floats of a row of them.</param>
    /// <param name="states">h.</param>
    /// <param name="next">Receives h'; may be <paramref name="states"/>.</param>
    /// <param name="count">Rows.</param>
    public void Remember<TActivation>(FoldedLayer layer, float* pooled, int pooledStride, float* states, float* next, int count)
        where TActivation : struct, IActivationLanes
    {
        int stride = _network.NodeStride;
        float* merged = _merged.Pointer;
        for (int first = 0; first < count; first += ChunkRows)
        {
            int rows = Math.Min(ChunkRows, count - first);
            Merge<TActivation>(layer, pooled + ((nint)first * pooledStride), pooledStride, rows);
            float* from = states + ((nint)first * stride);
            float* to = next + ((nint)first * stride);
            for (int row = 0; row < rows; row++)
            {
                for (int c = 0; c < stride; c += 8)
                {
                    Vector256<float> change = Vector256.FusedMultiplyAdd(
                        Vector256.Load(merged + (row * stride) + c),
                        Vector256.Load(layer.OutputScale.Pointer + c),
                        Vector256.Load(layer.OutputShift.Pointer + c));
                    (Vector256.Load(from + c) + change).Store(to + c);
                }

                from += stride;
                to += stride;
            }
        }
    }

    /// <summary>The network's output of each state; rows with room for whole tiles.</summary>
    public void ReadOut<TActivation>(float* states, int count, Span<double> outputs)
        where TActivation : struct, IActivationLanes
    {
        for (int first = 0; first < count; first += ChunkRows)
        {
            int rows = Math.Min(ChunkRows, count - first);
            float* x = states + ((nint)first * _network.NodeStride);
            int xStride = _network.NodeStride;
            for (int map = 0; map < _readout.Length; map++)
            {
                PanelMatrix matrix = _network.ReadoutMaps[map];
                float* y = _readout[map].Pointer;
                matrix.Multiply(x, xStride, rows, y, matrix.Width, new BiasStart(_network.ReadoutBiases[map].Pointer));
                for (nint k = 0; map < _readout.Length - 1 && k < (nint)rows * matrix.Width; k += 8)
                {
                    TActivation.Apply(Vector256.Load(y + k)).Store(y + k);
                }

                x = y;
                xStride = matrix.Width;
            }

            for (int row = 0; row < rows; row++)
            {
                outputs[first + row] = x[(nint)row * xStride];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _merged.Dispose();
        Array.ForEach(_readout, buffer => buffer.Dispose());
    }

    private void Merge<TActivation>(FoldedLayer layer, float* pooled, int pooledStride, int rows)
        where TActivation : struct, IActivationLanes
    {
        int stride = _network.NodeStride;
        float* merged = _merged.Pointer;
        if (layer.Concatenation is null)
        {
            for (int row = 0; row < rows; row++)
            {
                AttentionKernel.ConcatenateHeads(
                    pooled + ((nint)row * pooledStride), merged + ((nint)row * stride), _shape.Heads, _shape.HeadWidth);
            }

            return;
        }

        layer.Concatenation.Multiply(
            pooled, pooledStride, rows, merged, stride, new BiasStart(layer.ConcatenationBias!.Pointer));
        for (nint k = 0; k < (nint)rows * stride; k += 8)
        {
            TActivation.Apply(Vector256.Load(merged + k)).Store(merged + k);
        }
    }
}
