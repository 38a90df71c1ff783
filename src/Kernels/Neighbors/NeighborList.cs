using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Structure;
using Vector3 = Glasswright.Kernels.Structure.Vector3;

namespace Glasswright.Kernels.Neighbors;

/// <summary>
/// Verlet list: for every atom i all atoms and periodic images j with |r_j - r_i| below cutoff + skin. Built in linear time
/// from one structure and from nothing else, in an order that depends on nothing else.
/// </summary>
/// <remarks>
/// An entry packs the atom (low 24 bits) and the number of its image translation (high 7 bits) into one int. Atom i's entries
/// start at <see cref="Offset"/>(i) and are padded to a multiple of 8 with entries that lie out of every reach. Images are
/// enumerated, so a cell may be narrower than twice the cutoff. Positions that enter distances are packed: atom i's stored
/// position minus the whole cell vectors that wrap it at the time of the build, <c>[4·N], x y z 0 x y z 0 …</c>; an atom that
/// leaves the cell later keeps its translation, so distances stay continuous until the next build.
/// </remarks>
internal sealed unsafe class NeighborList : IDisposable
{
    /// <summary>Entries come in groups of this many.</summary>
    public const int Lanes = 8;

    /// <summary>Mask of the atom in an entry.</summary>
    public const int AtomMask = 0xFFFFFF;

    /// <summary>Shift of the translation in an entry.</summary>
    public const int TranslationShift = 24;

    /// <summary>The translation of padding entries: so far away that no cutoff reaches it.</summary>
    public const int FarTranslation = 125;

    // Image keys order images by atom, then by translation: (atom << CodeBits) | translation.
    private const int CodeBits = 7;
    private const int NoTranslation = 62;
    private const double Far = 1e6;

    // Distances recomputed from packed positions may differ from those of the build in the last bits.
    private const double RoundOffMargin = 1e-9;

    private readonly ListBase _base = new();
    private readonly AlignedBuffer<int> _entries = new();
    private readonly AlignedBuffer<double> _translations = new(4 * (FarTranslation + 1));
    private readonly AlignedBuffer<double> _packed = new();
    private readonly AlignedBuffer<double> _images = new();
    private readonly AlignedBuffer<int> _imageKeys = new();
    private double[] _wrapSteps = [];
    private double[] _wrapping = [];
    private int[] _offsets = [0];
    private int[] _binStarts = [];
    private int[] _imageBins = [];
    private int _count;

