using System.Reflection;
using System.Text;

namespace Glasswright.Host.Reports;

/// <summary>
/// The page that the front end's build left in this assembly: script and style inside, an element for the document. A build without Node.js
/// has none.
/// </summary>
internal static class ReportPage
{
    /// <summary>The resource.</summary>
    public const string Resource = "report.html";

    /// <summary>Why the build made none, where it knew.</summary>
    public const string ReasonResource = "report.missing.txt";

    /// <summary>The element of the document, empty.</summary>
    public const string Slot = """<script type="application/json" id="document">/*document*/</script>""";

    /// <summary>The page without a document; null if this build has none.</summary>
    public static string? Template => Read(Resource);

    /// <summary>What to do about a page that is not there, in one line.</summary>
    public static string Missing(string? reason) => $"index.html is missing: this build of glasswright has no page ({Reason(reason)}";

    /// <summary>The same, with the reason that the build left.</summary>
    public static string Missing() => Missing(Read(ReasonResource));

    /// <summary>Why this build has no pages, and how to get them.</summary>
    public static string Reason() => "(" + Reason(Read(ReasonResource));

    private static string Reason(string? reason) =>
        $"{reason?.Trim() ?? "Node.js was not found"}); install Node.js 20.19 or later with npm and a way to its registry, and build again (after `dotnet clean src/Host`)";

    /// <summary>Puts a document into a page.</summary>
    /// <exception cref="InvalidDataException">The page has no place for it.</exception>
    public static string Fill(string template, ReportDocument document)
    {
        int at = template.IndexOf(Slot, StringComparison.Ordinal);
        if (at < 0)
        {
            throw new InvalidDataException("The page of the report has no place for its document.");
        }

        string filled = Slot.Replace("/*document*/", document.ToJson(), StringComparison.Ordinal);
        return string.Concat(template.AsSpan(0, at), filled, template.AsSpan(at + Slot.Length));
    }

    /// <summary>The text of a resource; null if this build has none.</summary>
    public static string? Read(string name)
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
