namespace Glasswright.Kernels.Structure;

/// <summary>
/// Atoms in a periodic cell. Coordinates lie as structure of arrays in one block, <c>[3·Stride], x0 x1 … y0 y1 … z0 z1 …</c>,
/// Stride being the number of atoms rounded up to 8; the padding holds zeros. Positions in Å, not necessarily wrapped.
/// The order of the atoms is that of the file and never changes; <see cref="Ids"/> holds what the file called them.
/// </summary>
public sealed class AtomicStructure
{
    private Cell _cell;

    /// <summary>Creates <paramref name="count"/> atoms of species 0 at the origin, with ids 1, 2, ….</summary>
    public AtomicStructure(int count, Cell cell, IReadOnlyList<string> speciesNames)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(speciesNames);
        Count = count;
        Stride = PaddedCount(count);
        _cell = cell;
        SpeciesNames = [.. speciesNames];
        Coordinates = new double[3 * Stride];
        Species = new int[count];
        Ids = new long[count];
        for (int i = 0; i < count; i++)
        {
            Ids[i] = i + 1;
        }
    }

    private AtomicStructure(AtomicStructure other)
    {
        Count = other.Count;
        Stride = other.Stride;
        _cell = other._cell;
        SpeciesNames = other.SpeciesNames;
        Coordinates = [.. other.Coordinates];
        Species = [.. other.Species];
        Ids = [.. other.Ids];
    }

    /// <summary>Number of atoms N.</summary>
    public int Count { get; }

    /// <summary>N rounded up to a multiple of 8.</summary>
    public int Stride { get; }

    /// <summary>The periodic cell.</summary>
    public Cell Cell
    {
        get => _cell;
        set => _cell = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>
    /// Element of species 0, 1, …. Empty names stand for types whose element the file did not tell (LAMMPS types 1, 2, …).
    /// </summary>
    public IReadOnlyList<string> SpeciesNames { get; private set; }

    /// <summary>All coordinates, <c>[3·Stride]</c>.</summary>
    public double[] Coordinates { get; }

    /// <summary>x of every atom.</summary>
    public Span<double> X => Coordinates.AsSpan(0, Count);

    /// <summary>y of every atom.</summary>
    public Span<double> Y => Coordinates.AsSpan(Stride, Count);

    /// <summary>z of every atom.</summary>
    public Span<double> Z => Coordinates.AsSpan(2 * Stride, Count);

    /// <summary>Species of every atom, an index into <see cref="SpeciesNames"/>.</summary>
    public int[] Species { get; }

    /// <summary>What the file called every atom.</summary>
    public long[] Ids { get; }

    /// <summary>The padded length of arrays over <paramref name="count"/> atoms.</summary>
    public static int PaddedCount(int count) => (count + 7) & ~7;

    /// <summary>The position of an atom.</summary>
    public Vector3 Position(int atom) =>
        new(Coordinates[atom], Coordinates[Stride + atom], Coordinates[(2 * Stride) + atom]);

    /// <summary>Moves an atom.</summary>
    public void SetPosition(int atom, Vector3 position)
    {
        Coordinates[atom] = position.X;
        Coordinates[Stride + atom] = position.Y;
        Coordinates[(2 * Stride) + atom] = position.Z;
    }

    /// <summary>Names the species; the number of names must cover every species in use.</summary>
    public void NameSpecies(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count < SpeciesNames.Count)
        {
            throw new ArgumentException(
                $"{SpeciesNames.Count} species need {SpeciesNames.Count} names, not {names.Count}.", nameof(names));
        }

        SpeciesNames = [.. names];
    }

    /// <summary>Exchanges the species of two atoms; positions and ids stay.</summary>
    public void SwapSpecies(int a, int b) => (Species[a], Species[b]) = (Species[b], Species[a]);

    /// <summary>Brings every atom into the cell by <see cref="Cell.Wrap"/>.</summary>
    public void Wrap()
    {
        for (int i = 0; i < Count; i++)
        {
            SetPosition(i, _cell.Wrap(Position(i)));
        }
    }

    /// <summary>Multiplies cell and positions (about the cell's origin) by a gradient.</summary>
    public void Deform(Matrix3 gradient)
    {
        for (int i = 0; i < Count; i++)
        {
            SetPosition(i, _cell.Origin + (gradient * (Position(i) - _cell.Origin)));
        }

        _cell = _cell.Deformed(gradient);
    }

    /// <summary>A copy that shares nothing that can change.</summary>
    public AtomicStructure Clone() => new(this);

    /// <summary>Takes over cell, positions and species of a structure of the same atoms, without allocating.</summary>
    public void CopyFrom(AtomicStructure other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Count != Count)
        {
            throw new ArgumentException($"{other.Count} atoms do not fit {Count}.", nameof(other));
        }

        _cell = other._cell;
        SpeciesNames = other.SpeciesNames;
        other.Coordinates.CopyTo(Coordinates, 0);
        other.Species.CopyTo(Species, 0);
        other.Ids.CopyTo(Ids, 0);
    }

    /// <summary>The atom that the file called <paramref name="id"/>, or -1.</summary>
    public int IndexOf(long id) => Array.IndexOf(Ids, id);
}
