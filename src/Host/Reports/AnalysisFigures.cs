using System.Globalization;

namespace Glasswright.Host.Reports;

/// <summary>
/// The structure before and after, from the tables of <c>glasswright analyze</c>: motifs along the chain, Voronoi indices, g(r) and its change, S(q), chemical order, volumes. A table that is
/// not one of its own, with numbers in its first column, is drawn as it is: the other columns of numbers are the lines.
/// </summary>
internal sealed class AnalysisFigures(RunFiles run)
{
    /// <summary>More columns would hide each other.</summary>
    private const int MostLines = 12;

    /// <summary>So many of the commonest Voronoi indices are shown.</summary>
    private const int MostIndices = 12;

    private static readonly string[] Own =
        ["atoms", "chain", "coordination", "correlation", "distributions", "gr", "gr-change", "shells", "slices", "sq", "steps", "stress", "stress-strain", "voronoi", "warren-cowley"];

    private static readonly (string Ending, string Unit)[] Units =
        [("_per_A", "1/Å"), ("_A", "Å"), ("_eV", "eV"), ("_GPa", "GPa"), ("_bar", "bar"), ("_ps", "ps"), ("_K", "K"), ("_percent", "%")];

    /// <summary>The section.</summary>
    public ReportSection Section()
    {
        var missing = new List<string>();
        var curves = new CurveFigures(run.Analysis);

        // A chain without an acceptance is one structure: nothing has changed.
        bool hasChange = run.Analysis.Find("gr", "structure") is not { } distributions || distributions.Texts("structure").Distinct().Count() > 1;
        Figure[] figures =
        [
            .. Told("motifs along the chain", Motifs()), .. Told("Voronoi indices", Indices()), .. Told("g(r)", curves.Distributions()), .. hasChange ? Told("its change Δg(r)", curves.Changes()) : [],
            .. Told("S(q)", curves.StructureFactors()), .. Told("coordination numbers", Coordination()), .. Told("Warren-Cowley parameters", Order()), .. Told("volumes of cells", Volumes()),
            .. run.Analysis.Names.Select(name => Draw(name, run.Analysis.Find(name))).OfType<Figure>(),
        ];
        string[] sentences = missing.Count == 0 ? [] : [$"Not here: {string.Join(", ", missing)}. `{run.AnalyzeCommand}` makes the tables, and a new report shows them."];
        return new ReportSection(
            "structure", "Structure analysis", figures.Length > 0 ? "From the tables of glasswright analyze, whose first lines define every quantity (docs/analysis.md). The best structure has a line of its own unless it is the start or the final one." : "", figures, [.. sentences, .. Stale()]);

        Figure[] Told(string name, IEnumerable<Figure> made)
        {
            Figure[] all = [.. made];
            if (all.Length == 0)
            {
                missing.Add(name);
            }

            return all;
        }
    }

    /// <summary>Whether the chain has gone on since it was analyzed.</summary>
    private IEnumerable<string> Stale()
    {
        if (run.Analysis.Find("chain", "trial") is { } chain && run.Analysis.Replica is { } replica && run.Paths.FirstOrDefault(path => path.Replica == replica) is { } path
            && chain.Numbers("trial")[^1] is var analyzed && analyzed != path.Trials[^1])
        {
            yield return FormattableString.Invariant(
                $"The tables end at trial {analyzed} of replica {replica}, whose newest structure here is of trial {path.Trials[^1]}: `{run.AnalyzeCommand}` makes them anew.");
        }
    }

