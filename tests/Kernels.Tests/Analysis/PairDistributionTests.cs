using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Tests.Analysis;

/// <summary>Pair distributions, coordination and chemical order against crystals, gases and counting by hand.</summary>
public sealed class PairDistributionTests
{
    [Fact]
    public void CrystalsHaveTheCoordinationNumbersOfTheBooks()
    {
        ShouldHaveShells(Lattices.Fcc(4), 12, 6, 24, 12);
        ShouldHaveShells(Lattices.Bcc(5), 8, 6, 12);
        ShouldHaveShells(Lattices.SimpleCubic(6), 6, 12, 8, 6);
    }

    [Fact]
    public void B2HasUnlikeAtomsInItsFirstShellAndLikeOnesInItsSecond()
    {
        PairDistribution pairs = Compute(Lattices.B2(5));
        double[] bounds = ShellBounds.Find(pairs, null, null, 2);
        pairs.Coordination(0, 1, bounds[0]).ShouldBe(8);
        pairs.Coordination(0, 0, bounds[0]).ShouldBe(0);
        pairs.Coordination(1, 1, bounds[1]).ShouldBe(6);
        WarrenCowley.Compute(pairs, 0, 1, 0, bounds[0]).ShouldBe(-1, 1e-12);
        WarrenCowley.Compute(pairs, 0, 0, 0, bounds[0]).ShouldBe(1, 1e-12);
        WarrenCowley.Compute(pairs, 0, 1, bounds[0], bounds[1]).ShouldBe(1, 1e-12);
    }

    [Fact]
    public void AtomsPlacedByChanceHaveNoChemicalOrder()
    {
        AtomicStructure alloy = Lattices.Fcc(10);
        int[] order = Lattices.Shuffle(alloy.Count, 1);
        for (int k = 0; k < alloy.Count / 3; k++)
        {
            alloy.Species[order[k]] = 1;
        }

        PairDistribution pairs = Compute(alloy, 4);

        // Of 12 N bonds: the standard deviation is near 1/√(12 N c) of the share itself.
        WarrenCowley.Compute(pairs, 0, 1, 0, 3).ShouldBe(0, 4 / Math.Sqrt(12.0 * alloy.Count / 3));
    }

    [Fact]
    public void AGasHasNoStructureWithinItsError()
    {
        AtomicStructure gas = Lattices.Gas(4000, new Cell(new Matrix3(40, 5, 0, 0, 40, -9, 0, 0, 40)), 7);
        PairDistribution pairs = Compute(gas, 10, 0.1);
        foreach ((int? a, int? b) in ((int?, int?)[])[(null, null), (0, 1), (1, 1)])
        {
            double[] g = a is { } s && b is { } t ? pairs.Partial(s, t) : pairs.Total();
            long[] counts = pairs.Counts(a, b);
            double chi = 0;
            for (int k = 10; k < g.Length; k++)
            {
                // A pair of like atoms is counted from both ends, so the count has twice the variance of a count of pairs.
                double expected = counts[k] / g[k], variance = a == b ? 2 * expected : expected;
                chi += (counts[k] - expected) * (counts[k] - expected) / variance;
            }

            // χ² of 90 bins has the mean 90 and the standard deviation √180.
            chi.ShouldBe(90, 4 * Math.Sqrt(180));
        }

        ShellBounds.Find(pairs, null, null, 3).ShouldBeEmpty("a gas has no shells");
    }

    [Fact]
    public void CountsAreThoseOfLookingAtEveryImage()
    {
        AtomicStructure small = SmallCells.Random(9, 5, 3);
        PairDistribution pairs = PairDistribution.Compute(small, 8, 0.5, SerialRunner.Instance);
        var expected = new long[2, 2, 16];
        for (int i = 0; i < small.Count; i++)
        {
            for (int j = 0; j < small.Count; j++)
            {
                for (int n = 0; n < 343; n++)
                {
                    double d = (small.Position(j) - small.Position(i) + small.Cell.Translation((n % 7) - 3, (n / 7 % 7) - 3, (n / 49) - 3)).Length;
                    if (d > 0 && d <= 8)
                    {
                        expected[small.Species[i], small.Species[j], (int)Math.Ceiling(d / 0.5) - 1]++;
                    }
                }
            }
        }

        for (int p = 0; p < 4; p++)
        {
            pairs.Counts(p / 2, p % 2).ShouldBe([.. Enumerable.Range(0, 16).Select(k => expected[p / 2, p % 2, k])]);
        }
    }

    [Fact]
    public void ThreadsOrderAndSymmetryChangeNothing()
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        PairDistribution pairs = Compute(glass);
        using var team = new ThreadTeam(3);
        var again = PairDistribution.Compute(Lattices.Reordered(glass, Lattices.Shuffle(glass.Count, 2)), 12, 0.05, team);
        again.Total().ShouldBe(pairs.Total());
        again.Partial(0, 1).ShouldBe(pairs.Partial(0, 1));
        pairs.Partial(1, 0).ShouldBe(pairs.Partial(0, 1));
    }

    [Fact]
    public void TheGlassHasItsFirstMinimumWhereCopperZirconiumHasIt()
    {
        PairDistribution pairs = Compute(ReferenceData.Glass("cu50zr50-864.data"));
        ShellBounds.Find(pairs, null, null, 4)[0].ShouldBeInRange(3.6, 4.2);
        ShellBounds.Find(pairs, 0, 0, 1)[0].ShouldBeInRange(2.9, 3.8);

        // Counted with a script of its own: the smoothed g of Zr-Zr is lowest, 0.33, at 3.75 Å.
        ShellBounds.Find(pairs, 1, 1, 1)[0].ShouldBe(3.75, 0.06);
    }

    [Fact]
    public void SpeciesWithoutAtomsHaveNoDistribution()
    {
        PairDistribution pairs = Compute(Lattices.Fcc(3));
        pairs.Partial(0, 1).ShouldAllBe(g => double.IsNaN(g));
        pairs.Coordination(1, 0, 3).ShouldBe(double.NaN);
        WarrenCowley.Compute(pairs, 0, 1, 0, 3).ShouldBe(double.NaN);
    }

    private static void ShouldHaveShells(AtomicStructure lattice, params int[] numbers)
    {
        PairDistribution pairs = Compute(lattice, 8);
        double[] bounds = ShellBounds.Find(pairs, null, null, numbers.Length);
        bounds.Length.ShouldBe(numbers.Length);
        int sum = 0;
        for (int k = 0; k < numbers.Length; k++)
        {
            sum += numbers[k];
            pairs.Coordination(null, null, bounds[k]).ShouldBe(sum);
        }
    }

    private static PairDistribution Compute(AtomicStructure structure, double range = 12, double step = 0.05) =>
        PairDistribution.Compute(structure, range, step, SerialRunner.Instance);
}
