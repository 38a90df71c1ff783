using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// The embedded-atom energy of <see cref="ReferenceEam"/>, every pair once and eight pairs at a time, over a half neighbor list.
/// Formula, tables and interpolation are the same; only the order of sums differs.
/// </summary>
/// <remarks>
/// Atoms are cut into at most eight blocks, by their number alone. An atom sums over its own neighbors in list order in eight
/// lanes with one reduction tree; what it gives to a neighbor is added to a buffer of its block. A block's buffer holds atoms from
/// the block's first on, since neighbors come later than the atom. When all blocks are done the buffers are added in block order.
/// So the bits do not depend on the number of threads, of which at most eight can help one structure. Two passes: the first meets
/// the tables and gives densities and pair energies, the second, when every F'(ρ) is known, forces.
/// </remarks>
internal sealed unsafe class VectorEam : IForceField, IDisposable
{
    /// <summary>Extra reach of the neighbor list, Å; about twice what a swap moves its surroundings.</summary>
    public const double DefaultSkin = 0.6;

    private const int MaxBlocks = 8;
    private const int LeastBlock = 512;

    private readonly EamTables _tables;
    private readonly HermiteTable[] _embedding;
    private readonly PairRecords _records;
    private readonly NeighborList _list;
    private readonly IBlockRunner _runner;
    private readonly Action<int> _pairBlock;
    private readonly Action<int> _embedBlock;
    private readonly Action<int> _forceBlock;
    private readonly Action<int> _collectBlock;
    private readonly AlignedBuffer<int> _near = new();
    private readonly AlignedBuffer<double> _kept = new();
    private readonly AlignedBuffer<double> _sums = new();
    private readonly AlignedBuffer<double> _forces = new();
    private int[] _nearCounts = [];
    private int[] _elements = [];
    private double[] _tags = [];
    private double[] _blockEnergies = [];
    private double[] _blockVirials = [];
    private int _blocks;
    private ForceResult? _result;
    private bool _virialWanted;

    /// <summary>A force field over full tables.</summary>
    /// <param name="tables">The potential.</param>
    /// <param name="runner">Who runs the blocks; null for the calling thread.</param>
    /// <param name="skin">Extra reach of the neighbor list, Å.</param>
    public VectorEam(EamTables tables, IBlockRunner? runner = null, double skin = DefaultSkin)
    {
        _tables = tables;
        _embedding = [.. tables.Embedding.Select(f => new HermiteTable(f, tables.DensityStep))];
        _records = new PairRecords(tables);
        _list = new NeighborList(tables.Cutoff, skin, half: true);
        _runner = runner ?? SerialRunner.Instance;
        _pairBlock = _records.Shared ? PairBlock<EamLanes.SharedSides> : PairBlock<EamLanes.OrderedSides>;
        _embedBlock = EmbedBlock;
        _forceBlock = _records.Shared ? ForceBlock<EamLanes.SharedSides> : ForceBlock<EamLanes.OrderedSides>;
        _collectBlock = CollectBlock;
    }

    /// <inheritdoc/>
    public double Cutoff => _tables.Cutoff;

    /// <summary>How often the neighbor list was built.</summary>
    public long ListBuilds => _list.Builds;

    private int Count => _elements.Length;

    private int Kept => _records.Shared ? EamLanes.SharedSides.Kept : EamLanes.OrderedSides.Kept;

    /// <inheritdoc/>
    public void Bind(AtomicStructure structure)
    {
        CutoffCheck.Require(structure.Cell, Cutoff);
        Reserve(structure.Count);
        SpeciesMap.Resolve(structure, _tables, _elements);
        for (int i = 0; i < _elements.Length; i++)
        {
            _tags[i] = _records.Neighbor(_elements[i]);
        }

        _list.Build(structure, _tags);
    }

    /// <inheritdoc/>
    public double Evaluate(AtomicStructure structure, ForceResult result, ForceParts parts)
    {
        if (Count != structure.Count)
        {
            Bind(structure);
        }
        else
        {
            if (!ReferenceEquals(structure.Cell, _list.Cell))
            {
                CutoffCheck.Require(structure.Cell, Cutoff);
            }

            _list.Update(structure, _tags);
        }

        int entries = _list.EntryCount + NeighborList.Lanes;
        _near.EnsureCapacity(entries);
        _kept.EnsureCapacity(Kept * entries);
        _result = result;
        _virialWanted = (parts & ForceParts.Virial) != 0;
        _runner.Run(_blocks, _pairBlock);
        _runner.Run(_blocks, _embedBlock);
        if ((parts & (ForceParts.Forces | ForceParts.Virial)) != 0)
        {
            _runner.Run(_blocks, _forceBlock);
            _runner.Run(_blocks, _collectBlock);
        }

        _result = null;

        double energy = 0;
        result.Virial.AsSpan().Clear();
        for (int block = 0; block < _blocks; block++)
        {
            energy += _blockEnergies[block];
            for (int k = 0; _virialWanted && k < 6; k++)
            {
                result.Virial[k] -= _blockVirials[(6 * block) + k];
            }
        }

        return result.Energy = energy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _records.Dispose();
        _list.Dispose();
        _near.Dispose();
        _kept.Dispose();
        _sums.Dispose();
        _forces.Dispose();
    }

