using System.Globalization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Neighbors;

/// <summary>
/// A grid of bins over a cell and its surroundings as far as a neighbor search reaches, in fractional coordinates. A bin is half
/// the reach wide, so everything within reach of a point lies within two bins to each side.
/// </summary>
internal readonly struct NeighborBins
{
    private readonly Vector3 _margin;
    private readonly Vector3 _perUnit;

    /// <summary>The grid for a cell and a reach in Å.</summary>
    public NeighborBins(Cell cell, double reach)
    {
        Vector3 widths = cell.PerpendicularWidths;
        _margin = new Vector3(reach / widths.X, reach / widths.Y, reach / widths.Z);
        if (Math.Max(_margin.X, Math.Max(_margin.Y, _margin.Z)) > 2)
        {
            throw new InputException(
                "the cell is too small for the neighbor list",
                expected: string.Create(CultureInfo.InvariantCulture, $"every distance between opposite faces at least {reach / 2} Å"),
                found: string.Create(CultureInfo.InvariantCulture, $"{Math.Min(widths.X, Math.Min(widths.Y, widths.Z))} Å"));
        }

        // A hair wider than half the reach, against round-off.
        const double Hair = 1 + 1e-9;
        _perUnit = new Vector3(2 / (_margin.X * Hair), 2 / (_margin.Y * Hair), 2 / (_margin.Z * Hair));
        N1 = (int)((1 + (2 * _margin.X)) * _perUnit.X) + 1;
        N2 = (int)((1 + (2 * _margin.Y)) * _perUnit.Y) + 1;
        N3 = (int)((1 + (2 * _margin.Z)) * _perUnit.Z) + 1;
    }

    /// <summary>Bins along the first direction.</summary>
    public int N1 { get; }

    /// <summary>Bins along the second direction.</summary>
    public int N2 { get; }

    /// <summary>Bins along the third direction.</summary>
    public int N3 { get; }

    /// <summary>All bins.</summary>
    public int Count => N1 * N2 * N3;

    /// <summary>The whole cell vectors (-2 … 2 along each direction) that translation <paramref name="code"/> stands for.</summary>
    public static Vector3 Steps(int code) => new((code / 25) - 2, (code / 5 % 5) - 2, (code % 5) - 2);

    /// <summary>The translations of a point that keep it within reach of the cell, in rising order; returns how many.</summary>
    public int ImagesWithin(Vector3 s, Span<int> codes)
    {
        int found = 0;
        for (int n1 = -2; n1 <= 2; n1++)
        {
            if (!Holds(s.X + n1, _margin.X))
            {
                continue;
            }

            for (int n2 = -2; n2 <= 2; n2++)
            {
                if (!Holds(s.Y + n2, _margin.Y))
                {
                    continue;
                }

                for (int n3 = -2; n3 <= 2; n3++)
                {
                    if (Holds(s.Z + n3, _margin.Z))
                    {
                        codes[found++] = ((((n1 + 2) * 5) + n2 + 2) * 5) + n3 + 2;
                    }
                }
            }
        }

        return found;
    }

    /// <summary>The bin of a point along each direction.</summary>
    public (int B1, int B2, int B3) Locate(Vector3 s) => (
        Math.Clamp((int)((s.X + _margin.X) * _perUnit.X), 0, N1 - 1),
        Math.Clamp((int)((s.Y + _margin.Y) * _perUnit.Y), 0, N2 - 1),
        Math.Clamp((int)((s.Z + _margin.Z) * _perUnit.Z), 0, N3 - 1));

    /// <summary>The number of a point's bin; bins along the third direction are neighbors.</summary>
    public int Index(Vector3 s)
    {
        (int b1, int b2, int b3) = Locate(s);
        return (((b1 * N2) + b2) * N3) + b3;
    }

    private static bool Holds(double s, double margin) => s >= -margin && s < 1 + margin;
}
