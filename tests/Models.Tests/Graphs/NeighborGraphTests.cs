using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Graphs;
using Glasswright.Tests.Support;

namespace Glasswright.Models.Tests.Graphs;

public class NeighborGraphTests
{
    private static readonly int[] OneSpecies = [0];

    /// <summary>Hand count for a simple cubic lattice: 6 neighbors at a, 12 at √2·a, 8 at √3·a.</summary>
    [Theory]
    [InlineData(1, 1.1, 6)]
    [InlineData(1, 1.5, 18)]
    [InlineData(1, 1.8, 26)]
    [InlineData(2, 1.5, 18)]
    [InlineData(3, 1.8, 26)]
    [InlineData(5, 1.8, 26)]
    public void SimpleCubicHasItsShells(int cellsAlongEdge, double cutoff, int neighbors)
    {
        AtomicStructure structure = new(
            cellsAlongEdge * cellsAlongEdge * cellsAlongEdge,
            Cell.Orthorhombic(cellsAlongEdge, cellsAlongEdge, cellsAlongEdge),
            ["Cu"]);
        for (int i = 0; i < structure.Count; i++)
        {
            structure.SetPosition(
                i,
                new Vector3(i % cellsAlongEdge, i / cellsAlongEdge % cellsAlongEdge, i / cellsAlongEdge / cellsAlongEdge));
        }

        NeighborGraph graph = new NeighborGraphBuilder(cutoff).Build(structure, OneSpecies);
        graph.EdgeCount.ShouldBe(neighbors * structure.Count);
        graph.MaxDegree.ShouldBe(neighbors);
        graph.Distances.ToArray().Count(d => d == 1).ShouldBe(6 * structure.Count);
    }