    private void Reserve(int count)
    {
        if (Count == count)
        {
            return;
        }

        _blocks = Math.Clamp(count / LeastBlock, 1, MaxBlocks);
        _elements = new int[count];
        _nearCounts = new int[count];
        _tags = new double[count];
        _blockEnergies = new double[_blocks];
        _blockVirials = new double[6 * _blocks];
        _sums.EnsureCapacity(2 * _blocks * count);
        _forces.EnsureCapacity(4 * _blocks * count);
    }

    private int First(int block) => (int)((long)Count * block / _blocks);

    /// <summary>The densities and half pair energies that a block gives, <c>[2·N], ρ e ρ e …</c>; what lies before its first atom is left unread.</summary>
    private double* Sums(int block) => _sums.Pointer + (2L * block * Count);

    /// <summary>The forces that a block gives, <c>[4·N], x y z 0 …</c>.</summary>
    private double* Forces(int block) => _forces.Pointer + (4L * block * Count);

    /// <summary>Shares of ρ and ½φ that the pairs of a block's atoms give to either side.</summary>
    private void PairBlock<TSides>(int block)
        where TSides : struct, EamLanes.ISides
    {
        double* distances2 = stackalloc double[_list.LongestRun + NeighborList.Lanes];
        double* numbers = stackalloc double[_list.LongestRun + NeighborList.Lanes];
        int first = First(block), last = First(block + 1);
        double* sums = Sums(block);
        new Span<double>(sums + (2 * first), 2 * (Count - first)).Clear();
        for (int i = first; i < last; i++)
        {
            int start = _list.Offset(i);
            int* near = _near.Pointer + start;
            int count = EamLanes.SelectNear(_list, i, _records.Center(_elements[i]), _records, Cutoff * Cutoff, near, distances2, numbers);
            _nearCounts[i] = count;
            double* kept = _kept.Pointer + ((long)TSides.Kept * start);
            EamLanes.Pairs<TSides>(i, near, distances2, numbers, count, _records, sums, kept);
        }
    }

    /// <summary>ρ of a block's atoms, F(ρ) + ½ Σ φ, and F'(ρ) into the free component of the packed position.</summary>
    private void EmbedBlock(int block)
    {
        double[] energies = _result!.AtomEnergies;
        int last = First(block + 1);
        double energy = 0;
        for (int i = First(block); i < last; i++)
        {
            // Neighbors come later than the atom, so later blocks gave nothing.
            double density = 0, pair = 0;
            for (int giver = 0; giver <= block; giver++)
            {
                density += Sums(giver)[2 * i];
                pair += Sums(giver)[(2 * i) + 1];
            }

            (double embedded, _list.Packed[(4 * i) + 3]) = _embedding[_elements[i]].Extrapolate(density);
            energies[i] = embedded + pair;
            energy += energies[i];
        }

        _blockEnergies[block] = energy;
    }

    /// <summary>Forces and the virial of the pairs of a block's atoms.</summary>
    private void ForceBlock<TSides>(int block)
        where TSides : struct, EamLanes.ISides
    {
        double* virial = stackalloc double[6];
        new Span<double>(virial, 6).Clear();
        int first = First(block), last = First(block + 1);
        double* forces = Forces(block);
        new Span<double>(forces + (4 * first), 4 * (Count - first)).Clear();
        for (int i = first; i < last; i++)
        {
            int start = _list.Offset(i);
            int* near = _near.Pointer + start;
            double* kept = _kept.Pointer + ((long)TSides.Kept * start);
            if (_virialWanted)
            {
                EamLanes.Force<TSides, EamLanes.WithVirial>(_list, i, near, _nearCounts[i], kept, forces, virial);
            }
            else
            {
                EamLanes.Force<TSides, EamLanes.WithoutVirial>(_list, i, near, _nearCounts[i], kept, forces, virial);
            }
        }

        for (int k = 0; k < 6; k++)
        {
            _blockVirials[(6 * block) + k] = virial[k];
        }
    }

    /// <summary>Adds the shares of all blocks for the atoms of one.</summary>
    private void CollectBlock(int block)
    {
        ForceResult result = _result!;
        int last = First(block + 1);
        for (int i = First(block); i < last; i++)
        {
            Vector256<double> force = Vector256<double>.Zero;
            for (int giver = 0; giver <= block; giver++)
            {
                force += Vector256.Load(Forces(giver) + (4 * i));
            }

            result.Forces[i] = force.GetElement(0);
            result.Forces[result.Stride + i] = force.GetElement(1);
            result.Forces[(2 * result.Stride) + i] = force.GetElement(2);
        }
    }
}
