using System.Numerics;
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
/// Atoms stand in slots along a space-filling curve (<see cref="HalfNeighborList"/>), cut into at most eight blocks by their number
/// alone. An atom sums over its own neighbors in list order in eight lanes with one reduction tree; what it gives to a neighbor or to a
/// neighbor's ghost is added to a buffer of its block. When all blocks are done, a slot's shares are added in block order, then those of its
/// ghosts. So the bits do not depend on the number of threads, of which at most eight can help one structure. Two passes: the first
/// meets the tables and gives densities and pair energies, the second, when every F'(ρ) is known, forces.
/// </remarks>
internal sealed unsafe class VectorEam : IElasticField, IDisposable
{
    /// <summary>Extra reach of the list that loops run over, Å: what a relaxation moves atoms in some ten steps.</summary>
    public const double DefaultInnerSkin = 0.15;

    /// <summary>Extra reach of the list that it is picked from, Å: a swap asks for less than two builds.</summary>
    public const double DefaultSkin = 1.4;

    private const int MaxBlocks = 8;
    private const int LeastBlock = 512;

    // Buffers are cleared and collected by pages of this many slots, those that a block touches.
    private const int PageBits = 6;

    private readonly EamTables _tables;
    private readonly HermiteTable[] _embedding;
    private readonly PairStiffness _stiffness;
    private readonly PairRecords _records;
    private readonly HalfNeighborList _list;
    private readonly IBlockRunner _runner;
    private readonly Action<int> _pairBlock;
    private readonly Action<int> _pairBlockWithEnergies;
    private readonly Action<int> _embedBlock;
    private readonly Action<int> _forceBlock;
    private readonly Action<int> _forceBlockWithVirial;
    private readonly Action<int> _collectBlock;
    private readonly AlignedBuffer<double> _kept = new();
    private readonly AlignedBuffer<double> _densities = new();
    private readonly AlignedBuffer<double> _energies = new();
    private readonly AlignedBuffer<double> _forces = new();
    private int[] _elements = [];
    private double[] _tags = [];
    private double[] _blockEnergies = [];
    private double[] _blockVirials = [];
    private byte[] _pageBlocks = [];
    private int _blocks;
    private ForceResult? _result;
    private bool _energiesWanted;
    private bool _virialWanted;

    /// <summary>A force field over full tables.</summary>
    /// <param name="tables">The potential.</param>
    /// <param name="runner">Who runs the blocks; null for the calling thread.</param>
    /// <param name="innerSkin">Extra reach of the list that loops run over, Å.</param>
    /// <param name="skin">Extra reach of the list that it is picked from, Å.</param>
    public VectorEam(EamTables tables, IBlockRunner? runner = null, double innerSkin = DefaultInnerSkin, double skin = DefaultSkin)
    {
        _tables = tables;
        _embedding = [.. tables.Embedding.Select(f => new HermiteTable(f, tables.DensityStep))];
        _stiffness = new PairStiffness(tables);
        _records = new PairRecords(tables);
        _list = new HalfNeighborList(tables.Cutoff, innerSkin, skin);
        _runner = runner ?? SerialRunner.Instance;
        if (_records.Shared)
        {
            _pairBlock = PairBlock<EamLanes.SharedSides, EamLanes.NotAsked>;
            _pairBlockWithEnergies = PairBlock<EamLanes.SharedSides, EamLanes.Asked>;
            _forceBlock = ForceBlock<EamLanes.SharedSides, EamLanes.NotAsked>;
            _forceBlockWithVirial = ForceBlock<EamLanes.SharedSides, EamLanes.Asked>;
        }
        else
        {
            _pairBlock = PairBlock<EamLanes.OrderedSides, EamLanes.NotAsked>;
            _pairBlockWithEnergies = PairBlock<EamLanes.OrderedSides, EamLanes.Asked>;
            _forceBlock = ForceBlock<EamLanes.OrderedSides, EamLanes.NotAsked>;
            _forceBlockWithVirial = ForceBlock<EamLanes.OrderedSides, EamLanes.Asked>;
        }

        _embedBlock = EmbedBlock;
        _collectBlock = CollectBlock;
    }

    /// <inheritdoc/>
    public double Cutoff => _tables.Cutoff;

    /// <summary>How often the neighbor list was built.</summary>
    public long ListBuilds => _list.Builds;

    private int Count => _elements.Length;

    private int Kept => _records.Shared ? EamLanes.SharedSides.Kept : EamLanes.OrderedSides.Kept;

    private int Pages => (_list.SlotCount >> PageBits) + 1;

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
        MarkPages();
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

