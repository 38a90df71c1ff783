using System.Runtime.CompilerServices;
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
    private readonly AlignedBuffer<float> _joined;
    private readonly AlignedBuffer<float> _remembered;
    private readonly AlignedBuffer<float>[] _readout;
    private readonly double[] _outputs;

    /// <summary>Buffers for a network.</summary>
    public NodeMaps(FoldedNetwork network)
    {
        _network = network;
        _shape = network.Architecture;
        _merged = new AlignedBuffer<float>(ChunkRows * network.StateWidth);
        FoldedLayer layer = network.Layers[0];
        _joined = new AlignedBuffer<float>(_shape.Remember == Network.Remember.Residual ? 1 : ChunkRows * 2 * network.StateWidth);
        _remembered = new AlignedBuffer<float>(ChunkRows * (layer.RememberCell?.GateStride ?? layer.RememberMap?.Map.Width ?? 1));
        _outputs = new double[_shape.OutputWidth];
        _readout = [.. network.ReadoutMaps.Select(map => new AlignedBuffer<float>(ChunkRows * map.Width))];
    }

    /// <summary>
    /// The next state from h and x = scale·p + shift, with p the pooled messages, mapped to width n where needed: h' = h + x, or what else
    /// the network remembers by.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="pooled">Pooled messages, with room for whole tiles.</param>
    /// <param name="pooledStride">Floats of a row of them.</param>
    /// <param name="states">States.</param>
    /// <param name="next">Receives the next ones; may be <paramref name="states"/>.</param>
    /// <param name="count">Rows.</param>
    public void Remember<TActivation>(FoldedLayer layer, float* pooled, int pooledStride, float* states, float* next, int count)
        where TActivation : struct, IActivationLanes
    {
        int stride = _network.NodeStride, width = _network.StateWidth;
        float* merged = _merged.Pointer;
        for (int first = 0; first < count; first += ChunkRows)
        {
            int rows = Math.Min(ChunkRows, count - first);
            Merge<TActivation>(layer, pooled + ((nint)first * pooledStride), pooledStride, rows);
            float* from = states + ((nint)first * stride);
            float* to = next + ((nint)first * stride);
            if (_shape.Remember != Network.Remember.Residual)
            {
                Join(layer, from, rows);
                RememberJoined<TActivation>(layer, from, to, rows);
                continue;
            }

            for (int row = 0; row < rows; row++)
            {
                for (int c = 0; c < width; c += 8)
                {
                    (Vector256.Load(from + c) + Change(layer, merged + (row * width) + c, c)).Store(to + c);
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
                for (int o = 0; o < _outputs.Length; o++)
                {
                    _outputs[o] = x[((nint)row * xStride) + o];
                }

                outputs[first + row] = ClassOdds.OfLast(_outputs);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _merged.Dispose();
        _joined.Dispose();
        _remembered.Dispose();
        Array.ForEach(_readout, buffer => buffer.Dispose());
    }

    /// <summary>scale·p + shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Change(FoldedLayer layer, float* merged, int lane) => Vector256.FusedMultiplyAdd(
        Vector256.Load(merged), Vector256.Load(layer.OutputScale.Pointer + lane), Vector256.Load(layer.OutputShift.Pointer + lane));

    /// <summary>Rows [x ‖ h].</summary>
    private void Join(FoldedLayer layer, float* states, int rows)
    {
        int width = _network.StateWidth;
        for (int row = 0; row < rows; row++)
        {
            float* joined = _joined.Pointer + ((nint)row * 2 * width);
            float* h = states + ((nint)row * _network.NodeStride);
            for (int c = 0; c < width; c += 8)
            {
                Change(layer, _merged.Pointer + (row * width) + c, c).Store(joined + c);
                Vector256.Load(h + c).Store(joined + width + c);
            }
        }
    }

    private void RememberJoined<TActivation>(FoldedLayer layer, float* from, float* to, int rows)
        where TActivation : struct, IActivationLanes
    {
        int width = _network.StateWidth, stride = _network.NodeStride;
        if (layer.RememberCell is FoldedCell cell)
        {
            // The cell lies behind h and is replaced where it is.
            for (int row = 0; row < rows && from != to; row++)
            {
                new ReadOnlySpan<float>(from + ((nint)row * stride) + width, width).CopyTo(new Span<float>(to + ((nint)row * stride) + width, width));
            }

            cell.Step(_joined.Pointer, rows, _remembered.Pointer, to + width, stride, to, stride);
            return;
        }

        FoldedConcatenation map = layer.RememberMap!;
        map.Map.Multiply(_joined.Pointer, 2 * width, rows, _remembered.Pointer, map.Map.Width, new BiasStart(map.Bias.Pointer));
        for (int row = 0; row < rows; row++)
        {
            for (int c = 0; c < width; c += 8)
            {
                Vector256<float> y = TActivation.Apply(Vector256.Load(_remembered.Pointer + ((nint)row * map.Map.Width) + c));
                Vector256.FusedMultiplyAdd(y, Vector256.Load(map.Scale.Pointer + c), Vector256.Load(map.Shift.Pointer + c))
                    .Store(to + ((nint)row * stride) + c);
            }
        }
    }

    private void Merge<TActivation>(FoldedLayer layer, float* pooled, int pooledStride, int rows)
        where TActivation : struct, IActivationLanes
    {
        int stride = _network.StateWidth;
        float* merged = _merged.Pointer;
        if (layer.Concatenation is null)
        {
            // Set2set has two slots, query and answer.
            int slots = _shape.PooledWidth / _shape.ConcatenatedWidth;
            for (int part = 0; part < rows * slots; part++)
            {
                (int row, int slot) = (part / slots, part % slots);
                AttentionKernel.ConcatenateHeads(
                    pooled + ((nint)row * pooledStride) + (slot * (pooledStride / slots)),
                    merged + ((nint)row * stride) + (slot * _shape.ConcatenatedWidth),
                    _shape.Heads,
                    _shape.HeadWidth);
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
