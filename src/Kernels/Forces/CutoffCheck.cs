using System.Globalization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Forces;

/// <summary>The smallest cell that a cutoff allows.</summary>
internal static class CutoffCheck
{
    /// <summary>Refuses a cell with a perpendicular width below the cutoff.</summary>
    public static void Require(Cell cell, double cutoff)
    {
        Vector3 widths = cell.PerpendicularWidths;
        double least = Math.Min(widths.X, Math.Min(widths.Y, widths.Z));
        if (least < cutoff)
        {
            throw new InputException(
                "the cell is too small for the potential",
                expected: string.Create(CultureInfo.InvariantCulture, $"every distance between opposite faces at least the cutoff, {cutoff} Å"),
                found: string.Create(CultureInfo.InvariantCulture, $"{least} Å"));
        }
    }
}