            if (_list.Update(structure, _tags))
            {
                MarkPages();
            }
        }

        _kept.EnsureCapacity(Kept * (_list.EntryCount + (2 * HalfNeighborList.Group)));
        _result = result;
        _energiesWanted = (parts & ForceParts.AtomEnergies) != 0;
        _virialWanted = (parts & ForceParts.Virial) != 0;
        if (_energiesWanted)
        {
            _energies.EnsureCapacity(_densities.Capacity);
        }

        _runner.Run(_blocks, _energiesWanted ? _pairBlockWithEnergies : _pairBlock);
        _runner.Run(_blocks, _embedBlock);
        if ((parts & (ForceParts.Forces | ForceParts.Virial)) != 0)
        {
            _runner.Run(_blocks, _virialWanted ? _forceBlockWithVirial : _forceBlock);
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
    public void CollectSprings(AtomicStructure structure, double reach, PairSprings springs)
    {
        // Fourth components hold F' since the last evaluation.
        double* packed = _list.Packed;
        springs.Begin(Count);
        for (int slot = 0; slot < Count; slot++)
        {
            int atom = _list.Atom(slot);
            double* own = packed + (4 * slot);
            springs.BeginRow(atom);
            for (int k = _list.Offset(slot); k < _list.Offset(slot + 1); k++)
            {
                int entry = _list.Entries[k];
                double* other = packed + entry;
                var d = new Structure.Vector3(other[0] - own[0], other[1] - own[1], other[2] - own[2]);
                double r2 = Structure.Vector3.Dot(d, d);
                if (r2 < reach * reach)
                {
                    int owner = _list.Owner(entry / 4);
                    double r = Math.Sqrt(r2);
                    (double first, double second) = _stiffness.At(_elements[atom], _elements[_list.Atom(owner)], r, own[3], other[3]);
                    springs.Add(owner, d.X / r, d.Y / r, d.Z / r, second, first / r);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _records.Dispose();
        _list.Dispose();
        _kept.Dispose();
        _densities.Dispose();
        _energies.Dispose();
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
        _tags = new double[count];
        _blockEnergies = new double[_blocks];
        _blockVirials = new double[6 * _blocks];
    }

    private int First(int block) => (int)((long)Count * block / _blocks);

    /// <summary>The densities that a block gives, <c>[slots]</c>; pages that it does not touch are left unread.</summary>
    private double* Densities(int block) => _densities.Pointer + ((nint)block * (Pages << PageBits));

    /// <summary>The halves of pair energies that a block gives, <c>[slots]</c>.</summary>
    private double* Energies(int block) => _energies.Pointer + ((nint)block * (Pages << PageBits));

    /// <summary>The forces that a block gives, <c>[4·slots], x y z 0 …</c>.</summary>
    private double* Forces(int block) => _forces.Pointer + ((nint)block * (4 * (Pages << PageBits)));

    /// <summary>Notes which blocks may touch each page until the next build, and makes room.</summary>
    private void MarkPages()
    {
        int slots = Pages << PageBits;
        _densities.EnsureCapacity(_blocks * slots);
        _forces.EnsureCapacity(checked(4 * _blocks * slots));
        if (_pageBlocks.Length < Pages)
        {
            _pageBlocks = new byte[Pages * 5 / 4];
        }

        if (_blocks == 1)
        {
            _pageBlocks.AsSpan().Fill(1);
            return;
        }

        _pageBlocks.AsSpan().Clear();
        for (int block = 0; block < _blocks; block++)
        {
            byte bit = (byte)(1 << block);
            int last = First(block + 1);
            for (int slot = First(block); slot < last; slot++)
            {
                _pageBlocks[slot >> PageBits] |= bit;
                foreach (int entry in _list.OuterEntries(slot))
                {
                    _pageBlocks[entry >> (PageBits + 2)] |= bit;
                }
            }
        }
    }

    /// <summary>Clears the pages of a block's buffer that it touches.</summary>
    private void Clear(double* buffer, int block, int width)
    {
        nuint page = (nuint)(width << PageBits) * sizeof(double);
        for (int k = 0; k < Pages; k++, buffer += width << PageBits)
        {
            if ((_pageBlocks[k] >> block & 1) != 0)
            {
                System.Runtime.InteropServices.NativeMemory.Clear(buffer, page);
            }
        }
    }

    /// <summary>Shares of ρ and ½φ that the pairs of a block's atoms give to either side.</summary>
    private void PairBlock<TSides, TEnergies>(int block)
        where TSides : struct, EamLanes.ISides
        where TEnergies : struct, EamLanes.IWanted
    {
        double* densities = Densities(block);
        Clear(densities, block, 1);
        double* energies = null;
        if (TEnergies.Wanted)
        {
            energies = Energies(block);
            Clear(energies, block, 1);
        }

        double* found = stackalloc double[EamLanes.Found * _list.LongestRun];
        int* places = stackalloc int[_list.LongestRun];
        double* packed = _list.Packed;
        double energy = 0;
        int last = First(block + 1);
        for (int slot = First(block); slot < last; slot++)
        {
            int start = _list.Offset(slot), count = _list.Offset(slot + 1) - start;
            int* entries = _list.Entries + start;
            EamLanes.Find<TSides>(packed, slot, _records.Center(_elements[_list.Atom(slot)]), entries, count, _records, found, places);
            energy += EamLanes.Pairs<TSides, TEnergies>(
                slot, entries, count, _records, found, places, densities, energies, _kept.Pointer + ((nint)TSides.Kept * start));
        }

        _blockEnergies[block] = energy;
    }

    /// <summary>ρ of a block's atoms, F(ρ), and F'(ρ) into the free component of the packed positions, ghosts' too.</summary>
    private void EmbedBlock(int block)
    {
        double[] atomEnergies = _result!.AtomEnergies;
        int last = First(block + 1);
        double energy = _blockEnergies[block];
        for (int slot = First(block); slot < last; slot++)
        {
            int atom = _list.Atom(slot);
            (double embedded, _list.Packed[(4 * slot) + 3]) = _embedding[_elements[atom]].Extrapolate(Given(_densities.Pointer, slot));
            _list.ShareWithGhosts(slot);
            energy += embedded;
            if (_energiesWanted)
            {
                atomEnergies[atom] = embedded + Given(_energies.Pointer, slot);
            }
        }

        _blockEnergies[block] = energy;
    }

    /// <summary>What all blocks gave to a slot, in block order, then to its ghosts.</summary>
    private double Given(double* buffers, int slot)
    {
        double sum = 0;
        nint stride = Pages << PageBits;
        int end = _list.FirstGhost(slot + 1);
        for (int place = slot, next = _list.FirstGhost(slot); ; place = next++)
        {
            for (uint blocks = _pageBlocks[place >> PageBits]; blocks != 0; blocks &= blocks - 1)
            {
                sum += buffers[(BitOperations.TrailingZeroCount(blocks) * stride) + place];
            }

            if (next == end)
            {
                return sum;
            }
        }
    }

    /// <summary>Forces and the virial of the pairs of a block's atoms.</summary>
    private void ForceBlock<TSides, TVirial>(int block)
        where TSides : struct, EamLanes.ISides
        where TVirial : struct, EamLanes.IWanted
    {
        double* virial = stackalloc double[6];
        new Span<double>(virial, 6).Clear();
        double* forces = Forces(block);
        Clear(forces, block, 4);
        double* packed = _list.Packed;
        int last = First(block + 1);
        for (int slot = First(block); slot < last; slot++)
        {
            int start = _list.Offset(slot);
            EamLanes.Force<TSides, TVirial>(
                packed, slot, _list.Entries + start, _list.Offset(slot + 1) - start, _kept.Pointer + ((nint)TSides.Kept * start), forces, virial);
        }

        for (int k = 0; k < 6; k++)
        {
            _blockVirials[(6 * block) + k] = virial[k];
        }
    }

    /// <summary>Adds the shares of all blocks for the atoms of one, in the order of <see cref="Given"/>.</summary>
    private void CollectBlock(int block)
    {
        ForceResult result = _result!;
        nint stride = 4 * (Pages << PageBits);
        int last = First(block + 1);
        for (int slot = First(block); slot < last; slot++)
        {
            Vector256<double> force = Vector256<double>.Zero;
            int end = _list.FirstGhost(slot + 1);
            for (int place = slot, next = _list.FirstGhost(slot); ; place = next++)
            {
                for (uint blocks = _pageBlocks[place >> PageBits]; blocks != 0; blocks &= blocks - 1)
                {
                    force += Vector256.Load(_forces.Pointer + (BitOperations.TrailingZeroCount(blocks) * stride) + (4 * place));
                }

                if (next == end)
                {
                    break;
                }
            }

            int atom = _list.Atom(slot);
            result.Forces[atom] = force.GetElement(0);
            result.Forces[result.Stride + atom] = force.GetElement(1);
            result.Forces[(2 * result.Stride) + atom] = force.GetElement(2);
        }
    }
}
