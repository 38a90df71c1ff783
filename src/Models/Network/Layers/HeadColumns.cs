using System.Runtime.CompilerServices;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// How the K heads lie in the concatenated columns: head k owns [k·a, (k+1)·a). Numbers per head lie in rows of K padded
/// to 8, numbers per column in rows of H = K·a padded to 8; padded columns read head 0 and meet only zeros.
/// </summary>
internal sealed unsafe class HeadColumns
{
    private readonly LayerBuffer<int> _heads = new();
    private readonly LayerBuffer<float> _membership = new();
    private readonly bool _oneVector;

    /// <summary>Lays out <paramref name="heads"/> heads of width <paramref name="width"/>.</summary>
    public HeadColumns(int heads, int width)
    {
        Heads = heads;
        HeadWidth = width;
        PaddedHeads = MatrixKernels.Padded(heads);
        Columns = MatrixKernels.Padded(heads * width);
        _oneVector = PaddedHeads == MatrixKernels.Lanes;
        _heads.Reserve(Columns);
        _membership.Reserve(Columns * PaddedHeads);
        for (int c = 0; c < heads * width; c++)
        {
            _heads.Pointer[c] = c / width;
            _membership.Pointer[(c * PaddedHeads) + (c / width)] = 1;
        }
    }

    /// <summary>K.</summary>
    public int Heads { get; }

    /// <summary>a.</summary>
    public int HeadWidth { get; }

    /// <summary>K padded to 8.</summary>
    public int PaddedHeads { get; }

    /// <summary>H: K·a padded to 8.</summary>
    public int Columns { get; }

    /// <summary>K·a.</summary>
    public int UsedColumns => Heads * HeadWidth;

    /// <summary>1 where the column belongs to the head, [H, K].</summary>
    public float* Membership => _membership.Pointer;

    /// <summary>The heads of the columns from <paramref name="column"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Selector Select(int column) => new(_heads.Pointer + column, _oneVector);

    /// <summary>Copies numbers per head to the columns of the heads.</summary>
    public readonly struct Selector(int* heads, bool oneVector)
    {
        /// <summary>The numbers for the columns, from a row of K.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes From<TLanes>(float* row)
            where TLanes : struct, IColumnLanes<TLanes> => TLanes.Select(row, heads, oneVector);
    }
}
