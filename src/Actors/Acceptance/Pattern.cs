using System.Globalization;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Acceptance;

/// <summary>
/// The atoms that a target is about, as weights w_i in [0, 1] by species and place in the structure that is measured. Weights multiply:
/// 1 for atoms of the species, else 0, times those of the region.
/// </summary>
internal sealed record Pattern
{
    /// <summary>Only atoms of this element; null for all.</summary>
    public string? Species { get; init; }

    /// <summary>Only atoms about a place; null for everywhere.</summary>
    public Region? Region { get; init; }

    /// <summary>Name within that of a target: <c>Cu</c>, <c>8@10/20/30</c>, <c>Cu 8~2@10/20/30</c>.</summary>
    public string Name => string.Join(' ', ((string?[])[Species, Region?.Name]).OfType<string>());

    /// <summary>Writes the weights of all atoms, <c>[N]</c>.</summary>
    public void Weigh(AtomicStructure structure, Span<double> weights)
    {
        int wanted = Species is null ? -1 : IndexOf(structure.SpeciesNames);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Species is not null && structure.Species[i] != wanted ? 0
                : Region?.Weigh(structure.Position(i), structure.Cell) ?? 1;
        }
    }

    /// <summary>Refuses a pattern that has no atoms in a structure, or that its cell is too small for.</summary>
    /// <exception cref="InputException">It has.</exception>
    public void RequireFits(AtomicStructure structure)
    {
        if (Species is not null && IndexOf(structure.SpeciesNames) < 0)
        {
            throw new InputException(
                "a target names a species that the structure does not have",
                expected: string.Join(", ", structure.SpeciesNames),
                found: Species,
                nearest: NearestName.Find(Species, [.. structure.SpeciesNames]));
        }

        Region?.RequireFits(structure.Cell);
        var weights = new double[structure.Count];
        Weigh(structure, weights);
        if (!Array.Exists(weights, weight => weight >= Pattern.HalfWeight))
        {
            throw new InputException("a target is about no atom of the structure", expected: "at least one atom", found: Name);
        }
    }

    /// <summary>From this weight on an atom counts for a maximum: of a soft region, within its radius.</summary>
    public const double HalfWeight = 0.5;

    private int IndexOf(IReadOnlyList<string> names)
    {
        for (int s = 0; s < names.Count; s++)
        {
            if (names[s] == Species)
            {
                return s;
            }
        }

        return -1;
    }
}

/// <summary>
/// A ball at a fixed place of the cell, by nearest images. With the distance r to its center, w = 1 up to R - s, 0 from R + s on, and
/// t²(3 - 2t) with t = (R + s - r)/2s between; s = 0 is a hard ball, w = 1 for r ≤ R.
/// </summary>
/// <param name="Center">The center, Å.</param>
/// <param name="Radius">R, Å.</param>
/// <param name="Softness">s, Å, at most R.</param>
internal sealed record Region(Vector3 Center, double Radius, double Softness = 0)
{
    /// <summary><c>8@10/20/30</c>; <c>8~2@10/20/30</c> with a softness.</summary>
    public string Name => Text(Radius) + (Softness > 0 ? "~" + Text(Softness) : "") +
        $"@{Text(Center.X)}/{Text(Center.Y)}/{Text(Center.Z)}";

    /// <summary>w of a position.</summary>
    public double Weigh(Vector3 position, Cell cell)
    {
        Vector3 d = position - Center;
        Vector3 s = cell.Inverse * d;
        double r = (d - (cell.Vectors * new Vector3(Math.Round(s.X), Math.Round(s.Y), Math.Round(s.Z)))).Length;
        if (Softness == 0)
        {
            return r <= Radius ? 1 : 0;
        }

        double t = Math.Clamp((Radius + Softness - r) / (2 * Softness), 0, 1);
        return t * t * (3 - (2 * t));
    }

    /// <summary>Refuses a ball that would meet its own image.</summary>
    /// <exception cref="InputException">It would.</exception>
    public void RequireFits(Cell cell)
    {
        Vector3 widths = cell.PerpendicularWidths;
        double half = Math.Min(widths.X, Math.Min(widths.Y, widths.Z)) / 2;
        if (!(Radius + Softness <= half))
        {
            throw new InputException(
                "the region of a target does not fit into the cell",
                expected: FormattableString.Invariant($"radius and softness together at most {half} A, half the cell's width"),
                found: Name);
        }
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
