using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Neighbors;

/// <summary>
/// The neighbors of every atom within a reach, each pair with both of its atoms, in rising order: which atoms may interact, not by which
/// image. Made from a <see cref="HalfNeighborList"/> of one structure and from nothing else.
/// </summary>
/// <param name="reach">Distance, Å. Of a cell narrower than twice this an atom may be named more than once, or be its own neighbor.</param>
internal sealed class Adjacency(double reach) : IDisposable
{
    private readonly HalfNeighborList _pairs = new(reach, 0, 0);
    private double[] _tags = [];
    private int[] _starts = [0];
    private int[] _neighbors = [];
    private int[] _filled = [];

    /// <inheritdoc/>
    public void Dispose() => _pairs.Dispose();

    /// <summary>The neighbors of an atom.</summary>
    public ReadOnlySpan<int> Of(int atom) => _neighbors.AsSpan(_starts[atom], _starts[atom + 1] - _starts[atom]);

    /// <summary>Finds all neighbors anew.</summary>
    public void Build(AtomicStructure structure)
    {
        int count = structure.Count;
        if (_tags.Length != count)
        {
            _tags = new double[count];
            _starts = new int[count + 1];
            _filled = new int[count];
        }

        _pairs.Build(structure, _tags);
        Array.Clear(_starts);
        ForEachPair((a, b) =>
        {
            _starts[a + 1]++;
            _starts[b + 1]++;
        });
        for (int i = 0; i < count; i++)
        {
            _starts[i + 1] += _starts[i];
            _filled[i] = _starts[i];
        }

        if (_neighbors.Length < _starts[count])
        {
            _neighbors = new int[_starts[count] * 5 / 4];
        }

        ForEachPair((a, b) =>
        {
            _neighbors[_filled[a]++] = b;
            _neighbors[_filled[b]++] = a;
        });
        for (int i = 0; i < count; i++)
        {
            _neighbors.AsSpan(_starts[i], _starts[i + 1] - _starts[i]).Sort();
        }
    }

    private void ForEachPair(Action<int, int> visit)
    {
        for (int slot = 0; slot < _pairs.Count; slot++)
        {
            foreach (int entry in _pairs.OuterEntries(slot))
            {
                int other = entry / HalfNeighborList.Group;
                if (other != _pairs.FarSlot)
                {
                    visit(_pairs.Atom(slot), _pairs.Atom(_pairs.Owner(other)));
                }
            }
        }
    }
}