    private IEnumerable<Figure> Motifs()
    {
        if (run.Analysis.Find("chain", "version") is not { } chain)
        {
            yield break;
        }

        foreach ((string id, string choice, string[] starts, string words) in ((string, string, string[], string)[])
        [
            ("icosahedra", "⟨0,0,12,0⟩", ["icosahedra_"], "Share of the atoms of each species in full icosahedra, Voronoi index ⟨0,0,12,0⟩"),
            ("frank-kasper", "⟨0,0,12,4⟩", ["frank_kasper_16_"], "Share of the atoms of each species in the Frank-Kasper polyhedron of 16 neighbors, Voronoi index ⟨0,0,12,4⟩"),
            ("polytetrahedral", "polytetrahedral", ["polytetrahedral"], "Share of the atoms with 2n₄ + n₅ = 12"),
            ("crystalline", "crystalline", ["crystalline", "b2"], "Share of crystalline atoms, and of those in B2: above 10 % the chain has left the glass"),
        ])
        {
            string[] columns = [.. chain.Names.Where(name => starts.Any(start => name.StartsWith(start, StringComparison.Ordinal)))];
            if (columns.Length > 0)
            {
                yield return new Figure
                {
                    Id = $"motifs-{id}",
                    Title = "Motifs along the accepted steps",
                    Caption = $"{words}, after each accepted step{Chain()} (Fig. 5 of the paper).",
                    X = new Axis("accepted steps"),
                    Y = new Axis("share of atoms", "%"),
                    Group = "motifs",
                    Choice = choice,
                    Series =
                    [
                        .. columns.Select((column, slot) => new Series(
                            NameOf(column, starts), Mark.Line, chain.Numbers("version"), [.. chain.Numbers(column).Select(share => 100 * share)]) { Color = slot, Dashed = slot % 2 == 1 }),
                    ],
                };
            }
        }
    }

    private static string NameOf(string column, string[] starts) =>
        starts.FirstOrDefault(start => column != start && column.StartsWith(start, StringComparison.Ordinal)) is { } start ? $"around {column[start.Length..]}" : column == "b2" ? "B2" : column;

    private string Chain() => run.Analysis.Replica is { } replica ? FormattableString.Invariant($" of replica {replica}") : "";

