using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// The embedded-atom energy of a structure that changes by one exchange of species, one displacement or one atom's species at a time:
/// ΔE = Σ_{affected} [F(ρ') - F(ρ)] + Σ_{pairs of the changed atoms} [φ' - φ], at the cost of the neighborhood within the cutoff.
/// Energies in eV, lengths in Å; tables and interpolation are those of <see cref="ReferenceEam"/>.
/// </summary>
/// <remarks>
/// It keeps the density of every atom and adds changes to it at each commit, so rounding errors gather; <see cref="Bind"/>
/// computes everything anew. Distances are nearest images, so every perpendicular width must be at least twice the reach of the
/// neighbor list, and an atom meets no image of itself. The candidates come from a neighbor list of the last bind, made anew (the list alone) when an atom has moved half its skin; all
/// sums run in list order, so the bits depend on the structure bound and the commits since, and on nothing else.
/// </remarks>
internal sealed class LocalEnergy : IDisposable
{
    private const double Skin = 0.6;

    private readonly EamTables _tables;
    private readonly HermiteTable[] _embedding;
    private readonly HermiteTable[][] _density;
    private readonly HermiteTable[][] _radiusTimesPair;
    private readonly Adjacency _neighbors;
    private AtomicStructure? _structure;
    private int[] _elements = [];
    private double[] _rho = [];
    private double[] _built = [];

    // The change computed last: the atoms whose density it alters, in the order in which they were met.
    private int[] _touched = [];
    private double[] _newRho = [];
    private int[] _mark = [];
    private int _touchedCount;
    private Change _change;

    /// <summary>Takes the tables as they stand.</summary>
    public LocalEnergy(EamTables tables)
    {
        _tables = tables;
        _embedding = [.. tables.Embedding.Select(f => new HermiteTable(f, tables.DensityStep))];
        _density = [.. tables.Density.Select(row => row.Select(f => new HermiteTable(f, tables.RadiusStep)).ToArray())];
        _radiusTimesPair =
            [.. tables.RadiusTimesPair.Select(row => row.Select(f => new HermiteTable(f, tables.RadiusStep)).ToArray())];
        _neighbors = new Adjacency(tables.Cutoff + Skin);
    }

    /// <summary>The longest displacement, Å: half the skin of the neighbor list.</summary>
    public const double LongestDisplacement = 0.5 * Skin;

    private enum Move
    {
        None,
        Swap,
        Displacement,
        Transmutation,
    }

    /// <summary>The structure that was bound, with all commits since.</summary>
    public AtomicStructure Structure => _structure ?? throw new InvalidOperationException("No structure is bound.");

    /// <summary>Requires a cell in which nearest images are all images.</summary>
    /// <exception cref="InputException">It is narrower than twice the reach of the neighbor list.</exception>
    public static void RequireRoom(Cell cell, double cutoff)
    {
        Vector3 widths = cell.PerpendicularWidths;
        double narrowest = Math.Min(widths.X, Math.Min(widths.Y, widths.Z));
        double least = 2 * (cutoff + Skin);
        if (narrowest < least)
        {
            throw new InputException(
                "the cell is too small for local energy changes",
                expected: FormattableString.Invariant($"perpendicular widths of at least {least} Å"),
                found: FormattableString.Invariant($"{narrowest} Å"));
        }
    }

    /// <summary>Takes a structure over (commits change it) and computes every density and the energy from its positions.</summary>
    /// <returns>The potential energy, eV.</returns>
    /// <exception cref="InputException">The cell is narrower than twice the cutoff, or a species is unknown.</exception>
    public double Bind(AtomicStructure structure)
    {
        RequireRoom(structure.Cell, _tables.Cutoff);
        _structure = structure;
        _change = default;
        int count = structure.Count;
        if (_rho.Length != count)
        {
            _elements = new int[count];
            _rho = new double[count];
            _newRho = new double[count];
            _touched = new int[count];
            _mark = new int[count];
            _built = new double[structure.Coordinates.Length];
            _touchedCount = 0;
        }

        SpeciesMap.Resolve(structure, _tables, _elements);
        BuildList();
        double energy = 0;
        for (int i = 0; i < count; i++)
        {
            double rho = 0, pairs = 0;
            foreach (int j in _neighbors.Of(i))
            {
                double r = Distance(structure.Position(i), structure.Position(j));
                if (r < _tables.Cutoff)
                {
                    rho += _density[_elements[j]][_elements[i]].Evaluate(r).Value;
                    pairs += Pair(_elements[i], _elements[j], r);
                }
            }

            _rho[i] = rho;
            energy += Embed(_elements[i], rho) + (0.5 * pairs);
        }

        return energy;
    }

    /// <summary>What exchanging the species of two atoms would change, eV. Nothing is changed until <see cref="Commit"/>.</summary>
    public double SwapEnergyChange(int a, int b)
    {
        _change = new Change(Move.Swap, a, b, default);
        Clear();
        int newA = _elements[b], newB = _elements[a];
        double pairs = ChangeOf(a, newA, Structure.Position(a), b, newB) + ChangeOf(b, newB, Structure.Position(b), a, newA);
        return pairs + EmbeddingChange(a, newA, b, newB);
    }

