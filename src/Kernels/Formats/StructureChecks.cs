using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>Whether a structure can be computed with at all.</summary>
internal static class StructureChecks
{
    /// <summary>Atoms closer than this are a mistake in the file, Å: no bond of any element is so short, and tables of a potential mean nothing there.</summary>
    public const double SmallestDistance = 0.5;

    /// <summary>
    /// Edge of the bins in which neighbors are looked up, Å: twice the smallest distance, so that an atom looks into eight bins or
    /// fewer, and so small that a bin of a metal holds an atom or none.
    /// </summary>
    private const double BinWidth = 1;

    /// <summary>Bins along one direction, so that their number fits a 64-bit key.</summary>
    private const int MostBins = 1 << 20;

    /// <summary>Farther than this many cells away a position has lost the digits that tell atoms apart.</summary>
    private const double FarthestCell = 1e6;

    /// <summary>
    /// Requires at least one atom, a cell thicker than <see cref="SmallestDistance"/>, positions that are finite and within a
    /// million cells, and no two atoms (or periodic images) closer than that distance. Takes time and memory in proportion to the
    /// number of atoms, however they lie.
    /// </summary>
    /// <exception cref="InputException">One of these does not hold; atoms are named by their ids.</exception>
    public static void RequireUsable(AtomicStructure structure, string? file)
    {
        ArgumentNullException.ThrowIfNull(structure);
        if (structure.Count == 0)
        {
            throw new InputException("there are no atoms", file: file, expected: "at least one atom");
        }

        Vector3 widths = structure.Cell.PerpendicularWidths;
        if (!(Math.Min(widths.X, Math.Min(widths.Y, widths.Z)) > SmallestDistance))
        {
            throw new InputException(
                "the cell is too thin", file: file, expected: Invariant($"faces more than {SmallestDistance} Å apart"), found: Invariant($"{widths.X}, {widths.Y}, {widths.Z} Å"));
        }

        new OverlapSearch(structure, widths, file).Run();
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>
    /// Puts the atoms one by one into bins of fractional coordinates and compares each with those already there. Only the faces
    /// nearer than the smallest distance open a way into the next bin, so no atom looks into all 27; and as overlaps end
    /// the search at once, no bin ever holds many atoms.
    /// </summary>
    private sealed class OverlapSearch(AtomicStructure structure, Vector3 widths, string? file)
    {
        private readonly int _binsX = Bins(widths.X);
        private readonly int _binsY = Bins(widths.Y);
        private readonly int _binsZ = Bins(widths.Z);
        private readonly Dictionary<long, int> _first = new(structure.Count);
        private readonly int[] _next = new int[structure.Count];
        private readonly Vector3[] _fractional = new Vector3[structure.Count];
        private readonly Matrix3 _vectors = structure.Cell.Vectors;

        public void Run()
        {
            for (int atom = 0; atom < structure.Count; atom++)
            {
                Vector3 s = Fold(atom);
                _fractional[atom] = s;
                (int x, int lowX, int highX) = Range(s.X, _binsX, widths.X);
                (int y, int lowY, int highY) = Range(s.Y, _binsY, widths.Y);
                (int z, int lowZ, int highZ) = Range(s.Z, _binsZ, widths.Z);
                for (int i = lowX; i <= highX; i++)
                {
                    for (int j = lowY; j <= highY; j++)
                    {
                        for (int k = lowZ; k <= highZ; k++)
                        {
                            Compare(atom, i, j, k);
                        }
                    }
                }

                long key = Key(x, y, z);
                _next[atom] = _first.TryGetValue(key, out int other) ? other : -1;
                _first[key] = atom;
            }
        }

        private static int Bins(double width) => (int)Math.Clamp(Math.Floor(width / BinWidth), 1, MostBins);

        /// <summary>The bin of a coordinate, and the lowest and highest bin (not yet folded back) that an overlapping atom can lie in.</summary>
        private static (int Bin, int Low, int High) Range(double s, int bins, double width)
        {
            // A little more than the distance: the folded coordinates carry rounding errors.
            double margin = 1.01 * SmallestDistance / width * bins;
            double place = s * bins;
            int bin = Math.Min((int)place, bins - 1);
            return (bin, place - bin < margin ? bin - 1 : bin, bin + 1 - place < margin ? bin + 1 : bin);
        }

        private Vector3 Fold(int atom)
        {
            Vector3 r = structure.Position(atom);
            Vector3 s = structure.Cell.ToFractional(r);
            bool near = Math.Abs(s.X) < FarthestCell && Math.Abs(s.Y) < FarthestCell && Math.Abs(s.Z) < FarthestCell;
            return near
                ? new(s.X - Math.Floor(s.X), s.Y - Math.Floor(s.Y), s.Z - Math.Floor(s.Z))
                : throw new InputException(
                    r.IsFinite ? $"atom {structure.Ids[atom]} lies far outside of the cell" : $"the position of atom {structure.Ids[atom]} is not finite",
                    file: file,
                    expected: "positions in or near the cell",
                    found: Invariant($"({r.X}, {r.Y}, {r.Z})"));
        }

        private void Compare(int atom, int i, int j, int k)
        {
            // A bin beyond a face is the one at the opposite face, seen one cell further.
            int shiftX = i < 0 ? -1 : i >= _binsX ? 1 : 0;
            int shiftY = j < 0 ? -1 : j >= _binsY ? 1 : 0;
            int shiftZ = k < 0 ? -1 : k >= _binsZ ? 1 : 0;
            if (!_first.TryGetValue(Key(i - (shiftX * _binsX), j - (shiftY * _binsY), k - (shiftZ * _binsZ)), out int other))
            {
                return;
            }

            Vector3 here = _fractional[atom] - new Vector3(shiftX, shiftY, shiftZ);
            for (; other >= 0; other = _next[other])
            {
                double distance = (_vectors * (_fractional[other] - here)).Length;
                if (distance < SmallestDistance)
                {
                    throw new InputException(
                        $"atoms {structure.Ids[other]} and {structure.Ids[atom]} overlap",
                        file: file,
                        expected: Invariant($"distances of at least {SmallestDistance} Å, periodic images included"),
                        found: Invariant($"{distance:G6} Å"));
                }
            }
        }

        private long Key(int x, int y, int z) => (((long)x * _binsY) + y) * _binsZ + z;
    }
}
