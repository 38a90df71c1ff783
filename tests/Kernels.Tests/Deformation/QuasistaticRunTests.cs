using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Deformation;

public class QuasistaticRunTests
{
    [Theory]
    [InlineData("xy", 25, true)]
    [InlineData("xy", 8, false)]
    [InlineData("x", 25, true)]
    public void TheElasticBranchIsThatOfLammps(string axes, int steps, bool extrapolate)
    {
        var expected = AqsReference.Curve(axes);
        var run = new QuasistaticRun(AqsReference.Field(), AqsReference.Glass());
        QuasistaticResult result = run.Run(new QuasistaticSettings
        {
            Mode = LoadingMode.Parse(axes + "+"),
            Lateral = LateralCondition.Fixed,
            Strain = steps * 1e-4,
            ExtrapolateStarts = extrapolate,
        });
        result.Outcome.ShouldBe(QuasistaticOutcome.Completed);
        result.Steps.ShouldBe(steps);
        for (int k = 1; k <= steps; k++)
        {
            result.Curve[k].Strain.ShouldBe(expected[k - 1].Strain, 1e-12);
            result.Curve[k].Energy.ShouldBe(expected[k - 1].Energy, 1e-5);
            result.Curve[k].Stress.ShouldBe(expected[k - 1].Stress, 1);
        }
    }

    [Fact]
    public void ExtrapolatedStartsLeaveTheElasticBranchAsItIs()
    {
        AtomicStructure packing = SoftSpheres.Packing();
        QuasistaticSettings settings = Soft("xz+") with { Strain = 0.005, Snapshots = [0.005], ForceTolerance = 1e-9 };
        QuasistaticResult with = Load(packing, settings), without = Load(packing, settings with { ExtrapolateStarts = false });
        with.Evaluations.ShouldBeLessThan(without.Evaluations);
        for (int k = 0; k < with.Curve.Count; k++)
        {
            with.Curve[k].Energy.ShouldBe(without.Curve[k].Energy, 1e-10);
            with.Curve[k].Stress.ShouldBe(without.Curve[k].Stress, 1e-2);
        }
    }

    [Theory]
    [InlineData("xy-", "isochoric")]
    [InlineData("y+", "isochoric")]
    [InlineData("z-", "fixed")]
    public void TheCellIsTheGradientTimesTheInitialCellToTheLastBit(string mode, string lateralName)
    {
        LateralCondition lateral = LateralConditions.Parse(lateralName);
        AtomicStructure packing = SoftSpheres.Packing();
        QuasistaticResult result = Load(packing, Soft(mode) with { Lateral = lateral, Strain = 0.02, Snapshots = [0.01, 0.02] });
        result.Outcome.ShouldBe(QuasistaticOutcome.Completed);
        result.Snapshots.Select(snapshot => Math.Round(snapshot.Strain, 9)).ShouldBe([0.01, 0.02]);
        result.Snapshots[1].Structure.Cell.ShouldBe(
            packing.Cell.Deformed(LoadingPath.Gradient(LoadingMode.Parse(mode), lateral, 20 * 1e-3)));
        result.Reference.Cell.ShouldBe(packing.Cell);
        packing.Coordinates.ShouldBe(SoftSpheres.Packing().Coordinates);
    }

    [Fact]
    public void StressIsTheSlopeOfTheEnergyAlongTheElasticBranch()
    {
        // dE/dε = V σ:(dF/dε F⁻¹); for simple shear and for fixed lateral lengths that is V σ_ab, over (1 + ε) in tension.
        foreach (string mode in (string[])["xy+", "xy-", "yz+", "x+", "z-"])
        {
            QuasistaticResult result = Load(
                SoftSpheres.Packing(),
                Soft(mode) with { Lateral = LateralCondition.Fixed, Step = 1e-5, Strain = 1e-4, ForceTolerance = 1e-9 });
            CurvePoint a = result.Curve[4], b = result.Curve[5], c = result.Curve[6];
            double slope = (c.Energy - a.Energy) / (c.Strain - a.Strain) / SoftSpheres.Packing().Cell.Volume * 1602176.634;
            slope.ShouldBe(b.Stress, 2e-3 * Math.Abs(b.Stress) + 1, mode);
        }
    }

