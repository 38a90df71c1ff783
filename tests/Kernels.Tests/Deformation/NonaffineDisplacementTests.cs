using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Deformation;

public class NonaffineDisplacementTests
{
    [Theory]
    [InlineData("xy", "100", 1)]
    [InlineData("xy", "400", 4)]
    [InlineData("xy", "1000", 10)]
    [InlineData("x", "100", 1)]
    [InlineData("x", "400", 4)]
    public void DumpsGiveTheDisplacementsThatNumPyComputed(string axes, string step, int percent)
    {
        AtomicStructure reference = AqsReference.Dump(axes, "ref");
        var displacement = new NonaffineDisplacement(reference);
        var values = new double[reference.Count];
        displacement.Compute(AqsReference.Dump(axes, step), values);
        var expected = AqsReference.Displacements(axes, percent);
        expected.Count.ShouldBe(864);
        for (int i = 0; i < reference.Count; i++)
        {
            (int neighbors, double d2Min) = expected[reference.Ids[i]];
            displacement.NeighborCount(i).ShouldBe(neighbors);
            values[i].ShouldBe(d2Min, 1e-6 * d2Min);
        }
    }

    [Fact]
    public void WrappingAndDriftOfTheCurrentStructureDoNotMatter()
    {
        AtomicStructure reference = AqsReference.Dump("xy", "ref"), current = AqsReference.Dump("xy", "400");
        var displacement = new NonaffineDisplacement(reference);
        var values = new double[reference.Count];
        displacement.Compute(current, values);
        AtomicStructure moved = current.Clone();
        for (int i = 0; i < moved.Count; i++)
        {
            Vector3 drifted = moved.Position(i) + new Vector3(11.9, -12.6, 3.1);
            moved.SetPosition(i, i % 3 == 0 ? drifted + moved.Cell.Translation(i % 5 - 2, 1, -3) : moved.Cell.Wrap(drifted));
        }

        var again = new double[reference.Count];
        displacement.Compute(moved, again);
        for (int i = 0; i < values.Length; i++)
        {
            again[i].ShouldBe(values[i], 1e-9 * values[i]);
        }
    }

    [Fact]
    public void AnAffineMotionLeavesNothing()
    {
        AtomicStructure reference = AqsReference.Dump("x", "ref"), current = reference.Clone();
        current.Deform(new Matrix3(1.1, 0.3, -0.1, 0.05, 0.9, 0.2, 0, 0.1, 1.2));
        var values = new double[reference.Count];
        new NonaffineDisplacement(reference).Compute(current, values);
        values.Max().ShouldBeLessThan(1e-24);
        values.ShouldAllBe(value => !NonaffineDisplacement.IsValid(value));
    }

    [Fact]
    public void OneMovedNeighborOfAnOctahedronGivesTheHandCalculation()
    {
        // Six neighbors at ±e_k: V = 2·1. Moving the one at +x by (0, 0, u) gives W = V + u ê_z ê_xᵀ, J = 1 + (u/2) ê_z ê_xᵀ,
        // and rests of u/2 at +x and at -x: D²min = u²/2.
        AtomicStructure reference = Octahedron();
        AtomicStructure current = reference.Clone();
        current.SetPosition(1, reference.Position(1) + new Vector3(0, 0, 0.2));
        var values = new double[7];
        new NonaffineDisplacement(reference, cutoff: 1.2).Compute(current, values);
        values[0].ShouldBe(0.02, 1e-15);
        new NonaffineDisplacement(reference, cutoff: 1.2, divideByNeighbors: true).Compute(current, values);
        values[0].ShouldBe(0.02 / 6, 1e-15);
    }

    [Fact]
    public void TooFewOrCoplanarNeighborsAreInvalid()
    {
        AtomicStructure reference = Octahedron();
        var displacement = new NonaffineDisplacement(reference, cutoff: 1.2);
        displacement.NeighborCount(1).ShouldBe(1);
        var values = new double[7];
        displacement.Compute(reference, values);
        values[1].ShouldBe(double.NaN);

        // With 1.5 the neighbors of the centre's neighbors span space; without the two along z they lie in a plane.
        var flat = new AtomicStructure(5, reference.Cell, ["Cu"]);
        for (int i = 0; i < 5; i++)
        {
            flat.SetPosition(i, reference.Position(i));
        }

        var planar = new NonaffineDisplacement(flat, cutoff: 1.5);
        planar.NeighborCount(0).ShouldBe(4);
        var few = new double[5];
        planar.Compute(flat, few);
        few.ShouldAllBe(value => double.IsNaN(value));
        NonaffineDisplacement.IsValid(double.NaN).ShouldBeFalse();
        NonaffineDisplacement.IsValid(0.99e-12).ShouldBeFalse();
        NonaffineDisplacement.IsValid(1e-12).ShouldBeTrue();
    }

    [Theory]
    [InlineData(5.0)]
    [InlineData(9.0)]
    [InlineData(14.0)]
    public void NeighborsAreThoseOfAllImagesOneByOne(double cutoff)
    {
        // A strongly tilted cell, narrower than the cutoff in part, with atoms left and right of it.
        var cell = new Cell(new Matrix3(9, 4.4, -3, 0, 8, 3.9, 0, 0, 11), new Vector3(-2, 1, 3));
        var structure = new AtomicStructure(40, cell, ["Cu"]);
        for (int i = 0; i < structure.Count; i++)
        {
            structure.SetPosition(i, cell.ToCartesian(new Vector3((0.618 * i) % 3 - 1, (0.414 * i) % 2, (0.732 * i) % 4 - 2)));
        }

        ReferenceNeighbors found = ReferenceNeighbors.Find(structure, cutoff);
        int pair = 0;
        for (int i = 0; i < structure.Count; i++)
        {
            found.Offsets[i].ShouldBe(pair);
            for (int j = 0; j < structure.Count; j++)
            {
                var distances = new List<double>();
                for (int n = 0; n < 21 * 21 * 21; n++)
                {
                    Vector3 d = structure.Position(j) - structure.Position(i)
                        + cell.Translation((n % 21) - 10, (n / 21 % 21) - 10, (n / 441) - 10);
                    if (d.Length <= cutoff && d.Length > 0)
                    {
                        distances.Add(d.Length);
                    }
                }

                var there = new List<double>();
                for (; pair < found.Offsets[i + 1] && found.Neighbors[pair] == j; pair++)
                {
                    there.Add(found.Separations[pair].Length);
                }

                there.Order().ShouldBe(distances.Order(), 1e-9);
            }
        }
    }

    // The centre, ±x, ±y, ±z at distance 1, far from its images.
    private static AtomicStructure Octahedron()
    {
        var structure = new AtomicStructure(7, Cell.Orthorhombic(10, 10, 10), ["Cu"]);
        Vector3[] sites = [default, new(1, 0, 0), new(-1, 0, 0), new(0, 1, 0), new(0, -1, 0), new(0, 0, 1), new(0, 0, -1)];
        for (int i = 0; i < 7; i++)
        {
            structure.SetPosition(i, sites[i] + new Vector3(5, 5, 5));
        }

        return structure;
    }
}
