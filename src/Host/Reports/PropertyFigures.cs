using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Evaluation;

namespace Glasswright.Host.Reports;

/// <summary>The property atom by atom, before and after: distributions, slices, and how far the change at a swap reaches.</summary>
internal sealed class PropertyFigures(RunFiles run, PropertyName property)
{
    /// <summary>Thickness of a slice, Å, as in the paper's maps.</summary>
    private const double SliceThickness = 3;

    /// <summary>Largest number of slices to choose from.</summary>
    private const int MostSlices = 8;

    /// <summary>Largest number of tiles of a map along a side.</summary>
    private const int MostTiles = 48;

    private readonly StructureFrame? _before = run.Before;
    private readonly StructureFrame? _after = run.After;

    /// <summary>The section.</summary>
    public ReportSection Section()
    {
        if (_before is null || _after is null || Values(_before) is not { } before || Values(_after) is not { } after)
        {
            return new ReportSection("property", "The property", "", [], ["There are no values of atoms: the run has no model, or no structure yet."]);
        }

        List<Figure> figures = [Distribution(null, before, after), .. SpeciesNames().Select(species => Distribution(species, before, after))];
        if (AtomPairing.Of(_before.Structure, _after.Structure) is { } atoms)
        {
            figures.Add(AtomByAtom(atoms, before, after));
        }

        // Two by two on the page, so that both slices stand side by side.
        figures.AddRange(Slices(before, after));
        var missing = new List<string>();
        if (run.Paths.Any(path => path.Swaps > 0))
        {
            figures.Add(Reach());
        }
        else
        {
            missing.Add("The reach of a swap is not shown: no structure of this run is one swap away from the one before.");
        }

        return new ReportSection(
            "property", "The property", $"{property.Short}, atom by atom, as the network predicts it{(property.IsPlasticity ? ": a small value means an atom that is hard to rearrange" : "")}.", figures, missing);
    }

    private static double[]? Values(StructureFrame frame) => frame.Columns.GetValueOrDefault(AcceptedPath.ValueColumn);

    private IEnumerable<string> SpeciesNames() => _before!.Structure.SpeciesNames.Where((_, k) => _before.Structure.Species.Contains(k));

    private static double[] Of(StructureFrame frame, double[] values, string? species)
    {
        int wanted = species is null ? -1 : frame.Structure.SpeciesNames.ToList().IndexOf(species);
        return [.. values.Where((value, i) => double.IsFinite(value) && (species is null || frame.Structure.Species[i] == wanted))];
    }

    private Figure Distribution(string? species, double[] before, double[] after)
    {
        double[] first = Of(_before!, before, species), last = Of(_after!, after, species);
        double[] edges = Statistics.Edges(first, last);
        string who = species is null ? "all atoms" : $"{species} atoms";
        return new Figure
        {
            Id = species is null ? "distribution" : $"distribution-{species}",
            Title = "Distribution of the property, before and after",
            Caption = FormattableString.Invariant(
                $"{property.Short} of {who} in the start (open) and in the {(run.Best is null ? "present" : "best")} structure (filled); the mean goes from {Statistics.Mean(first):F3} to {Statistics.Mean(last):F3} (Fig. 3c of the paper)."),
            X = property.Axis(),
            Y = new Axis("atoms"),
            Group = "distribution",
            Choice = who,
            Series =
            [
                new Series("before", Mark.Steps, edges, Statistics.Counts(edges, first)) { Color = 0, Dashed = true },
                new Series(run.AfterName, Mark.Steps, edges, Statistics.Counts(edges, last)) { Color = 1, Filled = true },
            ],
        };
    }

    private Figure AtomByAtom(AtomPairing atoms, double[] before, double[] after)
    {
        double[] now = atoms.Ordered(after);
        bool[] changed = atoms.Changed;
        int[] all = [.. Enumerable.Range(0, before.Length).Where(i => double.IsFinite(before[i]) && double.IsFinite(now[i]))];
        double r = Correlation.Pearson(Array.ConvertAll(all, i => before[i]), Array.ConvertAll(all, i => now[i]));

        // Who stays in the softest tenth stays soft; a tenth of a tenth would by chance.
        int tenth = Math.Max(1, all.Length / 10);
        HashSet<int> soft = [.. all.OrderByDescending(i => before[i]).Take(tenth)];
        int stayed = all.OrderByDescending(i => now[i]).Take(tenth).Count(soft.Contains);
        return new Figure
        {
            Id = "before-after",
            Title = "The property atom by atom, before and after",
            Caption = FormattableString.Invariant(
                $"{property.Short} of every atom in the {(run.Best is null ? "present" : "best")} structure against that in the start. Pearson's r = {r:F3}; {stayed} of the {tenth} atoms in the highest tenth after were in it before. {changed.Count(one => one)} atoms have another species."),
            X = new Axis($"before: {property.Symbol}"),
            Y = new Axis($"{run.AfterName}: {property.Symbol}"),
            Series = [.. ((Series[])[Points("same species", false, 0), Points("other species", true, 1)]).Where(series => series.X.Length > 0)],
        };

        Series Points(string name, bool which, int color)
        {
            int[] those = [.. all.Where(i => changed[i] == which)];
            return new Series(name, Mark.Points, Array.ConvertAll(those, i => before[i]), Array.ConvertAll(those, i => now[i]))
            {
                Color = color,
                Labels = Array.ConvertAll(those, i => FormattableString.Invariant($"atom {_before!.Structure.Ids[i]}")),
            };
        }
    }

