using Glasswright.Host.Output;
using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Analysis;

/// <summary>What the cells of a structure say in a few numbers: the row that follows a chain.</summary>
internal sealed class StructureMotifs
{
    /// <summary>1 g/mol per Å³ in g/cm³: 10²⁴/N_A.</summary>
    private const double GramsPerCubicCentimeter = 1e24 / 6.02214076e23;

    private readonly AtomicStructure _structure;

    private StructureMotifs(AtomicStructure structure, VoronoiTessellation cells, Crystallinity order)
    {
        _structure = structure;
        Cells = cells;
        Order = order;
        Indices = [.. Enumerable.Range(0, structure.Count).Select(cells.Index)];
    }

    /// <summary>The tessellation.</summary>
    public VoronoiTessellation Cells { get; }

    /// <summary>Crystalline order.</summary>
    public Crystallinity Order { get; }

    /// <summary>Index of every atom.</summary>
    public IReadOnlyList<VoronoiIndex> Indices { get; }

    /// <summary>Mass density, g/cm³; NaN where a species is no element.</summary>
    public double Density => DensityOf(_structure);

    /// <summary>Share of atoms with 2n₄ + n₅ = 12.</summary>
    public double Polytetrahedral => Share(null, index => index.IsPolytetrahedral);

    /// <summary>Mass density of a structure, Σ m / V in g/cm³; NaN where a species is no element.</summary>
    public static double DensityOf(AtomicStructure structure)
    {
        double mass = 0;
        foreach (int species in structure.Species)
        {
            mass += Elements.Mass(structure.SpeciesNames[species]) ?? double.NaN;
        }

        return mass / structure.Cell.Volume * GramsPerCubicCentimeter;
    }

    /// <summary>Computes the cells and the order.</summary>
    public static StructureMotifs Of(AtomicStructure structure, AnalysisSettings settings)
    {
        VoronoiTessellation cells = settings.Tessellate(structure);
        return new(structure, cells, Crystallinity.Compute(structure, cells, settings.Runner));
    }

    /// <summary>Share of the atoms of a species, or of all, whose index is such.</summary>
    public double Share(int? species, Predicate<VoronoiIndex> isSuch)
    {
        int count = 0, all = 0;
        for (int i = 0; i < Indices.Count; i++)
        {
            if (species is null || _structure.Species[i] == species)
            {
                all++;
                count += isSuch(Indices[i]) ? 1 : 0;
            }
        }

        return (double)count / all;
    }

    /// <summary>Names of <see cref="Figures"/>.</summary>
    public static IEnumerable<string> Names(IReadOnlyList<string> species) =>
    [
        "density_g_per_cm3",
        "volume_A3_per_atom",
        .. species.Select(name => $"icosahedra_{name}"),
        .. species.Select(name => $"frank_kasper_16_{name}"),
        "polytetrahedral",
        "crystalline",
        "b2",
    ];

    /// <summary>The numbers in a row: a long chain keeps these and not the cells.</summary>
    public double[] Figures()
    {
        int[] species = [.. Enumerable.Range(0, _structure.SpeciesNames.Count)];
        return
        [
            Density,
            _structure.Cell.Volume / _structure.Count,
            .. species.Select(s => Share(s, index => index == VoronoiIndex.Icosahedron)),
            .. species.Select(s => Share(s, index => index == VoronoiIndex.FrankKasper16)),
            Polytetrahedral,
            Order.Fraction,
            Order.B2Fraction,
        ];
    }

    /// <summary>The numbers for a summary.</summary>
    public Report Describe(IReadOnlyList<string> species) => new Report()
        .Whole("atoms", "atoms", _structure.Count)
        .Number("density_g_per_cm3", "density", Density, "g/cm³", "F4")
        .Number("volume_A3_per_atom", "volume of an atom", _structure.Cell.Volume / _structure.Count, "Å³", "F4")
        .Map("icosahedra", "<0,0,12,0> around", Shares(species, VoronoiIndex.Icosahedron), "", "F4")
        .Map("frank_kasper_16", "<0,0,12,4> around", Shares(species, VoronoiIndex.FrankKasper16), "", "F4")
        .Number("polytetrahedral", "polytetrahedral (2n4 + n5 = 12)", Polytetrahedral, "", "F4")
        .Number("crystalline", "crystalline", Order.Fraction, "", "F4")
        .Number("b2", "of these in B2", Order.B2Fraction, "", "F4");

    private IEnumerable<KeyValuePair<string, double>> Shares(IReadOnlyList<string> species, VoronoiIndex motif) =>
        species.Select((name, s) => KeyValuePair.Create(name, Share(s, index => index == motif)));
}
