using System.Globalization;
using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;
using Glasswright.Kernels.Threading;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Analysis;

/// <summary>The tessellation against voro++, and what holds for any tessellation.</summary>
public sealed class VoronoiTests
{
    // The first table was made from positions with fewer digits, which moves a volume by up to 5e-4; the others are exact to what voro++ prints.
    [Theory]
    [InlineData("cu50zr50-864.vol", false, 1e-3)]
    [InlineData("cu50zr50-864-full.vol", false, 1e-4)]
    [InlineData("cu50zr50-864-radical.vol", true, 1e-4)]
    public void EveryVolumeAndEveryFaceOrderOfTheGlassIsThatOfVoro(string table, bool radical, double tolerance)
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        VoronoiTessellation tessellation = Compute(glass, radical ? Radical : new());

        string[] rows = File.ReadAllLines(Repository.TestData("voronoi", table));
        rows.Length.ShouldBe(glass.Count);
        foreach (string row in rows)
        {
            double[] cells = [.. row.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
            int atom = glass.IndexOf((long)cells[0]);
            tessellation.Volumes[atom].ShouldBe(cells[1], tolerance, row);
            tessellation.FaceCount(atom).ShouldBe((int)cells[2], row);
            for (int order = 0; order < 20; order++)
            {
                tessellation.FacesOfOrder(atom, order).ShouldBe(order + 3 < cells.Length ? (int)cells[order + 3] : 0, $"order {order} in {row}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Structures))]
    public void VolumesFillTheCell(string name)
    {
        AtomicStructure structure = Named(name);
        VoronoiTessellation tessellation = Compute(structure, RadiiFor(name));
        double sum = 0;
        foreach (double volume in tessellation.Volumes)
        {
            volume.ShouldBeGreaterThanOrEqualTo(0);
            sum += volume;
        }

        sum.ShouldBe(structure.Cell.Volume, 1e-9 * structure.Cell.Volume);
    }

    [Theory]
    [MemberData(nameof(Structures))]
    public void FacesAreMutualWhateverTheThreshold(string name)
    {
        foreach (double threshold in (double[])[0, 0.02, 0.1])
        {
            VoronoiTessellation tessellation = Compute(Named(name), RadiiFor(name) with { RelativeThreshold = threshold, AbsoluteThreshold = threshold });
            for (int i = 0; i < tessellation.Count; i++)
            {
                foreach (VoronoiFace face in tessellation.Faces(i))
                {
                    int seen = 0;
                    foreach (VoronoiFace other in tessellation.Faces(face.Image.Neighbor))
                    {
                        if (other.Image.Neighbor == i && other.Image.N1 == -face.Image.N1 && other.Image.N2 == -face.Image.N2 && other.Image.N3 == -face.Image.N3)
                        {
                            seen++;
                            (other.Counts, other.Area, other.Order).ShouldBe((face.Counts, face.Area, face.Order));
                        }
                    }

                    seen.ShouldBe(1);
                }
            }
        }
    }

    [Theory]
    [InlineData("glass")]
    [InlineData("tilted")]
    [InlineData("gas")]
    [InlineData("radical gas")]
    [InlineData("bcc")]
    [InlineData("small")]
    [InlineData("void")]
    public void EveryCellIsAPolyhedronOfEuler(string name)
    {
        VoronoiTessellation tessellation = Compute(Named(name), RadiiFor(name));
        for (int i = 0; i < tessellation.Count; i++)
        {
            // With three edges at every vertex: the sum of (6 - edges) over the faces is twelve.
            int sum = 0;
            foreach (VoronoiFace face in tessellation.Faces(i))
            {
                sum += 6 - face.Order;
            }

            sum.ShouldBe(tessellation.Faces(i).IsEmpty ? 0 : 12);
        }
    }

    [Fact]
    public void OrderOfTheAtomsAndThreadsChangeNoBit()
    {
        AtomicStructure glass = Named("glass");
        int[] order = Lattices.Shuffle(glass.Count, 5);
        VoronoiSettings settings = Radical with { RelativeThreshold = 0.01 };
        VoronoiTessellation first = Compute(glass, settings);
        using var team = new ThreadTeam(3);
        var shuffled = VoronoiTessellation.Compute(Lattices.Reordered(glass, order), settings, team);
        for (int k = 0; k < order.Length; k++)
        {
            shuffled.Volumes[k].ShouldBe(first.Volumes[order[k]]);
            shuffled.Index(k).ShouldBe(first.Index(order[k]));
        }
    }

    [Fact]
    public void TranslationAndWrappingChangeNothingButRounding()
    {
        AtomicStructure glass = Named("glass"), moved = glass.Clone();
        for (int i = 0; i < moved.Count; i++)
        {
            moved.SetPosition(i, moved.Position(i) + new Vector3(7.1, -3.3, 40) + moved.Cell.Translation(i % 3, 0, -(i % 2)));
        }

        ShouldAgree(Compute(glass, new()), Compute(moved, new()));
    }

    [Fact]
    public void AnotherCellOfTheSameLatticeChangesNothingButRounding()
    {
        AtomicStructure glass = Named("glass"), sheared = glass.Clone();
        Matrix3 h = glass.Cell.Vectors;
        sheared.Cell = new Cell(Matrix3.FromColumns(h.Column0, h.Column1 + h.Column0, h.Column2 - h.Column1), glass.Cell.Origin);
        ShouldAgree(Compute(glass, new()), Compute(sheared, new()));
    }

    [Theory]
    [InlineData("fcc", 0, 12, 0, 0)]
    [InlineData("bcc", 0, 6, 0, 8)]
    [InlineData("sc", 0, 6, 0, 0)]
    public void PerfectLatticesHaveTheCellsOfTheBooks(string name, int n3, int n4, int n5, int n6)
    {
        AtomicStructure lattice = Named(name);
        VoronoiTessellation tessellation = Compute(lattice, new());
        for (int i = 0; i < lattice.Count; i++)
        {
            tessellation.Index(i).ShouldBe(new VoronoiIndex(n3, n4, n5, n6));
            tessellation.Volumes[i].ShouldBe(lattice.Cell.Volume / lattice.Count, 1e-9);
        }
    }

    [Fact]
    public void AThresholdGivesTheDodecahedronOfFccBackToAShakenCrystal()
    {
        AtomicStructure shaken = Lattices.Shaken(Lattices.Fcc(4), 0.02, 3);
        VoronoiTessellation all = Compute(shaken, new()), large = Compute(shaken, new() { RelativeThreshold = 0.005 });
        var dodecahedron = new VoronoiIndex(0, 12, 0, 0);
        Enumerable.Range(0, shaken.Count).Count(i => all.Index(i) == dodecahedron).ShouldBeLessThan(shaken.Count / 10);
        Enumerable.Range(0, shaken.Count).ShouldAllBe(i => large.Index(i) == dodecahedron);
    }

    [Fact]
    public void AThresholdGivesTheCubeBackToAShakenCubicCrystal()
    {
        // Here four cells meet in a line, and what shaking makes are slivers: they must not take the long edges with them. A few lines are shared by two
        // slivers, one behind the other, and then have a corner in their middle.
        AtomicStructure shaken = Lattices.Shaken(Lattices.SimpleCubic(5), 0.005, 4);
        VoronoiTessellation large = Compute(shaken, new() { RelativeThreshold = 0.01 });
        Enumerable.Range(0, shaken.Count).ShouldAllBe(i => large.FaceCount(i) == 6);
        Enumerable.Range(0, shaken.Count).Count(i => large.Index(i) == new VoronoiIndex(0, 6, 0, 0)).ShouldBeGreaterThan(shaken.Count * 9 / 10);
    }

    [Fact]
    public void AThresholdInSquareAngstromsKeepsTheLargeFaces()
    {
        VoronoiTessellation tessellation = Compute(Named("glass"), new() { AbsoluteThreshold = 1.5 });
        for (int i = 0; i < tessellation.Count; i++)
        {
            foreach (VoronoiFace face in tessellation.Faces(i))
            {
                face.Counts.ShouldBe(face.Area >= 1.5);
                face.Order.ShouldBe(face.Counts ? face.Order : 0);
            }
        }
    }

    [Fact]
    public void OneAtomHasTheCellOfItsLattice()
    {
        var alone = new AtomicStructure(1, Cell.Orthorhombic(2, 3, 40), ["Cu"]);
        VoronoiTessellation tessellation = Compute(alone, new());
        tessellation.Volumes[0].ShouldBe(240, 1e-9);
        tessellation.Index(0).ShouldBe(new VoronoiIndex(0, 6, 0, 0));
    }

    [Fact]
    public void ALargeAtomSwallowsASmallOneInsideIt()
    {
        AtomicStructure pair = SmallCells.Pair(0.5, 10);
        VoronoiTessellation tessellation = Compute(pair, new() { Radii = [0.1, 4] });
        tessellation.Volumes[0].ShouldBe(0);
        tessellation.Faces(0).IsEmpty.ShouldBeTrue();
        tessellation.Volumes[1].ShouldBe(1000, 1e-6);
    }

    public static TheoryData<string> Structures() => ["glass", "tilted", "gas", "radical gas", "fcc", "bcc", "small", "void"];

    private static VoronoiSettings Radical { get; } = new() { Radii = [1.28, 1.60] };

    private static VoronoiSettings RadiiFor(string name) => name is "radical gas" or "small" ? Radical : new();

    private static AtomicStructure Named(string name) => name switch
    {
        "glass" => ReferenceData.Glass("cu50zr50-864.data"),
        "tilted" => ReferenceData.Dump("triclinic.dump").Structure,
        "gas" or "radical gas" => Lattices.Gas(300, new Cell(new Matrix3(20, 9, -8, 0, 21, 7, 0, 0, 17)), 1),
        "void" => Lattices.Gas(40, Cell.Orthorhombic(60, 8, 8), 2),
        "fcc" => Lattices.Fcc(3),
        "bcc" => Lattices.Bcc(3),
        "sc" => Lattices.SimpleCubic(3),
        _ => SmallCells.Random(3, 4, 1),
    };

    private static VoronoiTessellation Compute(AtomicStructure structure, VoronoiSettings settings) =>
        VoronoiTessellation.Compute(structure, settings, SerialRunner.Instance);

    private static void ShouldAgree(VoronoiTessellation a, VoronoiTessellation b)
    {
        for (int i = 0; i < a.Count; i++)
        {
            b.Volumes[i].ShouldBe(a.Volumes[i], 1e-8);
            b.Surfaces[i].ShouldBe(a.Surfaces[i], 1e-8);
            b.Index(i).ShouldBe(a.Index(i));
        }
    }
}
