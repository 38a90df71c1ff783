using System.Runtime.Intrinsics;
using Glasswright.Kernels.Threading;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// What the layers of one network share: the threads, the temporaries of the layer that runs, and the sums of parameter
/// gradients, one set per block, added in block order.
/// </summary>
internal sealed unsafe class Workspace
{
    private const int ReductionChunk = 512;
    private readonly LayerBuffer<float> _partials = new();
    private readonly Action<int> _reduceChunk;
    private int _blocks;
    private int _size;

    /// <summary>Creates a workspace that runs on <paramref name="team"/>.</summary>
    public Workspace(IBlockRunner team)
    {
        Team = team;
        _reduceChunk = ReduceChunk;
    }

    /// <summary>The threads.</summary>
    public IBlockRunner Team { get; }

    /// <summary>The parts of W_e z that belong to atoms.</summary>
    public NodeParts EdgeParts { get; } = new();

    /// <summary>The parts of the heads' maps that belong to atoms.</summary>
    public NodeParts HeadParts { get; } = new();

    /// <summary>Gradient of the pooled messages, [N, H].</summary>
    public LayerBuffer<float> PooledGradient { get; } = new();

    /// <summary>Gradient of the map of the pooled messages, [N, n].</summary>
    public LayerBuffer<float> MergeGradient { get; } = new();

    /// <summary>Gradient of the node states, first of the layer's output, then of its input, [N, n].</summary>
    public LayerBuffer<float> NodeGradient { get; } = new();

    /// <summary>Gradient of [hidden attention ‖ values], [E, 2·H].</summary>
    public LayerBuffer<float> HeadsGradient { get; } = new();

    /// <summary>Gradient of the attention scores, [E, K].</summary>
    public LayerBuffer<float> ScoreGradient { get; } = new();

    /// <summary>Gradient of the edge states, first of the layer's output, then of its input, [E, e].</summary>
    public LayerBuffer<float> EdgeGradient { get; } = new();

    /// <summary>Gradient of W_e z, [E, e].</summary>
    public LayerBuffer<float> EdgeLinearGradient { get; } = new();

    /// <summary>Gradient of the node states after dropout, where there is one, [N, n].</summary>
    public LayerBuffer<float> InputGradient { get; } = new();

    /// <summary>Gradient of x, the pooled messages after their last norm, where the layer does not end in a residual, [N, n].</summary>
    public LayerBuffer<float> RememberGradient { get; } = new();

    /// <summary>Gradient of the cells of a recurrent network, first of the layer's output, then of its input, [N, n].</summary>
    public LayerBuffer<float> CellGradient { get; } = new();

    /// <summary>Gradient of every message, [E, K·a]; set2set alone.</summary>
    public LayerBuffer<float> MessageGradient { get; } = new();

    /// <summary>Gradient of the input of a recurrent cell, [N, 2·width].</summary>
    public LayerBuffer<float> QueryGradient { get; } = new();

    /// <summary>Gradient of the state inside set2set's cell, [N, K·a].</summary>
    public LayerBuffer<float> QueryCellGradient { get; } = new();

    /// <summary>Gradient of the gates of a recurrent cell, [N, 4·width].</summary>
    public LayerBuffer<float> GateGradient { get; } = new();

    /// <summary>The sums of <see cref="Reduce"/>.</summary>
    public LayerBuffer<float> Reduced { get; } = new();

    /// <summary>Makes room for <paramref name="size"/> sums of each block and sets them to zero.</summary>
    public void BeginPartials(int blocks, int size)
    {
        _blocks = blocks;
        _size = size;
        _partials.Reserve((long)blocks * size);
        _partials.Clear((long)blocks * size);
        Reduced.Reserve(size);
    }

    /// <summary>The sums of a block.</summary>
    public float* Partial(int block) => _partials.Pointer + ((nint)block * _size);

    /// <summary>Adds the sums of all blocks, in double and in block order, into <see cref="Reduced"/>.</summary>
    public void Reduce() => Team.Run((_size + ReductionChunk - 1) / ReductionChunk, _reduceChunk);

    private void ReduceChunk(int chunk)
    {
        // Block by block, a stretch of memory at a time; every sum still runs over the blocks in order.
        int first = chunk * ReductionChunk;
        int count = Math.Min(_size - first, ReductionChunk);
        double* sums = stackalloc double[ReductionChunk];
        new Span<double>(sums, ReductionChunk).Clear();
        for (int block = 0; block < _blocks; block++)
        {
            float* values = Partial(block) + first;
            for (int k = 0; k < count; k += MatrixKernels.Lanes)
            {
                (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Load(values + k));
                (Vector256.Load(sums + k) + low).Store(sums + k);
                (Vector256.Load(sums + k + 4) + high).Store(sums + k + 4);
            }
        }

        for (int k = 0; k < count; k += MatrixKernels.Lanes)
        {
            Vector256.Narrow(Vector256.Load(sums + k), Vector256.Load(sums + k + 4)).Store(Reduced.Pointer + first + k);
        }
    }
}
