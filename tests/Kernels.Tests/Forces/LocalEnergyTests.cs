using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Forces;

public class LocalEnergyTests
{
    // Rounding of sums of about 1e5 terms of an energy of 4e3 eV.
    private const double Rounding = 1e-8;

    [Fact]
    public void BindGivesTheEnergyOfTheFullForceField()
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        using var local = new LocalEnergy(ReferenceData.CopperZirconium);
        local.Bind(glass.Clone()).ShouldBe(Full(glass), Rounding);
    }

    [Fact]
    public void EveryChangeEqualsTheFullRecomputeAlsoAfterCommitsAndRejections()
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        using var local = new LocalEnergy(ReferenceData.CopperZirconium);
        double energy = local.Bind(glass);
        var dice = new DrawSequence(3, RandomStream.SelfTest, 0, 0);
        for (int move = 0; move < 40; move++)
        {
            int a = (int)dice.NextBelow(glass.Count), b = (int)dice.NextBelow(glass.Count);
            bool swap = move % 2 == 0;
            AtomicStructure after = glass.Clone();
            double change;
            if (swap)
            {
                after.SwapSpecies(a, b);
                change = local.SwapEnergyChange(a, b);
            }
            else
            {
                Vector3 to = glass.Position(a) +
                    new Vector3(0.3 * (dice.NextUniform() - 0.5), 0.3 * (dice.NextUniform() - 0.5), 0.3 * (dice.NextUniform() - 0.5));
                after.SetPosition(a, to);
                change = local.DisplacementEnergyChange(a, to);
            }

            double expected = Full(after);
            (energy + change).ShouldBe(expected, Rounding);
            if (move % 3 != 0)
            {
                local.Commit();
                energy = expected;
                glass.Coordinates.ShouldBe(after.Coordinates);
                glass.Species.ShouldBe(after.Species);
            }
        }
    }

    [Fact]
    public void AnAtomThatTakesAnotherSpeciesChangesTheEnergyByTheFullDifferenceAlsoAmongOtherMoves()
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        using var local = new LocalEnergy(ReferenceData.CopperZirconium);
        double energy = local.Bind(glass);
        var dice = new DrawSequence(5, RandomStream.SelfTest, 0, 0);
        for (int move = 0; move < 40; move++)
        {
            int a = (int)dice.NextBelow(glass.Count), b = (int)dice.NextBelow(glass.Count);
            AtomicStructure after = glass.Clone();
            double change;
            if (move % 4 == 3)
            {
                after.SwapSpecies(a, b);
                change = local.SwapEnergyChange(a, b);
            }
            else
            {
                after.Species[a] = 1 - after.Species[a];
                change = local.TransmutationEnergyChange(a, after.Species[a]);
            }

            double expected = Full(after);
            (energy + change).ShouldBe(expected, Rounding);
            if (move % 3 != 0)
            {
                local.Commit();
                energy = expected;
                glass.Species.ShouldBe(after.Species);
            }
        }

        local.TransmutationEnergyChange(7, glass.Species[7]).ShouldBe(0, 1e-12);
    }

    [Fact]
    public void NeighborsThatExchangeSpeciesSeeEachOther()
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        using var local = new LocalEnergy(ReferenceData.CopperZirconium);
        double energy = local.Bind(glass);
        (int a, int b) = ClosestUnlikePair(glass);
        AtomicStructure after = glass.Clone();
        after.SwapSpecies(a, b);
        (energy + local.SwapEnergyChange(a, b)).ShouldBe(Full(after), Rounding);
    }

    [Fact]
    public void AGlassMovedAtomByAtomThroughTheFacesOfItsCellHasItsEnergyAgain()
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        using var local = new LocalEnergy(ReferenceData.CopperZirconium);
        double energy = local.Bind(glass), before = energy;
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < glass.Count; i++)
            {
                energy += local.DisplacementEnergyChange(i, glass.Position(i) + new Vector3(0.17, 0.17, 0.17));
                local.Commit();
            }
        }

        energy.ShouldBe(before, 1e-7);
        Full(glass).ShouldBe(before, 1e-7);
    }

    [Fact]
    public void ComputingAChangeTouchesNothing()
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        AtomicStructure before = glass.Clone();
        using var local = new LocalEnergy(ReferenceData.CopperZirconium);
        local.Bind(glass);
        double first = local.SwapEnergyChange(1, 500);
        local.DisplacementEnergyChange(77, glass.Position(77) + new Vector3(0.1, 0, 0));
        local.SwapEnergyChange(1, 500).ShouldBe(first);
        glass.Coordinates.ShouldBe(before.Coordinates);
        glass.Species.ShouldBe(before.Species);
    }

    [Fact]
    public void ACellTooSmallForNearestImagesIsRefused()
    {
        using var local = new LocalEnergy(ReferenceData.CopperZirconium);
        Should.Throw<InputException>(() => local.Bind(SmallCells.Pair(2.5, 16))).Message.ShouldContain("too small");
    }

    private static double Full(AtomicStructure structure)
    {
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        field.Bind(structure);
        return field.Evaluate(structure, new ForceResult(structure.Count), ForceParts.Energy);
    }

    private static (int A, int B) ClosestUnlikePair(AtomicStructure s)
    {
        (int, int) best = (0, 0);
        double closest = double.PositiveInfinity;
        for (int i = 0; i < s.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double d = (s.Position(i) - s.Position(j)).Length;
                if (s.Species[i] != s.Species[j] && d < closest)
                {
                    (best, closest) = ((i, j), d);
                }
            }
        }

        return best;
    }
}
