using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Kernels.Tests.Minimization;

public class CellRelaxationTests
{
    private static readonly MinimizerSettings Tight = new() { ForceTolerance = 1e-5, MaxEvaluations = 20000 };

    /// <summary>
    /// cu50zr50-864.data relaxed in positions and cell by LAMMPS (<c>fix box/relax tri 0</c>) is cu50zr50-864-p0.data with
    /// E = -4153.03893987 eV (tests/data/ORIGIN.md).
    /// </summary>
    [Fact]
    public void FullRelaxationEndsWhereLammpsEnds()
    {
        AtomicStructure structure = ReferenceData.Glass("cu50zr50-864.data");
        Cell expected = ReferenceData.Sample("cu50zr50-864-p0.data").Cell;
        using var field = new VectorEam(ReferenceData.CopperZirconium);

        MinimizationResult result = new CellRelaxation(field, structure.Count, MinimizerKind.LimitedMemory)
            .Minimize(structure, CellFreedom.Full, pressure: 0, stressTolerance: 0.1, Tight, CancellationToken.None);

        result.Outcome.ShouldBe(MinimizationOutcome.Converged);
        result.Energy.ShouldBe(-4153.03893987, 1e-6);
        structure.Cell.Vectors.XX.ShouldBe(expected.Vectors.XX, 1e-4);
        structure.Cell.Vectors.YZ.ShouldBe(expected.Vectors.YZ, 1e-4);
        structure.Cell.IsRestricted.ShouldBeTrue();
        foreach (double bar in Stress(structure))
        {
            Math.Abs(bar).ShouldBeLessThan(0.2);
        }
    }

    [Theory]
    [InlineData("cu50zr50-864-p0.data")]
    [InlineData("cu50zr50-4000-p0.data")]
    public void SamplesAreStressFree(string name)
    {
        // Every stress component below 0.01 bar says their origin.
        Stress(ReferenceData.Sample(name)).ShouldAllBe(bar => Math.Abs(bar) < 0.01);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20000)]
    public void IsotropicRelaxationReachesThePressureAndKeepsTheShape(double pressure)
    {
        AtomicStructure structure = ReferenceData.Glass("cu50zr50-864.data");
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        new CellRelaxation(field, structure.Count, MinimizerKind.LimitedMemory)
            .Minimize(structure, CellFreedom.Isotropic, pressure, stressTolerance: 1, Tight, CancellationToken.None)
            .Outcome.ShouldBe(MinimizationOutcome.Converged);
        double[] stress = Stress(structure);
        ((stress[0] + stress[1] + stress[2]) / 3).ShouldBe(pressure, 1.1);
        structure.Cell.Vectors.XX.ShouldBe(structure.Cell.Vectors.YY, 1e-12 * structure.Cell.Vectors.XX);
        structure.Cell.Vectors.XY.ShouldBe(0);
    }

    [Fact]
    public void AnisotropicRelaxationFreesTheThreeLengthsAndNoTilt()
    {
        AtomicStructure structure = ReferenceData.Glass("cu50zr50-864.data");
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        new CellRelaxation(field, structure.Count, MinimizerKind.LimitedMemory)
            .Minimize(structure, CellFreedom.Anisotropic, 0, stressTolerance: 1, Tight, CancellationToken.None)
            .Outcome.ShouldBe(MinimizationOutcome.Converged);
        Stress(structure)[..3].ShouldAllBe(bar => Math.Abs(bar) < 1.1);
        structure.Cell.Vectors.YZ.ShouldBe(0);
    }

    private static double[] Stress(AtomicStructure structure)
    {
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var result = new ForceResult(structure.Count);
        field.Bind(structure);
        field.Evaluate(structure, result, ForceParts.All);
        return [.. result.Virial.Select(w => w / structure.Cell.Volume * MetalUnits.BarPerPressureUnit)];
    }
}
