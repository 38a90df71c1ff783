using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Deformation;

public class LoadingModeTests
{
    [Fact]
    public void TheTwelveModesKeepTheirOrderAndReadBackFromTheirNames()
    {
        string.Join(' ', LoadingMode.All).ShouldBe("xy+ xy- xz+ xz- yz+ yz- x+ x- y+ y- z+ z-");
        foreach (LoadingMode mode in LoadingMode.All)
        {
            LoadingMode.Parse(mode.ToString()).ShouldBe(mode);
        }
    }

    [Theory]
    [InlineData("xy", "xy+")]
    [InlineData("YX-", "xy-")]
    [InlineData("z", "z+")]
    public void AMisspelledModeNamesTheNearest(string name, string nearest)
    {
        InputException error = Should.Throw<InputException>(() => LoadingMode.Parse(name, "labels.csv", 4));
        error.Nearest.ShouldBe(nearest);
        error.Message.ShouldStartWith("labels.csv:4: unknown loading mode");
    }

    [Fact]
    public void DirectionsAreSignedUnitDyads()
    {
        LoadingMode.Parse("xz-").Direction.ShouldBe(new Matrix3(0, 0, -1, 0, 0, 0, 0, 0, 0));
        LoadingMode.Parse("yz+").Direction.ShouldBe(new Matrix3(0, 0, 0, 0, 0, 1, 0, 0, 0));
        LoadingMode.Parse("y+").Direction.ShouldBe(new Matrix3(0, 0, 0, 0, 1, 0, 0, 0, 0));
        LoadingMode.Parse("z-").Direction.ShouldBe(new Matrix3(0, 0, 0, 0, 0, 0, 0, 0, -1));
    }

    [Fact]
    public void FixedGradientsAreUnityPlusStrainTimesDirection()
    {
        foreach (LoadingMode mode in LoadingMode.All)
        {
            Matrix3 e = mode.Direction, f = LoadingPath.Gradient(mode, LateralCondition.Fixed, 0.25);
            f.ShouldBe(new Matrix3(
                1 + (0.25 * e.XX), 0.25 * e.XY, 0.25 * e.XZ,
                0.25 * e.YX, 1 + (0.25 * e.YY), 0.25 * e.YZ,
                0.25 * e.ZX, 0.25 * e.ZY, 1 + (0.25 * e.ZZ)));
        }
    }

    [Fact]
    public void IsochoricGradientsKeepTheVolume()
    {
        foreach (LoadingMode mode in LoadingMode.All)
        {
            LoadingPath.Gradient(mode, LateralCondition.Isochoric, 0.04).Determinant.ShouldBe(1, 1e-15);
        }

        Matrix3 f = LoadingPath.Gradient(LoadingMode.Parse("y+"), LateralCondition.Isochoric, 0.21);
        f.YY.ShouldBe(1.21, 1e-15);
        f.XX.ShouldBe(1 / 1.1, 1e-15);
        f.ZZ.ShouldBe(1 / 1.1, 1e-15);
    }

    [Fact]
    public void ShearKnowsNoLateralLengths()
    {
        foreach (LoadingMode mode in LoadingMode.All.Where(mode => mode.IsShear))
        {
            Matrix3 wanted = LoadingPath.Gradient(mode, LateralCondition.Fixed, 0.04);
            LoadingPath.Gradient(mode, LateralCondition.Isochoric, 0.04).ShouldBe(wanted);
            LoadingPath.Gradient(mode, LateralCondition.Stress, 0.04).ShouldBe(wanted);
        }
    }

    [Fact]
    public void StrainsMustBeWholeSteps()
    {
        LoadingPath.StepsTo(0.04, 1e-4).ShouldBe(400);
        LoadingPath.StepsTo(0.14, 1e-4).ShouldBe(1400);
        LoadingPath.StepsTo(0.0003, 1e-4).ShouldBe(3);
        Should.Throw<InputException>(() => LoadingPath.StepsTo(0.00015, 1e-4)).Expected.ShouldBe("a multiple of 0.0001");
        Should.Throw<InputException>(() => LoadingPath.StepsTo(-0.01, 1e-4));
        Should.Throw<InputException>(() => LoadingPath.StepsTo(double.NaN, 1e-4));
        Should.Throw<InputException>(() => LoadingPath.StepsTo(0.01, 0));
    }

    [Fact]
    public void LateralConditionsReadBackFromTheirNames()
    {
        foreach (LateralCondition condition in Enum.GetValues<LateralCondition>())
        {
            LateralConditions.Parse(condition.Name()).ShouldBe(condition);
        }

        Should.Throw<InputException>(() => LateralConditions.Parse("isocoric")).Nearest.ShouldBe("isochoric");
    }
}
