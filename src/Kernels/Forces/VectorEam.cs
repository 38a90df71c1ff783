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
/// So the bits do not depend on the number of threads, of which at most eight can help one structure. Two passes: density and
/// embedding (which also keeps the list entries within the cutoff), then forces.
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
    private readonly Action<int> _densityBlock;
    private readonly Action<int> _embedBlock;
    private readonly Action<int> _forceBlock;
    private readonly Action<int> _collectBlock;
    private readonly AlignedBuffer<int> _near = new();
    private readonly AlignedBuffer<double> _densities = new();
    private readonly AlignedBuffer<double> _forces = new();
    private int[] _nearCounts = [];
    private int[] _elements = [];
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
        _densityBlock = DensityBlock;
        _embedBlock = EmbedBlock;
        _forceBlock = ForceBlock;
        _collectBlock = CollectBlock;
    }

    /// <inheritdoc/>
    public double Cutoff => _tables.Cutoff;

    /// <summary>How often the neighbor list was built.</summary>
    public long ListBuilds => _list.Builds;

    private int Count => _elements.Length;

    /// <inheritdoc/>
    public void Bind(AtomicStructure structure)
    {
        CutoffCheck.Require(structure.Cell, Cutoff);
        Reserve(structure.Count);
        SpeciesMap.Resolve(structure, _tables, _elements);
        _list.Build(structure);
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

            _list.Update(structure);
        }

        _near.EnsureCapacity(_list.EntryCount + NeighborList.Lanes);
        _result = result;
        _virialWanted = (parts & ForceParts.Virial) != 0;
        _runner.Run(_blocks, _densityBlock);
        _runner.Run(_blocks, _embedBlock);
        _runner.Run(_blocks, _forceBlock);
        _runner.Run(_blocks, _collectBlock);
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
        _densities.Dispose();
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
        _blockEnergies = new double[_blocks];
        _blockVirials = new double[6 * _blocks];
        _densities.EnsureCapacity(_blocks * count);
        _forces.EnsureCapacity(4 * _blocks * count);
    }

    private int First(int block) => (int)((long)Count * block / _blocks);

    /// <summary>The densities that a block gives, <c>[N]</c>, zero before the block's first atom by being left unread.</summary>
    private double* Densities(int block) => _densities.Pointer + ((long)block * Count);

    /// <summary>The forces and half pair energies that a block gives, <c>[4·N], x y z e …</c>.</summary>
    private double* Forces(int block) => _forces.Pointer + (4L * block * Count);

    /// <summary>Shares of ρ that the pairs of a block's atoms give to either side.</summary>
    private void DensityBlock(int block)
    {
        double* distances2 = stackalloc double[_list.LongestRun + NeighborList.Lanes];
        double** tables = stackalloc double*[_tables.Elements.Count];
        int first = First(block), last = First(block + 1);
        double* densities = Densities(block);
        new Span<double>(densities + first, Count - first).Clear();
        fixed (int* elements = _elements)
        {
            for (int i = first; i < last; i++)
            {
                int start = _list.Offset(i);
                int* near = _near.Pointer + start;
                int count = EamLanes.SelectNear(_list, i, start, _list.Offset(i + 1), Cutoff * Cutoff, near, distances2);
                _nearCounts[i] = count;
                for (int b = 0; b < _tables.Elements.Count; b++)
                {
                    tables[b] = _records.Density(elements[i], b);
                }

                densities[i] += EamLanes.Density(near, distances2, count, elements, tables, _records, Cutoff, densities);
            }
        }
    }

    /// <summary>ρ of a block's atoms, F(ρ), and F'(ρ) into the free component of the packed position.</summary>
    private void EmbedBlock(int block)
    {
        double[] energies = _result!.AtomEnergies;
        int last = First(block + 1);
        for (int i = First(block); i < last; i++)
        {
            // Neighbors come later than the atom, so later blocks gave nothing.
            double density = 0;
            for (int giver = 0; giver <= block; giver++)
            {
                density += Densities(giver)[i];
            }

            (energies[i], _list.Packed[(4 * i) + 3]) = Embed(_embedding[_elements[i]], density);
        }
    }

    /// <summary>Forces, half pair energies and the virial of the pairs of a block's atoms.</summary>
    private void ForceBlock(int block)
    {
        double** tables = stackalloc double*[_tables.Elements.Count];
        double* virial = stackalloc double[6];
        new Span<double>(virial, 6).Clear();
        int first = First(block), last = First(block + 1);
        double* forces = Forces(block);
        new Span<double>(forces + (4 * first), 4 * (Count - first)).Clear();
        fixed (int* elements = _elements)
        {
            for (int i = first; i < last; i++)
            {
                for (int b = 0; b < _tables.Elements.Count; b++)
                {
                    tables[b] = _records.Force(elements[i], b);
                }

                int* near = _near.Pointer + _list.Offset(i);
                if (_virialWanted)
                {
                    EamLanes.Force<EamLanes.WithVirial>(_list, i, near, _nearCounts[i], elements, tables, _records, Cutoff, forces, virial);
                }
                else
                {
                    EamLanes.Force<EamLanes.WithoutVirial>(_list, i, near, _nearCounts[i], elements, tables, _records, Cutoff, forces, virial);
                }
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
        double energy = 0;
        int last = First(block + 1);
        for (int i = First(block); i < last; i++)
        {
            double x = 0, y = 0, z = 0, pair = 0;
            for (int giver = 0; giver <= block; giver++)
            {
                double* share = Forces(giver) + (4 * i);
                x += share[0];
                y += share[1];
                z += share[2];
                pair += share[3];
            }

            result.Forces[i] = x;
            result.Forces[result.Stride + i] = y;
            result.Forces[(2 * result.Stride) + i] = z;
            result.AtomEnergies[i] += pair;
            energy += result.AtomEnergies[i];
        }

        _blockEnergies[block] = energy;
    }

    private static (double Value, double Derivative) Embed(HermiteTable table, double density)
    {
        if (density <= table.End)
        {
            return table.Evaluate(density);
        }

        (double end, double slope) = table.Evaluate(table.End);
        return (end + (slope * (density - table.End)), slope);
    }
}
