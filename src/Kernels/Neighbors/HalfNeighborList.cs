using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Structure;
using Vector3 = Glasswright.Kernels.Structure.Vector3;

namespace Glasswright.Kernels.Neighbors;

/// <summary>
/// The pairs of a periodic structure, each once, in two nested Verlet lists: an outer one within cutoff + <see cref="OuterSkin"/>, built
/// in linear time, and an inner one within cutoff + <see cref="InnerSkin"/>, picked from it. Loops run over the inner list.
/// Both depend on the positions of their base and on nothing else.
/// </summary>
/// <remarks>
/// <para><b>Slots.</b> Atoms are numbered anew along a space-filling curve: slot s holds atom <see cref="Atom"/>(s), and atoms that are
/// close in space are close in memory. Behind the atoms stand the <em>ghosts</em>, images that some atom may meet: those of slot s are the
/// slots <see cref="FirstGhost"/>(s) … FirstGhost(s + 1) - 1. Behind them stands one slot out of every reach, which pads lists.
/// So an entry is a slot, an image needs no translation in a loop, and a cell may be narrower than twice the cutoff.</para>
/// <para><b>Entries</b> hold four times the slot: the place of its first double in <see cref="Packed"/>. A pair belongs to the atom whose
/// bin comes first in the half stencil, or to the lower slot within one bin. Runs of the inner list are padded to a multiple of four.</para>
/// <para><b>Packed</b> positions are <c>[4·slots], x y z w</c>: stored position minus the whole cell vectors that wrapped the atom when the
/// list was built, plus a ghost's translation; w is the atom's tag, and the owner's to overwrite until the next packing. An atom that leaves
/// the cell later keeps its translation, so distances stay continuous.</para>
/// </remarks>
internal sealed unsafe class HalfNeighborList : IDisposable
{
    /// <summary>Runs of the inner list are a multiple of this.</summary>
    public const int Group = 4;

    private const double Far = 1e6;

    // Distances recomputed from packed positions may differ from those of the build in the last bits.
    private const double RoundOffMargin = 1e-9;

    private readonly ListBase _outerBase = new();
    private readonly ListBase _innerBase = new();
    private readonly PairCollector _collector = new();
    private readonly AlignedBuffer<int> _inner = new();
    private readonly AlignedBuffer<double> _packed = new();
    private readonly AlignedBuffer<double> _wrapping = new();
    private readonly double[] _translations = new double[4 * Images.Count];
    private double[] _wrapSteps = [];
    private int[] _atoms = [];
    private int[] _innerOffsets = [0];
    private Cell? _cell;

