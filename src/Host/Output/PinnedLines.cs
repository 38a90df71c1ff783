using System.Text;

namespace Glasswright.Host.Output;

/// <summary>One line as it is written, and how many columns it takes without what only gives it its color.</summary>
/// <param name="Text">The line, escape sequences included.</param>
/// <param name="Width">Columns.</param>
internal readonly record struct PinnedLine(string Text, int Width);

/// <summary>
/// Lines that stay below everything else on a terminal: whatever is written meanwhile comes above them. The cursor stands below them, so that a
/// process that is killed leaves a prompt of its own line behind. Any thread may write.
/// </summary>
/// <param name="writer">The terminal.</param>
/// <param name="columns">Its present width.</param>
internal sealed class PinnedLines(TextWriter writer, Func<int> columns)
{
    private const string ClearToEnd = "\u001b[0J";

    private readonly Lock _lock = new();
    private IReadOnlyList<PinnedLine> _lines = []; // under _lock; what stands there now

    /// <summary>Writes a line of text; above the pinned ones if there are any.</summary>
    public void WriteLine(string line)
    {
        lock (_lock)
        {
            if (_lines.Count == 0)
            {
                writer.WriteLine(line);
                return;
            }

            writer.Write(Wiped().ToString());
            writer.WriteLine(line);
            writer.Write(Drawn(new StringBuilder(), _lines).ToString());
        }
    }

    /// <summary>Puts other lines in the place of the pinned ones; none ends the pinning.</summary>
    public void Show(IReadOnlyList<PinnedLine> lines)
    {
        lock (_lock)
        {
            // In one piece, so that nobody sees the gap.
            string change = Drawn(Wiped(), lines).ToString();
            _lines = lines;
            if (change.Length > 0)
            {
                writer.Write(change);
            }
        }
    }

    private static StringBuilder Drawn(StringBuilder text, IReadOnlyList<PinnedLine> lines)
    {
        foreach (PinnedLine line in lines)
        {
            text.Append(line.Text).Append('\n');
        }

        return text;
    }

    private StringBuilder Wiped()
    {
        var text = new StringBuilder();
        if (_lines.Count == 0)
        {
            return text;
        }

        // A window that was made narrower has broken the lines meanwhile.
        int width = columns(), up = 0;
        foreach (PinnedLine line in _lines)
        {
            up += Math.Max(1, (int)Math.Ceiling((double)line.Width / width));
        }

        return text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\u001b[{up}A\r").Append(ClearToEnd);
    }
}
