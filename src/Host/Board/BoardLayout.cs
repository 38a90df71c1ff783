using System.Globalization;
using Glasswright.Host.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Glasswright.Host.Board;

/// <summary>
/// Arranges a board for a screen: a block for each replica where there is room, else a line for each, else as many of these as fit and how many there are
/// beside them. No line is as wide as the screen, whose last column is the cursor's, and one row is left for what is written next.
/// </summary>
internal static class BoardLayout
{
    private const int LongestName = 16, ValueWidth = 10, LongestSpark = 16, ShortestSpark = 4, Indent = 2, Gap = 2;

    private static readonly Style Quiet = new(decoration: Decoration.Dim), Strong = new(decoration: Decoration.Bold),
        Better = new(Color.Green), Worse = new(Color.Yellow);

    /// <summary>The lines of a board.</summary>
    /// <param name="head">What is to be said of all replicas together.</param>
    /// <param name="replicas">The replicas of this process; none before there are any.</param>
    /// <param name="hasLadder">Whether rungs are told.</param>
    /// <param name="screen">Where it is shown.</param>
    public static IReadOnlyList<PinnedLine> Lines(string head, IReadOnlyList<ReplicaTrack> replicas, bool hasLadder, Screen screen)
    {
        int width = Math.Max(1, screen.Columns - 1), height = Math.Max(1, screen.Rows - 1);
        List<PinnedLine> first = Render([Cropped(head, Strong)], width, screen);
        if (replicas.Count == 0)
        {
            return first;
        }

        List<PinnedLine> blocks = replicas.Count * 2 < height
            ? Render([.. replicas.SelectMany(replica => Block(replica, hasLadder, width, screen.HasBlocks))], width, screen)
            : [];
        if (blocks.Count > 0 && first.Count + blocks.Count <= height)
        {
            return [.. first, .. blocks];
        }

        // The head of the table takes one line more, and so does the word of those who are left out.
        int room = height - first.Count - 1, shown = replicas.Count <= room ? replicas.Count : Math.Max(0, room - 1);
        if (shown == 0)
        {
            return first;
        }

        List<PinnedLine> table = Render([Table([.. replicas.Take(shown)], hasLadder, width, screen.HasBlocks)], width, screen);
        return shown == replicas.Count
            ? [.. first, .. table]
            : [.. first, .. table, .. Render([Cropped(FormattableString.Invariant($"and {replicas.Count - shown} more replicas"), Quiet)], width, screen)];
    }

    /// <summary>A replica's line, and its targets in columns under it.</summary>
    private static IEnumerable<IRenderable> Block(ReplicaTrack replica, bool hasLadder, int width, bool blocks)
    {
        string[] parts =
        [
            FormattableString.Invariant($"replica {replica.Replica}"),
            .. hasLadder ? [FormattableString.Invariant($"rung {replica.Rung}")] : Array.Empty<string>(),
            $"{Trials(replica)} trials",
            .. double.IsNaN(replica.Rate) ? Array.Empty<string>() : [Rate(replica)],
            .. double.IsNaN(replica.Acceptance) ? Array.Empty<string>() : [Acceptance(replica) + " accepted"],
            .. replica.Left is null ? Array.Empty<string>() : [Left(replica) + " left"],
        ];
        foreach (string line in Flow(parts, width))
        {
            yield return Cropped(line, Style.Plain);
        }

        int name = Math.Min(LongestName, replica.Targets.Max(target => target.Name.Length));
        int inside = Math.Max(1, width - Indent), bare = name + 1 + ValueWidth + 1;
        int across = Math.Max(1, (inside + Gap) / (bare + LongestSpark + Gap));
        if (across == 1 && replica.Targets.Count > 1)
        {
            // Two with short curves are better than one with a long one.
            across = Math.Max(1, Math.Min(2, (inside + Gap) / (bare + ShortestSpark + Gap)));
        }

        int spark = Math.Clamp(((inside + Gap) / across) - Gap - bare, 0, LongestSpark);
        for (int k = 0; k < replica.Targets.Count; k += across)
        {
            var line = new Paragraph { Overflow = Overflow.Crop };
            line.Append(new string(' ', Math.Min(Indent, width - 1)));
            foreach (TargetTrack target in replica.Targets.Skip(k).Take(across))
            {
                line.Append(Fitted(target.Name, name) + " ", Quiet);
                line.Append(target.Value.PadLeft(ValueWidth) + " ");
                line.Append(target.Draw(spark, blocks) + new string(' ', Gap), StyleOf(target));
            }

            yield return new Clipped(line);
        }
    }

