namespace Glasswright.Kernels.Potentials;

/// <summary>
/// A potential with its functions of distance tabulated at fewer points, so that they fit the caches: an approximation, by name and
/// on request only. Values are those of the full tables' cubics at the new points; F(ρ) keeps its own.
/// </summary>
/// <remarks>The error falls with the third power of the spacing for forces and with the fourth for energies. What it is for a structure
/// is measured, not promised: <c>energy --table-points</c> prints the largest difference of a force component.</remarks>
internal static class CompactTables
{
    /// <summary>Fewest points: of fewer the cubic says little.</summary>
    public const int LeastPoints = 100;

    /// <summary>Most points: of more no file has use.</summary>
    public const int MostPoints = 100_000;

    /// <summary>Resamples the functions of distance at <paramref name="points"/> points from 0 to the end of the tables.</summary>
    public static EamTables Resample(EamTables tables, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, LeastPoints);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(points, MostPoints);
        int full = tables.RadiusTimesPair[0][0].Length;
        double step = (full - 1) * tables.RadiusStep / (points - 1);
        return tables with
        {
            RadiusStep = step,
            Density = [.. tables.Density.Select(row => row.Select(Resampled).ToArray())],
            RadiusTimesPair = [.. tables.RadiusTimesPair.Select(row => row.Select(Resampled).ToArray())],
        };

        double[] Resampled(double[] values)
        {
            var table = new HermiteTable(values, tables.RadiusStep);
            double[] result = new double[points];
            for (int k = 0; k < points; k++)
            {
                result[k] = table.Evaluate(k * step).Value;
            }

            return result;
        }
    }
}
