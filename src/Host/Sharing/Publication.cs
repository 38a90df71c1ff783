using System.Globalization;
using System.Text;

namespace Glasswright.Host.Sharing;

/// <summary>Something to cite, in plain text and as BibTeX.</summary>
/// <param name="Key">The key in BibTeX and in the text.</param>
/// <param name="Authors">Family name, comma, given names; a group's name stands alone.</param>
/// <param name="Title">The title.</param>
/// <param name="Year">The year; null of software under work.</param>
internal sealed record Publication(string Key, IReadOnlyList<string> Authors, string Title, int? Year)
{
    // What an author's name is made of here, in BibTeX's letters.
    private static readonly (string Letter, string Tex)[] Letters = [("é", "{\\'e}"), ("ô", "{\\^o}"), ("á", "{\\'a}"), ("²", "$^2$"), ("–", "--")];

    /// <summary>The journal; null for software.</summary>
    public string? Journal { get; init; }

    /// <summary>Its volume.</summary>
    public string? Volume { get; init; }

    /// <summary>First page or number of the article.</summary>
    public string? Pages { get; init; }

    /// <summary>The digital object identifier.</summary>
    public string? Doi { get; init; }

    /// <summary>Of software: the version.</summary>
    public string? Version { get; init; }

    /// <summary>What it is cited for.</summary>
    public string Role { get; init; } = "";

    /// <summary>One line for a list of references.</summary>
    public string Line()
    {
        string authors = string.Join(", ", Authors.Select(name => name.Split(", ") is [string family, string given] ? $"{given} {family}" : name));
        string place = Journal is null ? Version is null ? "Software" : $"Version {Version}" : $"{Journal} {Volume}, {Pages} ({Year?.ToString(CultureInfo.InvariantCulture)})";
        return $"{authors}: {Title}. {place}{(Doi is null ? "" : $", doi:{Doi}")}";
    }

    /// <summary>An entry of BibTeX.</summary>
    public string BibTeX()
    {
        var text = new StringBuilder();
        text.Append(Journal is null ? "@misc{" : "@article{").Append(Key);
        Field("author", string.Join(" and ", Authors.Select(name => name.Contains(',', StringComparison.Ordinal) ? name : $"{{{name}}}")));

        // Braces keep capitals, which styles would lower.
        Field("title", $"{{{Title}}}");
        Field("journal", Journal);
        Field("volume", Volume);
        Field("pages", Pages);
        Field("year", Year?.ToString(CultureInfo.InvariantCulture));
        Field("doi", Doi);
        Field("note", Version is null ? null : $"Version {Version}");
        return text.Append("\n}\n").ToString();

        void Field(string name, string? value)
        {
            if (value is not null)
            {
                text.Append(",\n  ").Append(name).Append(" = {").Append(Tex(value)).Append('}');
            }
        }
    }

    private static string Tex(string text) => Letters.Aggregate(text, (left, letter) => left.Replace(letter.Letter, letter.Tex, StringComparison.Ordinal));
}