    /// <summary>An empty list.</summary>
    /// <param name="cutoff">Interaction distance, Å.</param>
    /// <param name="innerSkin">Extra distance of the inner list, Å.</param>
    /// <param name="outerSkin">Extra distance of the outer list, Å.</param>
    public HalfNeighborList(double cutoff, double innerSkin, double outerSkin)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cutoff);
        ArgumentOutOfRangeException.ThrowIfNegative(innerSkin);
        ArgumentOutOfRangeException.ThrowIfLessThan(outerSkin, innerSkin);
        Cutoff = cutoff;
        InnerSkin = innerSkin;
        OuterSkin = outerSkin;
    }

    /// <summary>Interaction distance, Å.</summary>
    public double Cutoff { get; }

    /// <summary>In an unchanged cell the inner list is complete until an atom has moved half of this, Å.</summary>
    public double InnerSkin { get; }

    /// <summary>In an unchanged cell the outer list is complete until an atom has moved half of this, Å.</summary>
    public double OuterSkin { get; }

    /// <summary>Number of atoms: the first slots.</summary>
    public int Count { get; private set; }

    /// <summary>Number of slots, ghosts and the far one included.</summary>
    public int SlotCount => FarSlot + 1;

    /// <summary>The slot out of every reach.</summary>
    public int FarSlot { get; private set; }

    /// <summary>The cell of the positions packed last; null before the first build.</summary>
    public Cell? Cell => _cell;

    /// <summary>How often the outer list was built.</summary>
    public long Builds { get; private set; }

    /// <summary>How often the inner list was picked.</summary>
    public long Picks { get; private set; }

    /// <summary>Packed positions, <c>[4·slots]</c>.</summary>
    public double* Packed => _packed.Pointer;

    /// <summary>Entries of the inner list.</summary>
    public int* Entries => _inner.Pointer;

    /// <summary>Number of entries of the inner list, padding included.</summary>
    public int EntryCount => _innerOffsets[Count];

    /// <summary>The largest number of inner entries of one slot.</summary>
    public int LongestRun { get; private set; }

    /// <summary>Entries of the outer list, for owners that need all slots that may be met until the next build.</summary>
    public ReadOnlySpan<int> OuterEntries(int slot) => _collector.Entries(slot);

    /// <summary>Where the inner entries of a slot start; they end at Offset(slot + 1).</summary>
    public int Offset(int slot) => _innerOffsets[slot];

    /// <summary>The atom in a slot.</summary>
    public int Atom(int slot) => _atoms[slot];

    /// <summary>The atom's slot behind a slot that may be a ghost's.</summary>
    public int Owner(int slot) => slot < Count ? slot : _collector.GhostOwners[slot - Count];

    /// <summary>The first ghost of an atom's slot.</summary>
    public int FirstGhost(int slot) => _collector.FirstGhost(slot);

    /// <inheritdoc/>
    public void Dispose()
    {
        _collector.Dispose();
        _inner.Dispose();
        _packed.Dispose();
        _wrapping.Dispose();
    }

    /// <summary>Packs the positions, after making what lists may lack a pair. Returns whether the outer list was built.</summary>
    /// <param name="structure">The structure.</param>
    /// <param name="tags">Fourth components of the packed positions by atom, <c>[N]</c>.</param>
    public bool Update(AtomicStructure structure, ReadOnlySpan<double> tags)
    {
        bool inner = structure.Count == Count && _innerBase.Covers(structure, Cutoff, Cutoff + InnerSkin);
        if (!inner && !(structure.Count == Count && _outerBase.Covers(structure, Cutoff, Cutoff + OuterSkin)))
        {
            Build(structure, tags);
            return true;
        }

        if (!ReferenceEquals(structure.Cell, _cell))
        {
            _cell = structure.Cell;
            PlaceWrapping(tags);
            MakeTranslations();
        }

        Pack(structure);
        if (!inner)
        {
            Pick(structure);
        }

        return false;
    }

    /// <summary>Builds both lists from the structure's present positions and packs them.</summary>
    /// <param name="structure">The structure.</param>
    /// <param name="tags">Fourth components of the packed positions by atom, <c>[N]</c>.</param>
    public void Build(AtomicStructure structure, ReadOnlySpan<double> tags)
    {
        Reserve(structure.Count);
        _cell = structure.Cell;
        var bins = new PeriodicBins(structure.Cell, Cutoff + OuterSkin + RoundOffMargin, Count);
        Order(structure, bins);
        PlaceWrapping(tags);
        MakeTranslations();
        FarSlot = _collector.PlaceGhosts(Count, bins);
        _packed.EnsureCapacity(4 * SlotCount);
        Pack(structure);
        _collector.Collect(Count, bins, Packed, FarSlot, Cutoff + OuterSkin + RoundOffMargin);
        _outerBase.Record(structure);
        Builds++;
        Pick(structure);
    }

    /// <summary>Copies the fourth components of an atom's slot to its ghosts.</summary>
    public void ShareWithGhosts(int slot)
    {
        double w = Packed[(4 * slot) + 3];
        int end = FirstGhost(slot + 1);
        for (int ghost = FirstGhost(slot); ghost < end; ghost++)
        {
            Packed[(4 * ghost) + 3] = w;
        }
    }

    private void Reserve(int count)
    {
        if (count == Count)
        {
            return;
        }

        Count = count;
        _atoms = new int[count];
        _wrapSteps = new double[3 * count];
        _innerOffsets = new int[count + 1];
        _wrapping.EnsureCapacity(4 * count);
    }

    /// <summary>Wraps the atoms in whole cell vectors and gives them their slots along the curve; atoms of one bin keep their order.</summary>
    private void Order(AtomicStructure structure, PeriodicBins bins)
    {
        Cell cell = structure.Cell;
        _collector.BeginOrder(Count, bins);
        for (int i = 0; i < Count; i++)
        {
            Vector3 s = cell.ToFractional(structure.Position(i));
            double n1 = Math.Floor(s.X), n2 = Math.Floor(s.Y), n3 = Math.Floor(s.Z);
            (_wrapSteps[3 * i], _wrapSteps[(3 * i) + 1], _wrapSteps[(3 * i) + 2]) = (n1, n2, n3);
            _collector.Locate(i, bins, new Vector3(s.X - n1, s.Y - n2, s.Z - n3));
        }

        _collector.EndOrder(Count, bins, _atoms);
    }

    /// <summary>By slot what is subtracted from a stored position to pack it: the whole cell vectors, and minus the tag.</summary>
    private void PlaceWrapping(ReadOnlySpan<double> tags)
    {
        for (int slot = 0; slot < Count; slot++)
        {
            int atom = _atoms[slot];
            Vector3 shift = _cell!.Vectors * new Vector3(_wrapSteps[3 * atom], _wrapSteps[(3 * atom) + 1], _wrapSteps[(3 * atom) + 2]);
            Vector256.Create(shift.X, shift.Y, shift.Z, -tags[atom]).Store(_wrapping.Pointer + (4 * slot));
        }
    }

    private void MakeTranslations()
    {
        for (int code = 0; code < Images.Count; code++)
        {
            (int n1, int n2, int n3) = Images.Steps(code);
            Vector3 v = _cell!.Translation(n1, n2, n3);
            (_translations[4 * code], _translations[(4 * code) + 1], _translations[(4 * code) + 2]) = (v.X, v.Y, v.Z);
        }
    }

    private void Pack(AtomicStructure structure)
    {
        double* packed = Packed;
        double* wrapping = _wrapping.Pointer;
        int stride = structure.Stride;
        fixed (double* x = structure.Coordinates, translations = _translations)
        fixed (int* atoms = _atoms)
        {
            double* y = x + stride, z = y + stride;
            for (int slot = 0; slot < Count; slot++)
            {
                int atom = atoms[slot];
                (Vector256.Create(x[atom], y[atom], z[atom], 0) - Vector256.Load(wrapping + (4 * slot))).Store(packed + (4 * slot));
            }

            ReadOnlySpan<int> owners = _collector.GhostOwners, images = _collector.GhostImages;
            double* ghost = packed + (4 * Count);
            for (int g = 0; g < owners.Length; g++, ghost += 4)
            {
                (Vector256.Load(packed + (4 * owners[g])) + Vector256.Load(translations + (4 * images[g]))).Store(ghost);
            }
        }

        Vector256.Create(Far, Far, Far, 0).Store(packed + (4 * FarSlot));
    }

    /// <summary>Picks the inner list from the outer one.</summary>
    private void Pick(AtomicStructure structure)
    {
        double reach = Cutoff + InnerSkin + RoundOffMargin;
        Vector256<double> reach2 = Vector256.Create(reach * reach);
        _inner.EnsureCapacity(_collector.EntryCount + (Group * (Count + 1)));
        double* packed = Packed;
        int* begin = _inner.Pointer;
        int* next = begin;
        int far = Group * FarSlot;
        LongestRun = 0;
        for (int slot = 0; slot < Count; slot++)
        {
            _innerOffsets[slot] = (int)(next - begin);
            double* own = packed + (4 * slot);
            Vector256<double> x0 = Vector256.Create(own[0]), y0 = Vector256.Create(own[1]), z0 = Vector256.Create(own[2]);
            ReadOnlySpan<int> outer = _collector.Entries(slot);
            fixed (int* entries = outer)
            {
                // Padding of the outer run is the far slot, which is never within reach.
                for (int g = 0; g < outer.Length; g += Group)
                {
                    Forces.Lanes.LoadRows(
                        packed + entries[g], packed + entries[g + 1], packed + entries[g + 2], packed + entries[g + 3],
                        out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out _);
                    x -= x0;
                    y -= y0;
                    z -= z0;
                    Vector256<double> r2 = Vector256.FusedMultiplyAdd(x, x, Vector256.FusedMultiplyAdd(y, y, z * z));
                    uint near = Vector256.LessThan(r2, reach2).ExtractMostSignificantBits();
                    next += Forces.Lanes.Compress(near, Vector128.Load(entries + g), next);
                }
            }

            while (((next - begin) & (Group - 1)) != 0)
            {
                *next++ = far;
            }

            LongestRun = Math.Max(LongestRun, (int)(next - begin) - _innerOffsets[slot]);
        }

        _innerOffsets[Count] = (int)(next - begin);
        _innerBase.Record(structure);
        Picks++;
    }
}
