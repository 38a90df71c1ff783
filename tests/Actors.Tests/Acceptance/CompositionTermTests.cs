using Glasswright.Actors.Acceptance;
using Glasswright.Kernels;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Acceptance;

public class CompositionTermTests
{
    private static readonly string[] Names = ["Cu", "Zr", "Al"];

    [Fact]
    public void SemiGrandIsMinusTheSumOfPotentialsTimesNumbers()
    {
        var term = CompositionTerm.SemiGrand(Potentials(0, 0.5, -0.2));
        term.Of(Names, [5, 3, 2]).ShouldBe(-(0.5 * 3) + (0.2 * 2), 1e-14);
        term.Of(Structure(0, 1, 1, 2)).ShouldBe(-0.5 * 2 + 0.2, 1e-14);
    }

    [Fact]
    public void OnlyDifferencesOfPotentialsCount()
    {
        var term = CompositionTerm.SemiGrand(Potentials(0.1, 0.5, -0.2));
        var shifted = CompositionTerm.SemiGrand(Potentials(3.1, 3.5, 2.8));
        double change = term.Of(Names, [4, 4, 2]) - term.Of(Names, [5, 3, 2]);
        (shifted.Of(Names, [4, 4, 2]) - shifted.Of(Names, [5, 3, 2])).ShouldBe(change, 1e-12);
        change.ShouldBe(-(0.5 - 0.1), 1e-12);
    }

    [Fact]
    public void TheVarianceConstraintIsKappaNTimesTheSquaresOfTheSharesOff()
    {
        // 10 atoms, 0.3 of them Zr where 0.5 are wanted: 2 eV · 10 · 0.04.
        var shares = new Dictionary<string, double> { ["Zr"] = 0.5 };
        var term = CompositionTerm.VarianceConstrained(shares, 2);
        term.Of(Names, [5, 3, 2]).ShouldBe(0.8, 1e-14);
        term.Of(Names, [5, 5, 0]).ShouldBe(0, 1e-14);

        // A glass ten times as large at equal shares costs ten times as much.
        term.Of(Names, [50, 30, 20]).ShouldBe(8, 1e-13);
    }

    [Fact]
    public void ElementsThatTheStructureDoesNotHaveAreRefusedWithTheNearest()
    {
        AtomicStructure structure = Structure(0, 1, 2);
        InputException unknown = Should.Throw<InputException>(
            () => CompositionTerm.SemiGrand(new Dictionary<string, double> { ["Cu"] = 0, ["zr"] = 1, ["Al"] = 1 }).RequireFits(structure));
        unknown.Message.ShouldContain("search.composition.chemical-potential");
        unknown.Nearest.ShouldBe("Zr");
        Should.Throw<InputException>(
            () => CompositionTerm.SemiGrand(new Dictionary<string, double> { ["Cu"] = 0, ["Al"] = 1 }).RequireFits(structure))
            .Found.ShouldBe("no Zr");
        Should.Throw<InputException>(
            () => CompositionTerm.VarianceConstrained(new Dictionary<string, double> { ["Ni"] = 0.5 }, 1).RequireFits(structure))
            .Message.ShouldContain("search.composition.target");
        CompositionTerm.VarianceConstrained(new Dictionary<string, double> { ["Al"] = 0.5 }, 1).RequireFits(structure);
    }

    private static Dictionary<string, double> Potentials(double copper, double zirconium, double aluminum) =>
        new() { ["Cu"] = copper, ["Zr"] = zirconium, ["Al"] = aluminum };

    private static AtomicStructure Structure(params int[] species)
    {
        var structure = new AtomicStructure(species.Length, Cell.Orthorhombic(9, 9, 9), Names);
        species.CopyTo(structure.Species, 0);
        return structure;
    }
}
