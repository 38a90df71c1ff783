using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Formats;

public sealed class StructureChecksTests
{
    /// <summary>Compared with all pairs and all neighboring images, in small tilted cells where overlaps are likely.</summary>
    [Fact]
    public void OverlapsAreThoseOfTheSumOverAllPairsAndImages()
    {
        int overlapping = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            AtomicStructure structure = RandomStructure(seed);
            bool expected = OverlapsByAllPairs(structure);
            overlapping += expected ? 1 : 0;
            Refuses(structure).ShouldBe(expected, $"seed {seed}");
        }

        // Both answers must have occurred often, or nothing was tested.
        overlapping.ShouldBeInRange(50, 250);
    }

    [Fact]
    public void OverlapAcrossAFaceNamesBothIdsAndTheDistance()
    {
        AtomicStructure structure = new(3, Cell.Orthorhombic(10, 10, 10), ["Cu"]);
        structure.Ids[2] = 30;
        structure.SetPosition(0, new Vector3(5, 5, 5));
        structure.SetPosition(1, new Vector3(0.01, 5, -20));
        structure.SetPosition(2, new Vector3(39.99, 5, 0));
        InputException error = Should.Throw<InputException>(() => StructureChecks.RequireUsable(structure, "a.data"));
        error.Problem.ShouldBe("atoms 2 and 30 overlap");
        error.Found.ShouldBe("0.02 Å");
    }

    [Theory]
    [InlineData(0.499, true)]
    [InlineData(0.501, false)]
    public void AtomsCloserThanHalfAnAngstromOverlap(double distance, bool overlap)
    {
        for (int place = 0; place < 40; place++)
        {
            // Along the diagonal, over faces of bins and of the cell.
            double s = (0.27 * place) - 5;
            AtomicStructure structure = new(2, Cell.Orthorhombic(10, 10, 10), ["Cu"]);
            structure.SetPosition(0, new Vector3(s, s, s));
            double t = s + (distance / Math.Sqrt(3));
            structure.SetPosition(1, new Vector3(t, t, t));
            Refuses(structure).ShouldBe(overlap, $"place {place}");
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void PositionThatIsNotFiniteOrFarAwayIsRefused(double x)
    {
        AtomicStructure structure = new(1, Cell.Orthorhombic(10, 10, 10), ["Cu"]);
        structure.SetPosition(0, new Vector3(x, 0, 0));
        Refuses(structure).ShouldBeTrue();
    }

    [Fact]
    public void NoAtomsAreRefused() => Refuses(new AtomicStructure(0, Cell.Orthorhombic(10, 10, 10), ["Cu"])).ShouldBeTrue();

    [Fact]
    public void CellThinnerThanTheSmallestDistanceIsRefused() =>
        Refuses(new AtomicStructure(1, Cell.Orthorhombic(10, 0.49, 10), ["Cu"])).ShouldBeTrue();

    [Fact]
    public void CrowdInOneCornerOfAHugeCellTakesNoQuadraticTime()
    {
        const int Edge = 40;
        AtomicStructure structure = new(Edge * Edge * Edge, Cell.Orthorhombic(1e5, 1e5, 1e5), ["Cu"]);
        for (int i = 0; i < structure.Count; i++)
        {
            structure.SetPosition(i, new Vector3(0.51 * (i % Edge), 0.51 * (i / Edge % Edge), 0.51 * (i / (Edge * Edge))));
        }

        // 64,000 atoms: all pairs, 2·10⁹, would take longer.
        Should.CompleteIn(() => StructureChecks.RequireUsable(structure, null), TimeSpan.FromSeconds(20));
    }

    private static bool Refuses(AtomicStructure structure)
    {
        try
        {
            StructureChecks.RequireUsable(structure, null);
            return false;
        }
        catch (InputException)
        {
            return true;
        }
    }

    private static AtomicStructure RandomStructure(int seed)
    {
        System.Random random = new(seed);
        Matrix3 h = new(
            Length(), (2 * random.NextDouble()) - 1, (2 * random.NextDouble()) - 1,
            0.6 * random.NextDouble(), Length(), (2 * random.NextDouble()) - 1,
            0.6 * random.NextDouble(), 0.4 * random.NextDouble(), Length());
        AtomicStructure structure = new(random.Next(2, 20), new Cell(h, new Vector3(1, -2, 3)), ["Cu"]);
        for (int i = 0; i < structure.Count; i++)
        {
            Vector3 s = new(random.NextDouble() + random.Next(-2, 3), random.NextDouble() + random.Next(-2, 3), random.NextDouble() + random.Next(-2, 3));
            structure.SetPosition(i, structure.Cell.ToCartesian(s));
        }

        return structure;

        double Length() => 1.4 + (3 * random.NextDouble());
    }

    private static bool OverlapsByAllPairs(AtomicStructure structure)
    {
        for (int i = 0; i < structure.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Vector3 difference = structure.Cell.Wrap(structure.Position(i)) - structure.Cell.Wrap(structure.Position(j));
                for (int image = 0; image < 125; image++)
                {
                    Vector3 shift = structure.Cell.Translation((image % 5) - 2, (image / 5 % 5) - 2, (image / 25) - 2);
                    if ((difference + shift).Length < StructureChecks.SmallestDistance)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }
}