    private IEnumerable<Figure> Slices(double[] before, double[] after)
    {
        double[] all = [.. before.Concat(after).Where(double.IsFinite).Order()];
        if (all.Length == 0)
        {
            yield break;
        }

        // Both ends cut alike, so that a few extreme atoms do not take the colors of all others.
        var scale = new ColorScale(property.Symbol, null, all[all.Length / 50], all[^(1 + (all.Length / 50))]);
        (PropertySlices Slices, SlicePoint[] Points) first = Cut(_before!, before), last = Cut(_after!, after);
        int slices = Math.Min(first.Slices.Count, last.Slices.Count);
        for (int slot = 0; slot < Math.Min(slices, MostSlices); slot++)
        {
            int slice = slices <= MostSlices ? slot : slot * slices / MostSlices;
            yield return Slice(_before!, before, "before", slot, slice, scale, first.Slices, first.Points);
            yield return Slice(_after!, after, run.AfterName, slot, slice, scale, last.Slices, last.Points);
        }
    }

    private static (PropertySlices Slices, SlicePoint[] Points) Cut(StructureFrame frame, double[] values)
    {
        Cell cell = frame.Structure.Cell;
        double longest = Math.Max(cell.Vectors.Column0.Length, cell.Vectors.Column1.Length);
        var slices = new PropertySlices(cell, axis: 2, SliceThickness, Math.Max(1, longest / MostTiles));
        return (slices, slices.Interpolate(frame.Structure, values));
    }

    /// <summary>A slice's points that have a value, with the first row and column again behind the last, where the cell ends.</summary>
    private static IEnumerable<SlicePoint> Map(SlicePoint[] points, int slice, PropertySlices slices, Cell cell)
    {
        for (int row = 0; row <= slices.Rows; row++)
        {
            for (int column = 0; column <= slices.Columns; column++)
            {
                SlicePoint point = points[(((slice * slices.Rows) + (row % slices.Rows)) * slices.Columns) + (column % slices.Columns)];
                Vector3 image = ((column / slices.Columns) * cell.Vectors.Column0) + ((row / slices.Rows) * cell.Vectors.Column1);
                if (double.IsFinite(point.Value))
                {
                    yield return point with { Position = point.Position + image };
                }
            }
        }
    }

    private Figure Slice(
        StructureFrame frame, double[] values, string when, int slot, int slice, ColorScale scale, PropertySlices slices, SlicePoint[] points)
    {
        AtomicStructure structure = frame.Structure;
        Cell cell = structure.Cell;
        double depth = slice * slices.Thickness, end = depth + slices.Thickness;
        int[] within = [.. Enumerable.Range(0, structure.Count).Where(i => slices.SliceOf(structure.Position(i)) == slice)];
        Vector3[] places = [.. within.Select(i => cell.Wrap(structure.Position(i)))];
        SlicePoint[] map = [.. Map(points, slice, slices, cell)];

        // In the lower face of the cell, as the atoms are seen from above.
        Vector3 middle = (slice + 0.5) / slices.Count * cell.Vectors.Column2;
        return new Figure
        {
            Id = FormattableString.Invariant($"slice-{slot + 1}-{(when == "before" ? "before" : "after")}"),
            Title = FormattableString.Invariant($"Slices of {SliceThickness} Å, {when}"),
            Caption = FormattableString.Invariant(
                $"Atoms between {depth:0.#} and {end:0.#} Å from the lower face of the cell along c, colored by {property.Short}, over the map of their mean with weights exp(-d²/2σ²), σ = 1.5 Å; the scale is that of both structures (Fig. 2c and 3i of the paper, predicted)."),
            X = new Axis("x", "Å"),
            Y = new Axis("y", "Å"),
            Equal = true,
            Colors = scale,
            Group = when == "before" ? "slice-before" : "slice-after",
            Choice = FormattableString.Invariant($"{depth:0.#} to {end:0.#} Å"),
            Series =
            [
                new Series("map", Mark.Tiles, [.. map.Select(point => point.Position.X - middle.X)], [.. map.Select(point => point.Position.Y - middle.Y)])
                {
                    Values = [.. map.Select(point => point.Value)],
                    Tile = [slices.Spacing.Column, slices.Spacing.Row],
                },
                new Series("atoms", Mark.Points, [.. places.Select(place => place.X)], [.. places.Select(place => place.Y)])
                {
                    Values = [.. within.Select(i => values[i])],
                    Labels = [.. within.Select(i => FormattableString.Invariant($"{structure.SpeciesNames[structure.Species[i]]} {structure.Ids[i]}"))],
                },
            ],
        };
    }

    private Figure Reach() => new()
    {
        Id = "reach",
        Title = "How far the change at an accepted swap reaches",
        Caption = FormattableString.Invariant(
            $"Mean change of {property.Short} at an accepted step against the distance from the nearer of the two swapped atoms, in rings of {AcceptedPath.RingWidth} Å; the point at zero is the swapped pair itself. Whiskers: standard error over the atoms. Rings stop at half of the cell (Fig. 4a of the paper, by distance in place of shells)."),
        X = new Axis("distance from the swapped pair", "Å"),
        Y = property.Axis("mean change"),
        Series =
        [
            .. run.Paths.Where(path => path.Swaps > 0).Select(path => new Series(
                FormattableString.Invariant($"replica {path.Replica} ({path.Swaps} steps)"),
                Mark.Line,
                [.. path.Rings.Select((_, ring) => ring == 0 ? 0 : (ring - 0.5) * AcceptedPath.RingWidth)],
                [.. path.Rings.Select(ring => ring.Mean)])
            {
                Errors = [.. path.Rings.Select(ring => ring.StandardError)],
                Color = path.Replica,
                Dashed = path.Replica % 2 == 1,
            }),
        ],
    };
}
