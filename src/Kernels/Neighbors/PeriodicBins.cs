using System.Globalization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Neighbors;

/// <summary>
/// A grid of whole bins over a periodic cell, each at least half a reach wide, so that everything within reach of a point lies
/// within two bins to each side. The bin of an image is the bin of its atom plus whole numbers of grids, so a pair and its
/// mirror images agree on which of the two comes first.
/// </summary>
internal readonly struct PeriodicBins
{
    private const int BinsPerAtom = 4;
    private const int FewBins = 64;

    /// <summary>The grid for a cell and a reach in Å; no more than a few bins per atom, however empty the cell.</summary>
    /// <exception cref="InputException">The cell is narrower than half the reach.</exception>
    public PeriodicBins(Cell cell, double reach, int atoms)
    {
        Vector3 widths = cell.PerpendicularWidths;
        double narrowest = Math.Min(widths.X, Math.Min(widths.Y, widths.Z));

        // A hair wider than half the reach, against round-off.
        double least = 0.5 * reach * (1 + 1e-9);
        if (narrowest < least)
        {
            throw new InputException(
                "the cell is too small for the neighbor list",
                expected: string.Create(CultureInfo.InvariantCulture, $"every distance between opposite faces at least {least} Å"),
                found: string.Create(CultureInfo.InvariantCulture, $"{narrowest} Å"));
        }

        long most = ((long)BinsPerAtom * atoms) + FewBins;
        long n1 = (long)Math.Min(most, widths.X / least), n2 = (long)Math.Min(most, widths.Y / least), n3 = (long)Math.Min(most, widths.Z / least);
        while ((double)n1 * n2 * n3 > most)
        {
            if (n1 >= n2 && n1 >= n3)
            {
                n1 = (n1 + 1) / 2;
            }
            else if (n2 >= n3)
            {
                n2 = (n2 + 1) / 2;
            }
            else
            {
                n3 = (n3 + 1) / 2;
            }
        }

        (N1, N2, N3) = ((int)n1, (int)n2, (int)n3);
        CurveBits = ZOrder.Bits(N1) + ZOrder.Bits(N2) + ZOrder.Bits(N3);
    }

    /// <summary>Bins along the first direction.</summary>
    public int N1 { get; }

    /// <summary>Bins along the second direction.</summary>
    public int N2 { get; }

    /// <summary>Bins along the third direction.</summary>
    public int N3 { get; }

    /// <summary>Bits of a place on the curve.</summary>
    public int CurveBits { get; }

    /// <summary>The bin of fractional coordinates in [0, 1), along each direction.</summary>
    public (int B1, int B2, int B3) Locate(Vector3 s) => (
        Math.Clamp((int)(s.X * N1), 0, N1 - 1), Math.Clamp((int)(s.Y * N2), 0, N2 - 1), Math.Clamp((int)(s.Z * N3), 0, N3 - 1));

    /// <summary>Place of a bin on the curve (<see cref="ZOrder"/>).</summary>
    public int PlaceOnCurve(int b1, int b2, int b3) => ZOrder.Place(b1, b2, b3, N1, N2, N3);
}
