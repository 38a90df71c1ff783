using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Numerics;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>
/// Pooling by set2set (<see cref="TextbookSet2Set"/>) over the messages of some nodes: pooled rows [q ‖ r] of two slots of S floats,
/// lanes in the order of the messages. A node's row depends on its messages alone, in the graph's order.
/// </summary>
internal sealed unsafe class SetQueries : IDisposable
{
    private readonly int _steps;
    private readonly int _stride;
    private readonly int _width;
    private readonly AlignedBuffer<float> _rows = new();
    private readonly AlignedBuffer<float> _cells = new();
    private readonly AlignedBuffer<float> _gates = new();
    private readonly AlignedBuffer<float> _weights = new();

    /// <summary>Buffers for a network.</summary>
    public SetQueries(Architecture shape)
    {
        _steps = shape.PoolingSteps!.Value;
        _width = (shape.ConcatenatedWidth + 7) / 8 * 8;
        _stride = PanelMatrix.PaddedWidth(shape.ConcatenatedWidth);
    }

    /// <summary>Pools.</summary>
    /// <param name="cell">The layer's cell.</param>
    /// <param name="messages">Messages of the nodes, one after the other.</param>
    /// <param name="messageStride">Floats from one message to the next.</param>
    /// <param name="offsets">First edge of every node of the graph, and one beyond.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="pooled">Receives [q ‖ r], 2S floats a node; zeros without neighbors.</param>
    public void Pool(
        FoldedCell cell, float* messages, int messageStride, ReadOnlySpan<int> offsets, ReadOnlySpan<int> nodes, float* pooled)
    {
        int rows = PanelMatrix.PaddedRows(nodes.Length), largest = 1;
        foreach (int node in nodes)
        {
            largest = Math.Max(largest, offsets[node + 1] - offsets[node]);
        }

        _rows.EnsureCapacity(rows * 2 * _stride);
        _cells.EnsureCapacity(rows * _stride);
        _gates.EnsureCapacity(rows * cell.GateStride);
        _weights.EnsureCapacity(largest);
        _rows.Span(rows * 2 * _stride).Clear();
        _cells.Span(rows * _stride).Clear();
        for (int step = 0; step < _steps; step++)
        {
            cell.Step(_rows.Pointer, nodes.Length, _gates.Pointer, _cells.Pointer, _stride, _rows.Pointer, 2 * _stride);
            float* message = messages;
            for (int k = 0; k < nodes.Length; k++)
            {
                int degree = offsets[nodes[k] + 1] - offsets[nodes[k]];
                float* q = _rows.Pointer + ((nint)k * 2 * _stride);
                Attend(message, messageStride, degree, q, q + _stride);
                message += degree * messageStride;
            }
        }

        for (int k = 0; k < nodes.Length; k++)
        {
            var row = new Span<float>(pooled + ((nint)k * 2 * _stride), 2 * _stride);
            if (offsets[nodes[k] + 1] > offsets[nodes[k]])
            {
                new ReadOnlySpan<float>(_rows.Pointer + ((nint)k * 2 * _stride), 2 * _stride).CopyTo(row);
            }
            else
            {
                row.Clear();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _cells.Dispose();
        _gates.Dispose();
        _weights.Dispose();
    }

    /// <summary>a_j = softmax_j(m_j·q), r = Σ_j a_j m_j, neighbors in order.</summary>
    private void Attend(float* messages, int stride, int degree, float* q, float* r)
    {
        float* weights = _weights.Pointer;
        float largest = float.NegativeInfinity, sum = 0;
        for (int j = 0; j < degree; j++)
        {
            weights[j] = Dot(messages + ((nint)j * stride), q);
            largest = Math.Max(largest, weights[j]);
        }

        for (int j = 0; j < degree; j++)
        {
            weights[j] = Elementary.Exp(weights[j] - largest);
            sum += weights[j];
        }

        new Span<float>(r, _stride).Clear();
        for (int j = 0; j < degree; j++)
        {
            Vector256<float> a = Vector256.Create(weights[j] / sum);
            for (int k = 0; k < _width; k += 8)
            {
                Vector256.FusedMultiplyAdd(a, Vector256.Load(messages + ((nint)j * stride) + k), Vector256.Load(r + k)).Store(r + k);
            }
        }
    }

    /// <summary>Eight partial sums, then those in order: the same bits for any vector width. q is 0 in the padding.</summary>
    private float Dot(float* m, float* q)
    {
        Vector256<float> sums = Vector256<float>.Zero;
        for (int k = 0; k < _width; k += 8)
        {
            sums = Vector256.FusedMultiplyAdd(Vector256.Load(m + k), Vector256.Load(q + k), sums);
        }

        float sum = 0;
        for (int k = 0; k < 8; k++)
        {
            sum += sums[k];
        }

        return sum;
    }
}