    private IEnumerable<Figure> Indices()
    {
        if (run.Analysis.Find("voronoi", "structure", "species", "n3", "n4", "n5", "n6", "share") is not { } voronoi)
        {
            yield break;
        }

        foreach (string species in voronoi.Texts("species").Distinct())
        {
            (string Name, Dictionary<string, double> Shares)[] structures = [.. AnalysisTables.Structures(voronoi.Where("species", species)).Select(one => (one.Name, SharesOf(one.Rows)))];
            string[] indices =
            [
                .. structures.SelectMany(one => one.Shares).GroupBy(entry => entry.Key).OrderByDescending(group => group.Max(entry => entry.Value)).ThenBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => group.Key).Take(MostIndices),
            ];
            yield return Bars(
                $"voronoi-{species}", "Voronoi indices", $"The {indices.Length} commonest Voronoi indices ⟨n₃,n₄,n₅,n₆⟩ of {species} atoms.", "index", indices, new Axis("share of atoms", "%"), "voronoi", $"{species} atoms",
                structures.Select(one => (one.Name, indices.Select(index => one.Shares.GetValueOrDefault(index)).ToArray())));
        }
    }

    private static Dictionary<string, double> SharesOf(CsvTable rows)
    {
        string[][] orders = [.. ((string[])["n3", "n4", "n5", "n6"]).Select(rows.Texts)];
        return rows.Numbers("share").Select((share, i) => ($"⟨{string.Join(',', orders.Select(order => order[i]))}⟩", 100 * share)).ToDictionary(StringComparer.Ordinal);
    }

    private IEnumerable<Figure> Coordination()
    {
        if (run.Analysis.Find("coordination", "structure", "a", "b", "coordination") is { } table)
        {
            yield return Pairs("coordination", "Coordination numbers", "Mean number of neighbors of one species around an atom of another, up to the first minimum of their g(r).", table, "coordination", new Axis("neighbors"), null, null);
        }
    }

    private IEnumerable<Figure> Order()
    {
        if (run.Analysis.Find("warren-cowley", "structure", "shell", "from_A", "to_A", "a", "b", "alpha") is not { } table)
        {
            yield break;
        }

        foreach (string shell in table.Texts("shell").Distinct())
        {
            CsvTable rows = table.Where("shell", shell);
            yield return Pairs(
                $"warren-cowley-{shell}", "Chemical order",
                FormattableString.Invariant($"Warren-Cowley parameter α of shell {shell} ({rows.Numbers("from_A")[0]:0.##} to {rows.Numbers("to_A")[0]:0.##} Å before): 0 without chemical order, negative where the pair is preferred. Between species of different size α of a around b and of b around a differ."),
                rows, "alpha", new Axis("α"), "warren-cowley", $"shell {shell}");
        }
    }

    private static Figure Pairs(string id, string title, string caption, CsvTable table, string column, Axis axis, string? group, string? choice)
    {
        string[] names = [.. NamesOf(table).Distinct()];
        return Bars(id, title, caption, "pair", names, axis, group, choice, AnalysisTables.Structures(table).Select(one =>
        {
            Dictionary<string, double> values = NamesOf(one.Rows).Zip(one.Rows.Numbers(column)).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
            return (one.Name, names.Select(name => values.GetValueOrDefault(name, double.NaN)).ToArray());
        }));

        static IEnumerable<string> NamesOf(CsvTable rows) => rows.Texts("b").Zip(rows.Texts("a"), (b, a) => $"{b} around {a}");
    }

    private static Figure Bars(
        string id, string title, string caption, string x, string[] names, Axis axis, string? group, string? choice, IEnumerable<(string Name, double[] Values)> structures) => new()
        {
            Id = id,
            Title = title,
            Caption = caption,
            X = new Axis(x) { Categories = names },
            Y = axis,
            Group = group,
            Choice = choice,
            Series = [.. structures.Select((one, slot) => AnalysisTables.Series(slot, one.Name, Mark.Bars, [.. names.Select((_, k) => (double)k)], one.Values))],
        };

    private IEnumerable<Figure> Volumes()
    {
        if (run.Analysis.Find("atoms", "structure", "species", "volume_A3") is not { } atoms)
        {
            yield break;
        }

        foreach (string species in atoms.Texts("species").Distinct())
        {
            (string Name, double[] Volumes)[] structures = [.. AnalysisTables.Structures(atoms.Where("species", species)).Select(one => (one.Name, one.Rows.Numbers("volume_A3")))];
            double[] edges = Statistics.Edges([.. structures.Select(one => one.Volumes)]);
            yield return new Figure
            {
                Id = $"volume-{species}",
                Title = "Volumes of Voronoi cells",
                Caption = $"Volumes of the cells of {species} atoms; means: {string.Join(", ", structures.Select(one => FormattableString.Invariant($"{Statistics.Mean(one.Volumes):F3} Å³ {one.Name}")))}.",
                X = new Axis("volume of a cell", "Å³"),
                Y = new Axis("atoms"),
                Group = "volume",
                Choice = $"{species} atoms",
                Series = [.. structures.Select((one, slot) => AnalysisTables.Series(slot, one.Name, Mark.Steps, edges, Statistics.Counts(edges, one.Volumes)))],
            };
        }
    }

    private static Figure? Draw(string name, CsvTable? table)
    {
        if (Own.Contains(name) || table is null || table.Count < 2 || table.Names.Count < 2 || !IsNumeric(table, table.Names[0]))
        {
            return null;
        }

        string[] columns = [.. table.Names.Skip(1).Where(column => IsNumeric(table, column)).Take(MostLines)];
        (string x, string? xUnit) = Split(table.Names[0]);
        string?[] units = [.. columns.Select(column => Split(column).Unit).Distinct()];
        return columns.Length == 0 ? null : new Figure
        {
            Id = $"analysis-{name}",
            Title = name,
            Caption = $"A table of the folder analysis: {name}.csv.",
            X = new Axis(x, xUnit),
            Y = new Axis(columns.Length == 1 ? Split(columns[0]).Name : "value", units.Length == 1 ? units[0] : null),
            Series = [.. columns.Select((column, slot) => new Series(Split(column).Name, Mark.Line, table.Numbers(table.Names[0]), table.Numbers(column)) { Color = slot, Dashed = slot % 2 == 1 })],
        };
    }

    private static bool IsNumeric(CsvTable table, string column) => table.Texts(column).All(cell =>
        cell.Length == 0 || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    private static (string Name, string? Unit) Split(string column)
    {
        (string ending, string unit) = Units.FirstOrDefault(entry => column.EndsWith(entry.Ending, StringComparison.Ordinal));
        return ending is null ? (column.Replace('_', ' '), null) : (column[..^ending.Length].Replace('_', ' '), unit);
    }
}