    /// <summary>What moving an atom to a position would change, eV. Nothing is changed until <see cref="Commit"/>.</summary>
    public double DisplacementEnergyChange(int atom, Vector3 to)
    {
        _change = new Change(Move.Displacement, atom, -1, to);
        Clear();

        if (!((to - Structure.Position(atom)).Length <= LongestDisplacement))
        {
            throw new ArgumentOutOfRangeException(nameof(to), $"A displacement must not exceed {LongestDisplacement} Å.");
        }

        // The list must hold the neighbors at either end.
        if (DistanceSinceBuild(atom, to) > 0.5 * Skin)
        {
            BuildList();
        }

        double pairs = ChangeOf(atom, _elements[atom], to, -1, 0);
        return pairs + EmbeddingChange(atom, _elements[atom], -1, 0);
    }

    /// <summary>What giving an atom another species would change, eV. Nothing is changed until <see cref="Commit"/>.</summary>
    /// <param name="atom">The atom.</param>
    /// <param name="species">Its new species, an index into the structure's names.</param>
    /// <exception cref="InputException">The potential lacks it.</exception>
    public double TransmutationEnergyChange(int atom, int species)
    {
        int element = SpeciesMap.IndexOf(Structure.SpeciesNames[species], _tables);
        _change = new Change(Move.Transmutation, atom, species, default);
        Clear();

        // A move to where it is already: only the element differs.
        double pairs = ChangeOf(atom, element, Structure.Position(atom), -1, 0);
        return pairs + EmbeddingChange(atom, element, -1, 0);
    }

    /// <summary>Makes the change that was computed last.</summary>
    public void Commit()
    {
        switch (_change.Kind)
        {
            case Move.Swap:
                Structure.SwapSpecies(_change.A, _change.B);
                (_elements[_change.A], _elements[_change.B]) = (_elements[_change.B], _elements[_change.A]);
                break;
            case Move.Displacement:
                Structure.SetPosition(_change.A, _change.To);
                break;
            case Move.Transmutation:
                Structure.Species[_change.A] = _change.B;
                _elements[_change.A] = SpeciesMap.IndexOf(Structure.SpeciesNames[_change.B], _tables);
                break;
            default:
                throw new InvalidOperationException("There is no change to commit.");
        }

        for (int k = 0; k < _touchedCount; k++)
        {
            _rho[_touched[k]] = _newRho[_touched[k]];
        }

        _change = default;
    }

    /// <inheritdoc/>
    public void Dispose() => _neighbors.Dispose();

    /// <summary>
    /// The change of the pair energy of one changed atom, and of its neighbors' densities and its own. The pair of two atoms that
    /// exchange species is φ_ab before and after, and its densities change like any other's.
    /// </summary>
    private double ChangeOf(int atom, int element, Vector3 to, int partner, int partnerElement)
    {
        AtomicStructure structure = Structure;
        Vector3 from = structure.Position(atom);
        bool moves = partner < 0;
        double pairs = 0, own = 0;
        foreach (int j in _neighbors.Of(atom))
        {
            Vector3 position = structure.Position(j);
            double before = Distance(from, position);
            double after = moves ? Distance(to, position) : before;
            int other = j == partner ? partnerElement : _elements[j];
            double given = 0;
            if (before < _tables.Cutoff)
            {
                given -= _density[_elements[atom]][_elements[j]].Evaluate(before).Value;
                pairs -= j == partner ? 0 : Pair(_elements[atom], _elements[j], before);
            }

            if (after < _tables.Cutoff)
            {
                own += _density[other][element].Evaluate(after).Value;
                given += _density[element][_elements[j]].Evaluate(after).Value;
                pairs += j == partner ? 0 : Pair(element, other, after);
            }

            if (j != partner && (before < _tables.Cutoff || after < _tables.Cutoff))
            {
                Touch(j);
                _newRho[j] += given;
            }
        }

        Touch(atom);
        _newRho[atom] = own;
        return pairs;
    }

    private double EmbeddingChange(int a, int elementA, int b, int elementB)
    {
        double sum = 0;
        for (int k = 0; k < _touchedCount; k++)
        {
            int i = _touched[k];
            int element = i == a ? elementA : i == b ? elementB : _elements[i];
            sum += Embed(element, _newRho[i]) - Embed(_elements[i], _rho[i]);
        }

        return sum;
    }

    private void Clear()
    {
        for (int k = 0; k < _touchedCount; k++)
        {
            _mark[_touched[k]] = 0;
        }

        _touchedCount = 0;
    }

    private void Touch(int atom)
    {
        if (_mark[atom] == 0)
        {
            _mark[atom] = 1;
            _touched[_touchedCount++] = atom;
            _newRho[atom] = _rho[atom];
        }
    }

    private void BuildList()
    {
        _neighbors.Build(Structure);
        Structure.Coordinates.CopyTo(_built, 0);
    }

    private double DistanceSinceBuild(int atom, Vector3 to)
    {
        int stride = Structure.Stride;
        return (to - new Vector3(_built[atom], _built[stride + atom], _built[(2 * stride) + atom])).Length;
    }

    private double Distance(Vector3 a, Vector3 b)
    {
        Cell cell = Structure.Cell;
        Vector3 d = b - a;
        Vector3 s = cell.Inverse * d;
        return (d - (cell.Vectors * new Vector3(Math.Round(s.X), Math.Round(s.Y), Math.Round(s.Z)))).Length;
    }

    private double Pair(int a, int b, double r) => _radiusTimesPair[a][b].Evaluate(r).Value / r;

    private double Embed(int element, double rho) => _embedding[element].Extrapolate(rho).Value;

    private readonly record struct Change(Move Kind, int A, int B, Vector3 To);
}
