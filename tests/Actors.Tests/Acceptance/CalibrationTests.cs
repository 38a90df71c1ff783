using Glasswright.Actors.Acceptance;
using Glasswright.Kernels;

namespace Glasswright.Actors.Tests.Acceptance;

public class CalibrationTests
{
    private static readonly TargetSet One = new([Target.Mean()]);
    private static readonly double[] Unknown = [double.NaN];

    [Fact]
    public void SolvesACaseThatCanBeDoneByHand()
    {
        // Every pilot raises the target by 1 or 3: sigma = 1.154700538 (sample), mean p = (e^(-1/C) + e^(-3/C))/2.
        // With x = e^(-1/C): x + x³ = 0.625 has the root x = 0.5, so C = 1/ln 2.
        List<double[]?> changes = [[1], [3], [1], [3]];
        CalibrationResult result = Calibration.Solve(One, Unknown, changes, 0.3125);
        result.Outcome.ShouldBe(CalibrationOutcome.Solved);
        result.Constants[0].ShouldBe(1.4426950408889634, 1e-12);
        result.Scale.ShouldBe(1.4426950408889634 / 1.1547005383792515, 1e-12);
        result.Acceptance.ShouldBe(0.3125, 1e-12);
    }

    [Fact]
    public void GivenConstantsAreScaledByTheSameFactor()
    {
        var set = new TargetSet([Target.Maximum(2), Target.Mean()]);
        List<double[]?> changes = [[1, 0.1], [2, -0.2], [0.5, 0.4], [3, 0.05]];
        CalibrationResult result = Calibration.Solve(set, [2, double.NaN], changes, 0.1);
        result.Constants[0].ShouldBe(2 * result.Scale, 1e-14);
        result.Acceptance.ShouldBe(0.1, 1e-9);
    }

    [Fact]
    public void ATrialThatDidNotConvergeCountsAsRejected()
    {
        List<double[]?> changes = [[1], [3], [1], [3], null, null, null, null];
        Calibration.Solve(One, Unknown, changes, 0.15625).Constants[0].ShouldBe(1.4426950408889634, 1e-12);
    }

    [Fact]
    public void MoreDownhillTrialsThanWantedAreNamed() =>
        Calibration.Solve(One, Unknown, [[-1], [-2], [3], [4]], 0.1).Outcome.ShouldBe(CalibrationOutcome.TooManyDownhill);

    [Fact]
    public void FewerConvergedTrialsThanWantedAreNamed() =>
        Calibration.Solve(One, Unknown, [[1], [2], null, null], 0.6).Outcome.ShouldBe(CalibrationOutcome.TooFewConverged);

    [Fact]
    public void ATargetThatNothingMovesIsRefused() =>
        Should.Throw<InputException>(() => Calibration.Solve(One, Unknown, [[0], [0]], 0.1)).Message.ShouldContain("mean");

    [Fact]
    public void PilotTrialsThatDidNotConvergeAreToldAsSuch()
    {
        Should.Throw<InputException>(() => Calibration.Solve(One, Unknown, [null, null, null], 0.1))
            .Message.ShouldContain("none of 3 pilot trials converged");
        Should.Throw<InputException>(() => Calibration.Solve(One, Unknown, [null, [1], null], 0.1))
            .Message.ShouldContain("only one of 3 pilot trials converged");
        Calibration.Solve(One, [0.5], [null, null, null], 0.1).Outcome.ShouldBe(CalibrationOutcome.TooFewConverged);
    }

    [Fact]
    public void WithoutCalibrationEveryTargetNeedsItsConstant() =>
        Should.Throw<InputException>(() => Calibration.AsGiven(One, Unknown)).Message.ShouldContain("mean");
}