    public static TheoryData<string, Matrix3, int, double> Cells() => new()
    {
        { "wide", new Matrix3(30, 0, 0, 0, 28, 0, 0, 0, 26), 120, 4 },
        { "tilted", new Matrix3(14, 5, -4, 0, 13, 6, 0, 0, 12), 100, 4 },
        { "narrow", new Matrix3(5, 0, 0, 0, 40, 0, 0, 0, 7), 30, 4 },
        { "smaller than the cutoff", new Matrix3(2.5, 1, 0.5, 0, 3, 1, 0, 0, 2.2), 3, 4 },
        { "rotated", new Matrix3(9, 2, 1, -3, 11, 2, 1, -2, 10), 40, 4 },
        { "three bins", new Matrix3(12.1, 0, 0, 0, 12.1, 0, 0, 0, 12.1), 60, 4 },
        { "mostly empty", new Matrix3(1e6, 0, 0, 0, 1e6, 0, 0, 0, 1e5), 20, 4 },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public void EveryImageWithinTheCutoffIsFoundOnceAndInOrder(string name, Matrix3 vectors, int atoms, double cutoff)
    {
        AtomicStructure structure = RandomStructure(vectors, atoms, seed: atoms, crowded: name == "mostly empty");
        NeighborGraph graph = new NeighborGraphBuilder(cutoff).Build(structure, OneSpecies);
        List<(int I, int J, Vector3 Image, double Distance)> expected = BruteForce(structure, cutoff);

        graph.EdgeCount.ShouldBe(expected.Count, name);
        int edge = 0;
        double tolerance = 1e-12 * structure.Cell.Vectors.Column0.Length;
        foreach ((int i, int j, Vector3 _, double distance) in expected)
        {
            bool same = edge >= graph.Offsets[i] && edge < graph.Offsets[i + 1]
                && graph.Neighbors[edge] == j && Math.Abs(graph.Distances[edge] - distance) <= tolerance;
            same.ShouldBeTrue($"edge {edge}: {i} to {j} at {distance} Å");
            edge++;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void AnEdgeAndItsReverseCarryTheSameBits(string name, Matrix3 vectors, int atoms, double cutoff)
    {
        AtomicStructure structure = RandomStructure(vectors, atoms, seed: 5, crowded: name == "mostly empty");
        NeighborGraph graph = new NeighborGraphBuilder(cutoff).Build(structure, OneSpecies);
        Dictionary<(int, int), List<long>> bits = [];
        for (int i = 0; i < graph.NodeCount; i++)
        {
            for (int e = graph.Offsets[i]; e < graph.Offsets[i + 1]; e++)
            {
                (int, int) key = (i, graph.Neighbors[e]);
                if (!bits.TryGetValue(key, out List<long>? list))
                {
                    bits.Add(key, list = []);
                }

                list.Add(BitConverter.DoubleToInt64Bits(graph.Distances[e]));
            }
        }

        foreach (((int i, int j), List<long> list) in bits)
        {
            // Images run the other way round in the reverse row.
            bits[(j, i)].AsEnumerable().Reverse().ShouldBe(list);
        }
    }

    [Fact]
    public void WrappingTheStructureChangesNoBit()
    {
        AtomicStructure structure = Glass864();
        Random random = new(3);
        for (int i = 0; i < structure.Count; i++)
        {
            structure.SetPosition(i, structure.Position(i) + structure.Cell.Translation(random.Next(-2, 3), random.Next(-2, 3), 1));
        }

        AtomicStructure wrapped = structure.Clone();
        wrapped.Wrap();
        NeighborGraphBuilder builder = new(4.0);
        NeighborGraph a = builder.Build(structure, [0, 1]), b = builder.Build(wrapped, [0, 1]);
        a.Neighbors.SequenceEqual(b.Neighbors).ShouldBeTrue();
        a.Distances.SequenceEqual(b.Distances).ShouldBeTrue();
    }

    [Fact]
    public void AReusedGraphEqualsANewOneWhateverWasThereBefore()
    {
        AtomicStructure large = Glass864();
        AtomicStructure small = RandomStructure(new Matrix3(14, 5, -4, 0, 13, 6, 0, 0, 12), 100, 1, false);
        AtomicStructure none = new(0, Cell.Orthorhombic(9, 9, 9), ["Cu"]);
        NeighborGraphBuilder builder = new(4.0);
        NeighborGraph reused = new();
        foreach (AtomicStructure structure in new[] { large, small, none, large })
        {
            builder.Build(structure, [0, 1], reused);
            NeighborGraph fresh = new NeighborGraphBuilder(4.0).Build(structure, [0, 1]);
            reused.NodeCount.ShouldBe(structure.Count);
            reused.Offsets.SequenceEqual(fresh.Offsets).ShouldBeTrue();
            reused.Neighbors.SequenceEqual(fresh.Neighbors).ShouldBeTrue();
            reused.Distances.SequenceEqual(fresh.Distances).ShouldBeTrue();
            reused.Species.SequenceEqual(fresh.Species).ShouldBeTrue();
        }
    }

    [Fact]
    public void BuildingAgainAllocatesNothing()
    {
        AtomicStructure structure = Glass864();
        NeighborGraphBuilder builder = new(4.0);
        NeighborGraph graph = builder.Build(structure, [0, 1]);
        int[] map = [0, 1];
        builder.Build(structure, map, graph);
        long before = GC.GetAllocatedBytesForCurrentThread();
        builder.Build(structure, map, graph);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void ABatchKeepsTheGraphsApart()
    {
        AtomicStructure structure = Glass864();
        NeighborGraph one = new NeighborGraphBuilder(4.0).Build(structure, [0, 1]);
        NeighborGraph two = new NeighborGraphBuilder(4.0).Build(structure, [1, 0]);
        NeighborGraph batch = NeighborGraph.Batch([one, new NeighborGraph(), two]);
        batch.NodeCount.ShouldBe(1728);
        batch.EdgeCount.ShouldBe(2 * one.EdgeCount);
        batch.Species[864..].SequenceEqual(two.Species).ShouldBeTrue();
        batch.Distances[one.EdgeCount..].SequenceEqual(two.Distances).ShouldBeTrue();
        for (int i = 0; i < 864; i++)
        {
            batch.Offsets[864 + i].ShouldBe(one.EdgeCount + one.Offsets[i]);
        }

        batch.Neighbors[one.EdgeCount..].ToArray().ShouldBe(one.Neighbors.ToArray().Select(j => 864 + j));
    }

    [Fact]
    public void ContradictingRowsAreRefused()
    {
        Should.Throw<ArgumentException>(() => NeighborGraph.FromRows([0], [0, 1], [1], [1.0]));
        Should.Throw<ArgumentException>(() => NeighborGraph.FromRows([0], [0, 2], [0], [1.0]));
        Should.Throw<ArgumentException>(() => NeighborGraph.FromRows([0, 0], [0, 2, 1], [0], [1.0]));
    }

    [Fact]
    public void AtomsThatCannotBeAGlassAreRefusedInOneLine()
    {
        NeighborGraphBuilder builder = new(4.0);
        AtomicStructure notFinite = new(2, Cell.Orthorhombic(9, 9, 9), ["Cu"]);
        notFinite.SetPosition(1, new Vector3(double.NaN, 0, 0));
        Should.Throw<InputException>(() => builder.Build(notFinite, OneSpecies)).Message.ShouldContain("atom 2 is not finite");

        AtomicStructure heap = new(2000, Cell.Orthorhombic(9, 9, 9), ["Cu"]);
        Should.Throw<InputException>(() => builder.Build(heap, OneSpecies)).Message.ShouldContain("overlapping");

        AtomicStructure sliver = new(1, Cell.Orthorhombic(9, 9, 0.1), ["Cu"]);
        Should.Throw<InputException>(() => builder.Build(sliver, OneSpecies)).Message.ShouldContain("too small");
    }

    internal static AtomicStructure Glass864() =>
        LammpsDataFile.Read(Repository.Data("glasses", "cu50zr50-864-p0.data"), ["Cu", "Zr"]).Structure;

    private static AtomicStructure RandomStructure(Matrix3 vectors, int atoms, int seed, bool crowded)
    {
        Random random = new(seed);
        AtomicStructure structure = new(atoms, new Cell(vectors, new Vector3(1, -2, 3)), ["Cu"]);
        double scale = crowded ? 1e-5 : 1;
        for (int i = 0; i < atoms; i++)
        {
            Vector3 s = new(
                (3 * scale * random.NextDouble()) - scale,
                (3 * scale * random.NextDouble()) - scale,
                (3 * scale * random.NextDouble()) - scale);
            structure.SetPosition(i, structure.Cell.ToCartesian(s));
        }

        return structure;
    }

    /// <summary>All images that could reach, pair by pair, sorted by (i, j, image) of the wrapped atoms.</summary>
    private static List<(int I, int J, Vector3 Image, double Distance)> BruteForce(AtomicStructure structure, double cutoff)
    {
        Cell cell = structure.Cell;
        Vector3 widths = cell.PerpendicularWidths;
        int m1 = (int)(cutoff / widths.X) + 1;
        int m2 = (int)(cutoff / widths.Y) + 1;
        int m3 = (int)(cutoff / widths.Z) + 1;
        List<(int, int, Vector3, double)> found = [];
        for (int i = 0; i < structure.Count; i++)
        {
            for (int j = 0; j < structure.Count; j++)
            {
                for (int n1 = -m1; n1 <= m1; n1++)
                {
                    for (int n2 = -m2; n2 <= m2; n2++)
                    {
                        for (int n3 = -m3; n3 <= m3; n3++)
                        {
                            double d = (cell.Wrap(structure.Position(j)) + cell.Translation(n1, n2, n3)
                                - cell.Wrap(structure.Position(i))).Length;
                            if (d <= cutoff && (i != j || n1 != 0 || n2 != 0 || n3 != 0))
                            {
                                found.Add((i, j, new Vector3(n1, n2, n3), d));
                            }
                        }
                    }
                }
            }
        }

        return found;
    }
}
