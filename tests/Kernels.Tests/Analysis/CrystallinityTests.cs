using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Tests.Analysis;

/// <summary>Crystals are found, shaken ones too, and glasses are not taken for crystals.</summary>
public sealed class CrystallinityTests
{
    [Theory]
    [InlineData("fcc", 0.5745)]
    [InlineData("bcc", 0.5107)]
    [InlineData("b2", 0.5107)]
    public void PerfectCrystalsAreCrystallineThroughout(string name, double q6)
    {
        AtomicStructure crystal = Named(name);
        Crystallinity found = Compute(crystal);
        found.Fraction.ShouldBe(1);
        found.B2Fraction.ShouldBe(name == "b2" ? 1 : 0);

        // Twelve equal faces in fcc: q6 of the plain sum. In bcc the faces differ, and with them the weights.
        foreach (double order in found.Order)
        {
            order.ShouldBe(q6, name == "fcc" ? 1e-3 : 0.15);
        }
    }

    [Theory]
    [InlineData("fcc")]
    [InlineData("bcc")]
    [InlineData("b2")]
    public void ShakenCrystalsMostlyAre(string name) =>
        Compute(Lattices.Shaken(Named(name), 0.12, 1)).Fraction.ShouldBeGreaterThan(0.8);

    [Fact]
    public void GlassesAreNot()
    {
        foreach (AtomicStructure glass in (AtomicStructure[])
            [ReferenceData.Glass("cu50zr50-864.data"), ReferenceData.Sample("cu50zr50-864-p0.data"), ReferenceData.Sample("cu50zr50-4000-p0.data"), ReferenceData.Sample("training/cu50zr50-864-1001.data"), ReferenceData.Sample("training/cu50zr50-864-1001-searched.data")])
        {
            Crystallinity found = Compute(glass);
            found.Fraction.ShouldBeLessThan(Crystallinity.Limit / 3);
        }
    }

    [Fact]
    public void ACrystalInAGlassIsCountedByItsAtoms()
    {
        // A third of the cell is B2, the rest has forgotten it.
        AtomicStructure structure = Lattices.B2(9), shaken = Lattices.Shaken(structure, 1.2, 5);
        int kept = 0;
        for (int i = 0; i < structure.Count; i++)
        {
            if (structure.Position(i).X < structure.Cell.Vectors.XX / 3)
            {
                shaken.SetPosition(i, structure.Position(i));
                kept++;
            }
        }

        Crystallinity found = Compute(shaken);
        double share = (double)kept / structure.Count;
        found.Fraction.ShouldBeInRange(0.5 * share, 1.1 * share);
        found.Fraction.ShouldBeGreaterThan(Crystallinity.Limit);
    }

    [Fact]
    public void RotationOrderAndThreadsChangeNothing()
    {
        AtomicStructure crystal = Lattices.Shaken(Lattices.B2(4), 0.2, 2), turned = crystal.Clone();
        turned.Deform(new Matrix3(0.36, 0.48, -0.8, -0.8, 0.6, 0, 0.48, 0.64, 0.6));
        int[] order = Lattices.Shuffle(turned.Count, 3);
        turned = Lattices.Reordered(turned, order);
        using var team = new ThreadTeam(3);
        Crystallinity one = Compute(crystal);
        var other = Crystallinity.Compute(turned, VoronoiTessellation.Compute(turned, new(), team), team);
        for (int k = 0; k < order.Length; k++)
        {
            other.Order[k].ShouldBe(one.Order[order[k]], 1e-9);
            other.IsCrystalline(k).ShouldBe(one.IsCrystalline(order[k]));
        }
    }

    private static AtomicStructure Named(string name) => name switch
    {
        "fcc" => Lattices.Fcc(5),
        "bcc" => Lattices.Bcc(6),
        _ => Lattices.B2(6),
    };

    private static Crystallinity Compute(AtomicStructure structure) =>
        Crystallinity.Compute(structure, VoronoiTessellation.Compute(structure, new(), SerialRunner.Instance), SerialRunner.Instance);
}