    [Fact]
    public void LateralStressVanishesWhenItIsRelaxed()
    {
        AtomicStructure packing = SoftSpheres.Packing();
        new CellRelaxation(new SoftSpheres(), packing.Count, MinimizerKind.LimitedMemory).Minimize(
            packing, CellFreedom.Full, 0, 1, new MinimizerSettings { ForceTolerance = 1e-6, MaxEvaluations = 20_000 }, default);
        QuasistaticResult result = Load(
            packing,
            Soft("y-") with
            {
                Lateral = LateralCondition.Stress,
                Strain = 0.02,
                Snapshots = [0.01, 0.02],
                LateralTolerance = 5,
            });
        result.Outcome.ShouldBe(QuasistaticOutcome.Completed);
        foreach (LoadedStructure snapshot in result.Snapshots)
        {
            var forces = new ForceResult(packing.Count);
            new SoftSpheres().Evaluate(snapshot.Structure, forces, ForceParts.All);
            double bar = 1602176.634 / snapshot.Structure.Cell.Volume;
            Math.Abs(forces.Virial[0] * bar).ShouldBeLessThanOrEqualTo(5);
            Math.Abs(forces.Virial[2] * bar).ShouldBeLessThanOrEqualTo(5);
            Matrix3 f = snapshot.Structure.Cell.Vectors * packing.Cell.Inverse;
            f.YY.ShouldBe(1 - snapshot.Strain, 1e-12);
            f.XX.ShouldNotBe(1);
        }
    }

    [Fact]
    public void ARunTwiceGivesTheSameBits()
    {
        var run = new QuasistaticRun(new SoftSpheres(), SoftSpheres.Packing());
        QuasistaticSettings settings = Soft("x+") with { Strain = 0.03, Snapshots = [0.03] };
        QuasistaticResult first = run.Run(settings), second = run.Run(settings);
        second.Curve.ShouldBe(first.Curve);
        second.Snapshots[0].Structure.Coordinates.ShouldBe(first.Snapshots[0].Structure.Coordinates);
    }

    [Fact]
    public void AMinimizationThatDoesNotConvergeEndsTheRunByName()
    {
        QuasistaticResult result = Load(SoftSpheres.Packing(), Soft("xy+") with { MaxEvaluations = 10 });
        result.Outcome.ShouldBe(QuasistaticOutcome.EvaluationLimit);
        result.Steps.ShouldBe(0);
        result.Curve.ShouldBeEmpty();
        result.ReferencePressure.ShouldAllBe(component => double.IsNaN(component));
    }

    [Fact]
    public void CancellationEndsTheRunWithWhatItHas()
    {
        using var source = new CancellationTokenSource();
        QuasistaticResult result = new QuasistaticRun(new SoftSpheres(), SoftSpheres.Packing()).Run(
            Soft("xy+") with { Snapshots = [0.002, 0.02] },
            step =>
            {
                if (step == 5)
                {
                    source.Cancel();
                }
            },
            source.Token);
        result.Outcome.ShouldBe(QuasistaticOutcome.Canceled);
        result.Steps.ShouldBe(5);
        result.Snapshots.Count.ShouldBe(1);
    }

    [Fact]
    public void SnapshotsBeyondTheEndAreRefused()
    {
        Should.Throw<InputException>(() => Load(SoftSpheres.Packing(), Soft("xy+") with { Snapshots = [0.05] }));
    }

    private static QuasistaticSettings Soft(string mode) => new()
    {
        Mode = LoadingMode.Parse(mode),
        Step = 1e-3,
        Strain = 0.02,
        ForceTolerance = 1e-6,
    };

    private static QuasistaticResult Load(AtomicStructure structure, QuasistaticSettings settings) =>
        new QuasistaticRun(new SoftSpheres(), structure).Run(settings);
}
