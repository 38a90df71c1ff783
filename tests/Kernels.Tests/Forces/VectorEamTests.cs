using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Tests.Forces;

public sealed class VectorEamTests : ForceFieldTests
{
    private protected override IForceField Create() => new VectorEam(ReferenceData.CopperZirconium);

    [Fact]
    public void NumberOfThreadsChangesNoBit()
    {
        AtomicStructure structure = ReferenceData.Sample("cu50zr50-4000-p0.data");
        ForceResult serial = EvaluateWith(structure, threads: 1);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            ForceResult parallel = EvaluateWith(structure, threads);
            parallel.Energy.ShouldBe(serial.Energy);
            parallel.Forces.ShouldBe(serial.Forces);
            parallel.AtomEnergies.ShouldBe(serial.AtomEnergies);
            parallel.Virial.ShouldBe(serial.Virial);
        }
    }

    [Fact]
    public void ListWithSkinGivesWhatAFreshListGives()
    {
        AtomicStructure structure = ReferenceData.Dump("triclinic.dump").Structure;
        using var field = new VectorEam(ReferenceData.CopperZirconium, skin: 0.6);
        using var fresh = new VectorEam(ReferenceData.CopperZirconium);
        var kept = new ForceResult(structure.Count);
        var rebuilt = new ForceResult(structure.Count);
        field.Bind(structure);
        var random = new System.Random(5);
        for (int step = 0; step < 12; step++)
        {
            foreach (ref double x in structure.Coordinates.AsSpan())
            {
                x += x == 0 ? 0 : 0.12 * (random.NextDouble() - 0.5);
            }

            double energy = field.Evaluate(structure, kept, ForceParts.Forces);
            fresh.Bind(structure);
            fresh.Evaluate(structure, rebuilt, ForceParts.Forces).ShouldBe(energy, 1e-9);
            for (int k = 0; k < kept.Forces.Length; k++)
            {
                kept.Forces[k].ShouldBe(rebuilt.Forces[k], 1e-9);
            }
        }

        field.ListBuilds.ShouldBeGreaterThan(1);
        field.ListBuilds.ShouldBeLessThan(12);
    }

    /// <summary>Shear and tension in steps of 1 %, each with a random displacement, with a corner of the cell away from the origin.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 0)]
    [InlineData(2, 1)]
    public void ListKeptThroughStrainsGivesWhatAFreshListGives(int row, int column)
    {
        AtomicStructure structure = ReferenceData.Sample("cu50zr50-864-p0.data");
        using var field = new VectorEam(ReferenceData.CopperZirconium, skin: 0.6);
        using var fresh = new VectorEam(ReferenceData.CopperZirconium);
        var kept = new ForceResult(structure.Count);
        var rebuilt = new ForceResult(structure.Count);
        for (int i = 0; i < structure.Count; i += 7)
        {
            structure.SetPosition(i, structure.Position(i) + structure.Cell.Translation(2, -1, 0));
        }

        field.Bind(structure);
        var random = new System.Random(6);
        for (int step = 0; step < 12; step++)
        {
            double[] gradient = [1, 0, 0, 0, 1, 0, 0, 0, 1];
            gradient[(3 * row) + column] += 0.01;
            structure.Deform(new Matrix3(
                gradient[0], gradient[1], gradient[2], gradient[3], gradient[4], gradient[5], gradient[6], gradient[7], gradient[8]));
            for (int i = 0; i < structure.Count; i++)
            {
                double Draw() => 0.02 * (random.NextDouble() - 0.5);
                structure.SetPosition(i, structure.Position(i) + new Vector3(Draw(), Draw(), Draw()));
            }

            double energy = field.Evaluate(structure, kept, ForceParts.All);
            fresh.Bind(structure);
            fresh.Evaluate(structure, rebuilt, ForceParts.All).ShouldBe(energy, 1e-9);
            for (int k = 0; k < kept.Forces.Length; k++)
            {
                kept.Forces[k].ShouldBe(rebuilt.Forces[k], 1e-9);
            }

            for (int k = 0; k < 6; k++)
            {
                kept.Virial[k].ShouldBe(rebuilt.Virial[k], 1e-7);
            }
        }

        // Half of the skin of 0.6 Å lasts for about 5 %.
        field.ListBuilds.ShouldBeInRange(2, 6);
    }

    [Fact]
    public void EnergyAloneIsTheEnergyWithForces()
    {
        AtomicStructure structure = ReferenceData.Sample("cu50zr50-864-p0.data");
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var result = new ForceResult(structure.Count);
        field.Bind(structure);
        double alone = field.Evaluate(structure, result, ForceParts.Energy);
        field.Evaluate(structure, result, ForceParts.All).ShouldBe(alone);
    }

    [Fact]
    public void EvaluationAllocatesNothing()
    {
        AtomicStructure structure = ReferenceData.Sample("cu50zr50-864-p0.data");
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var result = new ForceResult(structure.Count);
        field.Bind(structure);
        field.Evaluate(structure, result, ForceParts.All);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int k = 0; k < 5; k++)
        {
            structure.Coordinates[k] += 0.5;
            field.Evaluate(structure, result, ForceParts.All);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void EnergiesOfTheSamplesAreThoseOfTheirOrigin()
    {
        // data/glasses/README.md: LAMMPS' energies of the three samples.
        EvaluateWith(ReferenceData.Sample("cu50zr50-864-p0.data"), 1).Energy.ShouldBe(-4153.03893987, 1e-6);
        EvaluateWith(ReferenceData.Sample("cu50zr50-4000-p0.data"), 1).Energy.ShouldBe(-19393.0213918, 1e-6);
        EvaluateWith(ReferenceData.Sample("cu50zr50-16000-p0.data"), 2).Energy.ShouldBe(-77571.3764163, 1e-6);
    }

    private static ForceResult EvaluateWith(AtomicStructure structure, int threads)
    {
        using var team = new ThreadTeam(threads);
        using var field = new VectorEam(ReferenceData.CopperZirconium, team);
        var result = new ForceResult(structure.Count);
        field.Bind(structure);
        field.Evaluate(structure, result, ForceParts.All);
        return result;
    }
}

public sealed class VectorEamInRandomCellsTests : RandomCellTests, IDisposable
{
    private readonly ThreadTeam _team = new(2);

    public void Dispose() => _team.Dispose();

    private protected override IForceField Create() => new VectorEam(ReferenceData.CopperZirconium, _team);
}
