using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// The embedded-atom energy of <see cref="ReferenceEam"/>, eight pairs at a time, over a full neighbor list. Formula, tables and
/// interpolation are the same; only the order of sums differs.
/// </summary>
/// <remarks>
/// Every atom sums over its own neighbors in list order, in eight lanes with one reduction tree, so no two atoms write to one
/// place and the bits do not depend on the number of threads. Two passes over blocks of 256 atoms: density and embedding
/// (which also keeps the list entries within the cutoff), then forces. Block sums are added in block order.
/// </remarks>
internal sealed unsafe class VectorEam : IForceField, IDisposable
{
    /// <summary>Atoms that one thread works on at a time.</summary>
    public const int BlockSize = 256;

    /// <summary>Extra reach of the neighbor list, Å; about twice what a swap moves its surroundings.</summary>
    public const double DefaultSkin = 0.6;

    private readonly EamTables _tables;
    private readonly HermiteTable[] _embedding;
    private readonly PairRecords _records;
    private readonly NeighborList _list;
    private readonly IBlockRunner _runner;
    private readonly Action<int> _densityBlock;
    private readonly Action<int> _forceBlock;
    private readonly AlignedBuffer<int> _near = new();
    private int[] _nearCounts = [];
    private int[] _elements = [];
    private double[] _blockEnergies = [];
    private double[] _blockVirials = [];
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
        _list = new NeighborList(tables.Cutoff, skin);
        _runner = runner ?? SerialRunner.Instance;
        _densityBlock = DensityBlock;
        _forceBlock = ForceBlock;
    }

    /// <inheritdoc/>
    public double Cutoff => _tables.Cutoff;

    /// <summary>How often the neighbor list was built.</summary>
    public long ListBuilds => _list.Builds;

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
        if (_elements.Length != structure.Count)
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
        _virialWanted = parts.HasFlag(ForceParts.Virial);
        _runner.Run(_blockEnergies.Length, _densityBlock);
        _runner.Run(_blockEnergies.Length, _forceBlock);
        _result = null;

        double energy = 0;
        result.Virial.AsSpan().Clear();
        for (int block = 0; block < _blockEnergies.Length; block++)
        {
            energy += _blockEnergies[block];
            for (int k = 0; _virialWanted && k < 6; k++)
            {
                result.Virial[k] += _blockVirials[(6 * block) + k];
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
    }

    private void Reserve(int count)
    {
        if (_elements.Length == count)
        {
            return;
        }

        int blocks = (count + BlockSize - 1) / BlockSize;
        _elements = new int[count];
        _nearCounts = new int[count];
        _blockEnergies = new double[blocks];
        _blockVirials = new double[6 * blocks];
    }

    /// <summary>F(ρ_i) and F'(ρ_i) of a block; F' goes into the free component of the packed position.</summary>
    private void DensityBlock(int block)
    {
        int first = block * BlockSize;
        int last = Math.Min(first + BlockSize, _elements.Length);
        double* distances2 = stackalloc double[_list.LongestRun + NeighborList.Lanes];
        double** tables = stackalloc double*[_tables.Elements.Count];
        double[] energies = _result!.AtomEnergies;
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

                double density = EamLanes.Density(near, distances2, count, elements, tables, _records, Cutoff);
                (energies[i], double slope) = Embed(_embedding[elements[i]], density);
                _list.Packed[(4 * i) + 3] = slope;
            }
        }
    }

    /// <summary>Forces, energies and the virial of a block, after every density is known.</summary>
    private void ForceBlock(int block)
    {
        int first = block * BlockSize;
        int last = Math.Min(first + BlockSize, _elements.Length);
        ForceResult result = _result!;
        double** tables = stackalloc double*[_tables.Elements.Count];
        double* sums = stackalloc double[10];
        double* virial = stackalloc double[6];
        double energy = 0;
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
                    EamLanes.Force<EamLanes.WithVirial>(_list, i, near, _nearCounts[i], elements, tables, _records, Cutoff, sums);
                    for (int k = 0; k < 6; k++)
                    {
                        virial[k] += sums[4 + k];
                    }
                }
                else
                {
                    EamLanes.Force<EamLanes.WithoutVirial>(_list, i, near, _nearCounts[i], elements, tables, _records, Cutoff, sums);
                }

                result.Forces[i] = sums[0];
                result.Forces[result.Stride + i] = sums[1];
                result.Forces[(2 * result.Stride) + i] = sums[2];
                result.AtomEnergies[i] += 0.5 * sums[3];
                energy += result.AtomEnergies[i];
            }
        }

        _blockEnergies[block] = energy;
        for (int k = 0; k < 6; k++)
        {
            // Every pair was met from both sides.
            _blockVirials[(6 * block) + k] = -0.5 * virial[k];
        }
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
