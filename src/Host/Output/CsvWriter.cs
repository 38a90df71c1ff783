using System.Globalization;
using System.Text;

namespace Glasswright.Host.Output;

/// <summary>
/// Comma-separated values: UTF-8, one header, line feeds, numbers in their shortest text that reads back to the same bits, an
/// empty cell for a number that is not finite. Names here need no quotes.
/// </summary>
internal sealed class CsvWriter(Stream stream) : IDisposable
{
    private readonly StreamWriter _writer = new(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
    private bool _rowBegun;

    /// <summary>A line for people before the names of the columns.</summary>
    public void Comment(string text) => _writer.Write($"# {text}\n");

    /// <summary>The names of the columns.</summary>
    public void Header(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            Cell(name);
        }

        EndRow();
    }

    /// <summary>A text.</summary>
    public CsvWriter Cell(string text)
    {
        if (_rowBegun)
        {
            _writer.Write(',');
        }

        _writer.Write(text);
        _rowBegun = true;
        return this;
    }

    /// <summary>A whole number.</summary>
    public CsvWriter Cell(long value) => Cell(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A number.</summary>
    public CsvWriter Cell(double value) => Cell(double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : "");

    /// <summary>Ends the row.</summary>
    public void EndRow()
    {
        _writer.Write('\n');
        _rowBegun = false;
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