    /// <summary>An empty list for pairs within <paramref name="cutoff"/> and <paramref name="skin"/>, Å.</summary>
    /// <param name="cutoff">Interaction distance, Å.</param>
    /// <param name="skin">Extra distance, Å.</param>
    public NeighborList(double cutoff, double skin)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cutoff);
        ArgumentOutOfRangeException.ThrowIfNegative(skin);
        Cutoff = cutoff;
        Skin = skin;
    }

    /// <summary>Interaction distance, Å.</summary>
    public double Cutoff { get; }

    /// <summary>Extra distance, Å: in an unchanged cell the list is complete until an atom has moved half of it.</summary>
    public double Skin { get; }

    /// <summary>The cell of the positions packed last; null before the first build.</summary>
    public Cell? Cell { get; private set; }

    /// <summary>How often the list was built.</summary>
    public long Builds { get; private set; }

    /// <summary>Entries of all atoms.</summary>
    public int* Entries => _entries.Pointer;

    /// <summary>Packed positions, <c>[4·N]</c>; the fourth component is free for the owner's use.</summary>
    public double* Packed => _packed.Pointer;

    /// <summary>Translations, <c>[4·126], x y z 0 …</c>.</summary>
    public double* Translations => _translations.Pointer;

    /// <summary>Number of entries, padding included.</summary>
    public int EntryCount => _offsets[_count];

    /// <summary>The largest number of entries of one atom.</summary>
    public int LongestRun { get; private set; }

    private double Reach => Cutoff + Skin + RoundOffMargin;

    /// <summary>Where the entries of an atom start; those of atom N - 1 end at Offset(N).</summary>
    public int Offset(int atom) => _offsets[atom];

    /// <inheritdoc/>
    public void Dispose()
    {
        _entries.Dispose();
        _translations.Dispose();
        _packed.Dispose();
        _images.Dispose();
        _imageKeys.Dispose();
    }

    /// <summary>Packs the positions, after building the list if it may lack a pair.</summary>
    /// <param name="structure">The structure.</param>
    /// <param name="tags">Fourth components of the packed positions, <c>[N]</c>; zero if empty.</param>
    public void Update(AtomicStructure structure, ReadOnlySpan<double> tags = default)
    {
        if (structure.Count != _count || !_base.Covers(structure, Cutoff, Cutoff + Skin))
        {
            Build(structure, tags);
            return;
        }

        if (!ReferenceEquals(structure.Cell, Cell))
        {
            Cell = structure.Cell;
            MakeTranslations(structure.Cell);
            PlaceWrapping(structure.Cell);
        }

        Pack(structure, tags);
    }

    /// <summary>Builds the list from the structure's present positions and packs them.</summary>
    /// <param name="structure">The structure.</param>
    /// <param name="tags">Fourth components of the packed positions, <c>[N]</c>; zero if empty.</param>
    public void Build(AtomicStructure structure, ReadOnlySpan<double> tags = default)
    {
        if (structure.Count > AtomMask)
        {
            throw new InputException("too many atoms", expected: $"at most {AtomMask}", found: $"{structure.Count}");
        }

        Reserve(structure);
        Cell = structure.Cell;
        Builds++;
        _base.Record(structure);
        RecordWrapping(structure);
        PlaceWrapping(structure.Cell);
        Pack(structure, tags);
        MakeTranslations(structure.Cell);
        var bins = new NeighborBins(structure.Cell, Reach);
        int images = CountImages(structure.Cell, bins);
        PlaceImages(structure.Cell, bins, images);
        Collect(structure.Cell, bins, images);
    }

    private void Reserve(AtomicStructure structure)
    {
        _count = structure.Count;
        if (_wrapping.Length != structure.Coordinates.Length)
        {
            _wrapping = new double[structure.Coordinates.Length];
            _wrapSteps = new double[structure.Coordinates.Length];
        }

        if (_offsets.Length != _count + 1)
        {
            _offsets = new int[_count + 1];
        }

        _packed.EnsureCapacity(4 * (_count + 1));
    }

    private void RecordWrapping(AtomicStructure structure)
    {
        int stride = structure.Stride;
        for (int i = 0; i < _count; i++)
        {
            Vector3 s = structure.Cell.ToFractional(structure.Position(i));
            _wrapSteps[i] = Math.Floor(s.X);
            _wrapSteps[stride + i] = Math.Floor(s.Y);
            _wrapSteps[(2 * stride) + i] = Math.Floor(s.Z);
        }
    }

    /// <summary>The translations that wrapped the atoms at the build, in the vectors of a cell.</summary>
    private void PlaceWrapping(Cell cell)
    {
        int stride = _wrapping.Length / 3;
        for (int i = 0; i < _count; i++)
        {
            Vector3 shift = cell.Vectors * new Vector3(_wrapSteps[i], _wrapSteps[stride + i], _wrapSteps[(2 * stride) + i]);
            _wrapping[i] = shift.X;
            _wrapping[stride + i] = shift.Y;
            _wrapping[(2 * stride) + i] = shift.Z;
        }
    }

    private void Pack(AtomicStructure structure, ReadOnlySpan<double> tags)
    {
        int stride = structure.Stride;
        double* packed = _packed.Pointer;
        double[] r = structure.Coordinates;
        for (int i = 0; i < _count; i++)
        {
            packed[4 * i] = r[i] - _wrapping[i];
            packed[(4 * i) + 1] = r[stride + i] - _wrapping[stride + i];
            packed[(4 * i) + 2] = r[(2 * stride) + i] - _wrapping[(2 * stride) + i];
            packed[(4 * i) + 3] = tags.IsEmpty ? 0 : tags[i];
        }
    }

    private void MakeTranslations(Cell cell)
    {
        double* t = _translations.Pointer;
        for (int code = 0; code < FarTranslation; code++)
        {
            Vector3 v = cell.Translation((code / 25) - 2, (code / 5 % 5) - 2, (code % 5) - 2);
            (t[4 * code], t[(4 * code) + 1], t[(4 * code) + 2]) = (v.X, v.Y, v.Z);
        }

        (t[4 * FarTranslation], t[(4 * FarTranslation) + 1], t[(4 * FarTranslation) + 2]) = (Far, Far, Far);
    }

    private Vector3 PackedPosition(int atom)
    {
        double* p = _packed.Pointer + (4 * atom);
        return new Vector3(p[0], p[1], p[2]);
    }

    /// <summary>Finds the bin of every image within reach of the cell; afterwards <c>_binStarts[b]</c> is the end of bin b.</summary>
    private int CountImages(Cell cell, NeighborBins bins)
    {
        if (_binStarts.Length < bins.Count + 1)
        {
            _binStarts = new int[bins.Count + 1];
        }

        Array.Clear(_binStarts, 0, bins.Count + 1);
        Span<int> codes = stackalloc int[FarTranslation];
        int images = 0;
        for (int i = 0; i < _count; i++)
        {
            Vector3 s = cell.ToFractional(PackedPosition(i));
            int here = bins.ImagesWithin(s, codes);
            if (images + here > _imageBins.Length)
            {
                Array.Resize(ref _imageBins, Math.Max(1024, 2 * (images + here)));
            }

            for (int k = 0; k < here; k++)
            {
                int bin = bins.Index(s + NeighborBins.Steps(codes[k]));
                _imageBins[images++] = bin;
                _binStarts[bin]++;
            }
        }

        for (int bin = 0, sum = 0; bin <= bins.Count; bin++)
        {
            sum += _binStarts[bin];
            _binStarts[bin] = sum;
        }

        return images;
    }

    /// <summary>Sorts the images by bin; afterwards <c>_binStarts[b]</c> is the start of bin b.</summary>
    private void PlaceImages(Cell cell, NeighborBins bins, int images)
    {
        int stride = images + Lanes;
        _images.EnsureCapacity(3 * stride);
        _imageKeys.EnsureCapacity(stride);
        double* x = _images.Pointer;
        double* y = x + stride;
        double* z = y + stride;
        Span<int> codes = stackalloc int[FarTranslation];
        int image = 0;
        for (int i = 0; i < _count; i++)
        {
            Vector3 position = PackedPosition(i);
            int here = bins.ImagesWithin(cell.ToFractional(position), codes);
            for (int k = 0; k < here; k++)
            {
                int slot = --_binStarts[_imageBins[image++]];
                double* t = _translations.Pointer + (4 * codes[k]);
                x[slot] = position.X + t[0];
                y[slot] = position.Y + t[1];
                z[slot] = position.Z + t[2];
                _imageKeys.Pointer[slot] = (i << CodeBits) | codes[k];
            }
        }
    }

    private void Collect(Cell cell, NeighborBins bins, int images)
    {
        Vector256<double> reach2 = Vector256.Create(Reach * Reach);
        Vector128<int> codeMask = Vector128.Create((1 << CodeBits) - 1);
        double* x = _images.Pointer;
        double* y = x + images + Lanes;
        double* z = y + images + Lanes;
        int length = 0;
        LongestRun = 0;
        for (int i = 0; i < _count; i++)
        {
            _offsets[i] = length;
            Vector3 p = PackedPosition(i);
            Vector128<int> self = Vector128.Create((i << CodeBits) | NoTranslation);
            Vector256<double> xi = Vector256.Create(p.X), yi = Vector256.Create(p.Y), zi = Vector256.Create(p.Z);
            (int b1, int b2, int b3) = bins.Locate(cell.ToFractional(p));
            for (int k1 = Math.Max(0, b1 - 2); k1 <= Math.Min(bins.N1 - 1, b1 + 2); k1++)
            {
                for (int k2 = Math.Max(0, b2 - 2); k2 <= Math.Min(bins.N2 - 1, b2 + 2); k2++)
                {
                    // Bins along the third direction lie one after another, so five of them are one run.
                    int row = ((k1 * bins.N2) + k2) * bins.N3;
                    int start = _binStarts[row + Math.Max(0, b3 - 2)];
                    int end = _binStarts[row + Math.Min(bins.N3 - 1, b3 + 2) + 1];
                    _entries.EnsureCapacity(length + (end - start) + Lanes);
                    int* entries = _entries.Pointer;
                    for (int g = start; g < end; g += 4)
                    {
                        Vector256<double> dx = Vector256.Load(x + g) - xi;
                        Vector256<double> dy = Vector256.Load(y + g) - yi;
                        Vector256<double> dz = Vector256.Load(z + g) - zi;
                        Vector256<double> r2 = (dx * dx) + (dy * dy) + (dz * dz);
                        Vector128<int> keys = Vector128.Load(_imageKeys.Pointer + g);
                        Vector128<int> listed = ~Vector128.Equals(keys, self);
                        uint near = Vector256.LessThan(r2, reach2).ExtractMostSignificantBits() & listed.ExtractMostSignificantBits();
                        near &= (1u << Math.Min(4, end - g)) - 1;
                        Vector128<int> found = ((keys & codeMask) << TranslationShift) | (keys >> CodeBits);
                        length += Forces.Lanes.Compress(near, found, entries + length);
                    }
                }
            }

            while (length % Lanes != 0)
            {
                _entries.Pointer[length++] = (FarTranslation << TranslationShift) | i;
            }

            LongestRun = Math.Max(LongestRun, length - _offsets[i]);
        }

        _entries.EnsureCapacity(length + Lanes);
        _offsets[_count] = length;
    }
}