    /// <summary>One line a replica, with as many columns as the width has room for: those that tell least go first.</summary>
    private static Table Table(IReadOnlyList<ReplicaTrack> replicas, bool hasLadder, int width, bool blocks)
    {
        TargetTrack first = replicas[0].Targets[0];
        List<(string Head, bool Right, Func<ReplicaTrack, (string Text, Style? Style)> Cell, int LeavesAs)> columns =
        [
            ("replica", true, r => (r.Replica.ToString(CultureInfo.InvariantCulture), null), 7),
            .. hasLadder ? [("rung", true, r => (r.Rung.ToString(CultureInfo.InvariantCulture), null), 4)] : Array.Empty<(string, bool, Func<ReplicaTrack, (string, Style?)>, int)>(),
            ("trials", true, r => (Trials(r), null), 6),
            ("rate", true, r => (Rate(r), null), 3),
            ("accepted", true, r => (Acceptance(r), null), 5),
            ("left", true, r => (Left(r), null), 2),
            (Fitted(first.Name, Math.Min(LongestName, first.Name.Length)), true, r => (r.Targets[0].Value, null), 1),
            ("", false, r => (r.Targets[0].Draw(LongestSpark, blocks), StyleOf(r.Targets[0])), 0),
        ];
        var cells = columns.Select(column => replicas.Select(column.Cell).ToList()).ToList();
        var widths = columns.Select((column, c) => Math.Max(column.Head.Length, cells[c].Max(cell => cell.Text.Length))).ToList();
        while (columns.Count > 1 && widths.Sum() + (Gap * (columns.Count - 1)) > width)
        {
            int gone = columns.IndexOf(columns.MinBy(column => column.LeavesAs));
            columns.RemoveAt(gone);
            cells.RemoveAt(gone);
            widths.RemoveAt(gone);
        }

        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        for (int c = 0; c < columns.Count; c++)
        {
            bool last = c + 1 == columns.Count;
            table.AddColumn(new TableColumn(new Text(columns[c].Head, Quiet))
            {
                NoWrap = true,
                Width = Math.Min(widths[c], width),
                Padding = new Padding(0, 0, last ? 0 : Gap, 0),
                Alignment = columns[c].Right ? Justify.Right : Justify.Left,
            });
        }

        for (int r = 0; r < replicas.Count; r++)
        {
            table.AddRow(cells.Select(column => (IRenderable)new Text(column[r].Text, column[r].Style)));
        }

        return table;
    }

    private static string Trials(ReplicaTrack replica) => FormattableString.Invariant($"{replica.Trials}/{replica.Total}");

    private static string Rate(ReplicaTrack replica) => double.IsNaN(replica.Rate) ? "-" : ProgressLine.Pace(replica.Rate);

    private static string Acceptance(ReplicaTrack replica) =>
        double.IsNaN(replica.Acceptance) ? "-" : FormattableString.Invariant($"{100 * replica.Acceptance:0.0} %");

    private static string Left(ReplicaTrack replica) => replica.Left is { } left ? ProgressLine.Duration(left) : "-";

    private static Style? StyleOf(TargetTrack target) => target.IsBetter switch { true => Better, false => Worse, null => null };

    private static string Fitted(string text, int width) => text.Length > width ? text[..(width - 1)] + "~" : text.PadRight(width);

    /// <summary>Parts on as few lines as they need; one that is longer than a line has its own.</summary>
    private static IEnumerable<string> Flow(IEnumerable<string> parts, int width)
    {
        string line = "";
        foreach (string part in parts)
        {
            if (line.Length > 0 && line.Length + Gap + part.Length > width)
            {
                yield return line;
                line = new string(' ', Indent) + part;
            }
            else
            {
                line += (line.Length > 0 ? new string(' ', Gap) : "") + part;
            }
        }

        yield return line;
    }

    private static Clipped Cropped(string text, Style style) => new(new Text(text, style));

    /// <summary>What Spectre makes of it, line by line.</summary>
    private static List<PinnedLine> Render(IEnumerable<IRenderable> parts, int width, Screen screen)
    {
        using var text = new StringWriter { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = screen.HasColors ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = screen.HasColors ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = width;
        var lines = new List<PinnedLine>();
        var options = RenderOptions.Create(console, console.Profile.Capabilities);
        foreach (SegmentLine line in Segment.SplitLines(parts.SelectMany(part => Ended(part.Render(options, width))), width))
        {
            text.GetStringBuilder().Clear();
            console.Write(new Drawn(line));
            lines.Add(new PinnedLine(text.ToString().TrimEnd('\n'), line.CellCount()));
        }

        return lines;
    }

    private static IEnumerable<Segment> Ended(IEnumerable<Segment> segments)
    {
        Segment? last = null;
        foreach (Segment segment in segments)
        {
            last = segment;
            yield return segment;
        }

        if (last is { IsLineBreak: false })
        {
            yield return Segment.LineBreak;
        }
    }

    /// <summary>One line, cut where the width ends; a text of Spectre's would go on below.</summary>
    private sealed class Clipped(IRenderable inner) : IRenderable
    {
        private const int Endless = 100_000;

        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, Endless);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            Segment.Truncate(inner.Render(options, Endless).Where(segment => !segment.IsLineBreak), maxWidth);
    }

    private sealed class Drawn(SegmentLine line) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => new(line.CellCount(), line.CellCount());

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => line;
    }
}
