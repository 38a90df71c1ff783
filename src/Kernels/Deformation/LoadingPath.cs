using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>
/// The deformation gradient of a mode as a function of strain. Strains are magnitudes, ε ≥ 0; the sign is the mode's.
/// Only + - × ÷ √ are used, so that a path has the same bits everywhere.
/// </summary>
internal static class LoadingPath
{
    /// <summary>
    /// F = I + ε·E; with <see cref="LateralCondition.Isochoric"/> the lateral lengths of a tension or compression scale by
    /// 1/√(1 ± ε). For <see cref="LateralCondition.Stress"/> this is the gradient before the lateral lengths follow.
    /// </summary>
    public static Matrix3 Gradient(LoadingMode mode, LateralCondition lateral, double strain)
    {
        double along = mode.Sign * strain;
        double across = !mode.IsShear && lateral == LateralCondition.Isochoric ? 1 / Math.Sqrt(1 + along) : 1;
        return Gradient(mode, strain, across, across);
    }

    /// <summary>
    /// F with given stretches of the two lateral axes in the order x, y, z. Shear takes no stretches but 1.
    /// </summary>
    public static Matrix3 Gradient(LoadingMode mode, double strain, double firstLateral, double secondLateral)
    {
        double along = mode.Sign * strain;
        return (mode.Row, mode.Column) switch
        {
            (0, 0) => Diagonal(1 + along, firstLateral, secondLateral),
            (1, 1) => Diagonal(firstLateral, 1 + along, secondLateral),
            (2, 2) => Diagonal(firstLateral, secondLateral, 1 + along),
            (0, 1) => new Matrix3(1, along, 0, 0, 1, 0, 0, 0, 1),
            (0, 2) => new Matrix3(1, 0, along, 0, 1, 0, 0, 0, 1),
            _ => new Matrix3(1, 0, 0, 0, 1, along, 0, 0, 1),
        };
    }

    /// <summary>The number of steps to a strain.</summary>
    /// <exception cref="InputException">The strain is not a positive whole number of steps.</exception>
    public static int StepsTo(double strain, double step)
    {
        if (!(step > 0) || step >= 0.1)
        {
            throw new InputException("a strain step that cannot be used", expected: "between 0 and 0.1", found: Text(step));
        }

        double steps = Math.Round(strain / step);
        if (!(steps >= 1) || steps > 1e7 || Math.Abs(strain - (steps * step)) > 1e-6 * step)
        {
            throw new InputException(
                "a strain that the steps do not reach", expected: $"a multiple of {Text(step)}", found: Text(strain));
        }

        return (int)steps;
    }

    private static string Text(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Matrix3 Diagonal(double x, double y, double z) => new(x, 0, 0, 0, y, 0, 0, 0, z);
}
