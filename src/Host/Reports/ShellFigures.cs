using Glasswright.Host.Analysis;

namespace Glasswright.Host.Reports;

/// <summary>What an accepted swap changes, and where: by shells of the swapped pair, and by classes of steps. From <c>steps.csv</c> of <c>analyze</c>; and how far atoms moved.</summary>
internal sealed class ShellFigures(RunFiles run, PropertyName property)
{
    private const int MostClasses = 14;
    private const int MostPoints = 400;

    /// <summary>About a third of the distance between neighbors, Å: who moved more has changed its place.</summary>
    private const double FarWay = 1;

    private static readonly string[] Groups = ["swapped", "1st shell", "2nd shell", "3rd shell", "4th shell", "farther"];

    /// <summary>The section.</summary>
    public ReportSection Section()
    {
        CsvTable? steps = run.Analysis.Find("steps", [.. ShellChange.Groups, .. ShellChange.Groups.Select(group => $"atoms_{group}"), "class"]);
        Figure[] figures = [.. steps is null ? (Figure[])[] : [PerAtom(steps), Shared(steps), Classes(steps)], .. Displacements()];
        string[] missing = steps is not null ? [] : run.Analysis.Find("chain") is not null
            ? ["The change by shells and the classes of steps are not here: no accepted step of the analyzed chain is a swap, or g(r) of its start shows no first shell (`glasswright analyze` takes --cutoff then)."]
            : [$"The change by shells of the swapped pair and the classes of the accepted steps are not here: `{run.AnalyzeCommand}` makes the tables, and a new report shows them."];
        return new ReportSection(
            "shells", "What the swaps changed",
            steps is not null ? FormattableString.Invariant($"Over the {steps.Count} accepted swaps{Chain()}. A shell is a step between neighbors within the first minimum of g(r), counted from the swapped pair before the swap.") : "",
            figures, missing);
    }

    private string Chain() => run.Analysis.Replica is { } replica ? FormattableString.Invariant($" of replica {replica}") : "";

    /// <summary>A run without a model is told by energies.</summary>
    private (string Words, Axis Axis, double Scale) Quantity(string figure) => run.HasValues
        ? (property.Short, property.Axis(figure), 1)
        : ("the energy", new Axis($"{figure} of the energy", "meV"), 1e3);

    private Figure PerAtom(CsvTable steps)
    {
        (string words, Axis axis, double scale) = Quantity("mean change");
        return ByGroup(
            "shells", "mean of an atom", axis,
            $"Mean change of {words} of an atom in each shell at an accepted swap; whiskers: standard error over the steps (Fig. 4a of the paper{(run.HasValues ? ", predicted" : "")}).",
            [.. ShellChange.Groups.Select(group => Moments(steps.Numbers(group), scale))]);
    }

    private Figure Shared(CsvTable steps)
    {
        (string words, Axis axis, double scale) = Quantity("part of the change of the mean");
        double[][] atoms = [.. ShellChange.Groups.Select(group => steps.Numbers($"atoms_{group}"))];
        double[] all = [.. Enumerable.Range(0, steps.Count).Select(i => atoms.Aggregate(0.0, (sum, group) => sum + group[i]))];
        return ByGroup(
            "shells-shared", "share in the change of the mean", axis,
            $"What the atoms of each shell together add to the change of the mean of {words} at an accepted swap: the mean change of an atom times the share of atoms in the shell. The six points add up to the whole change; whiskers: standard error over the steps.",
            [.. ShellChange.Groups.Select((group, g) => Moments([.. steps.Numbers(group).Select((mean, i) => atoms[g][i] > 0 ? mean * atoms[g][i] / all[i] : 0)], scale))]);
    }

    private static Figure ByGroup(string id, string choice, Axis axis, string caption, Moments[] groups) => new()
    {
        Id = id,
        Title = "Change by shell of the swapped pair",
        Caption = caption,
        X = new Axis("atoms") { Categories = Groups },
        Y = axis,
        Group = "shells",
        Choice = choice,
        Series =
        [
            new Series("accepted swaps", Mark.Line, [.. groups.Select((_, g) => (double)g)], [.. groups.Select(group => group.Mean)])
            {
                Errors = [.. groups.Select(group => group.StandardError)],
            },
        ],
    };

    private Figure Classes(CsvTable steps)
    {
        KeyValuePair<string, int>[] counts = [.. steps.Texts("class").CountBy(text => text).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal)];
        (string Name, double Count)[] shown = [.. counts.Take(MostClasses).Select(entry => (entry.Key.Replace('-', '−'), (double)entry.Value))];
        if (counts.Length > MostClasses)
        {
            shown = [.. shown, ("others", counts.Skip(MostClasses).Aggregate(0.0, (sum, entry) => sum + entry.Value))];
        }

        return new Figure
        {
            Id = "step-classes",
            Title = "Classes of accepted swaps",
            Caption = FormattableString.Invariant(
                $"A class is six signs of the mean change of {Quantity("").Words}: in the swapped atoms, in their first to fourth shell and farther; − lowered, + raised, 0 no atoms or no change. {counts.Length} classes occur."),
            X = new Axis("class") { Categories = [.. shown.Select(entry => entry.Name)] },
            Y = new Axis("accepted swaps"),
            Series = [new Series("accepted swaps", Mark.Bars, [.. shown.Select((_, k) => (double)k)], [.. shown.Select(entry => entry.Count)])],
        };
    }

    /// <summary>How far atoms moved from the start to the end: the share that moved at least so far.</summary>
    private IEnumerable<Figure> Displacements()
    {
        if (run.Before is not { } before || run.After is not { } after || AtomPairing.Of(before.Structure, after.Structure) is not { } atoms)
        {
            yield break;
        }

        double[] ways = atoms.Displacements();
        int far = ways.Count(way => way > FarWay);
        yield return new Figure
        {
            Id = "displacements",
            Title = "How far atoms moved",
            Caption = FormattableString.Invariant(
                $"Share of the atoms that stand at least so far from where they stood at the start, in the {(run.Best is null ? "present" : "best")} structure; over the shortest way through the periodic images. Root mean square {Math.Sqrt(Statistics.Mean([.. ways.Select(way => way * way)])):F3} Å; {far} of {ways.Length} atoms moved more than {FarWay} Å. A swap exchanges species in place: what moves is the relaxation."),
            X = new Axis("displacement", "Å"),
            Y = new Axis("atoms that moved at least so far", "%"),
            Series =
            [
                .. before.Structure.SpeciesNames.Select((name, s) => (Name: name, Slot: s, Ways: ways.Where((_, i) => before.Structure.Species[i] == s).Order().ToArray()))
                    .Where(species => species.Ways.Length > 0).Select(species => Reached(species.Name, species.Slot, species.Ways)),
            ],
        };
    }

    private static Series Reached(string name, int slot, double[] sorted)
    {
        int points = Math.Min(sorted.Length, MostPoints);
        int[] places = [.. Enumerable.Range(0, points).Select(k => points == 1 ? 0 : (int)((long)k * (sorted.Length - 1) / (points - 1)))];
        return new Series(name, Mark.Line, Array.ConvertAll(places, i => sorted[i]), Array.ConvertAll(places, i => 100.0 * (sorted.Length - i) / sorted.Length)) { Color = slot, Dashed = slot % 2 == 1 };
    }

    private static Moments Moments(double[] values, double scale)
    {
        var moments = new Moments();
        foreach (double value in values.Where(double.IsFinite))
        {
            moments.Add(value * scale);
        }

        return moments;
    }
}
