using System.Text.Json;
using System.Text.RegularExpressions;
using Glasswright.Host.Reports;

namespace Glasswright.Host.Tests.Reports;

/// <summary>The page: nothing to load, nothing that the data of a run could break.</summary>
public sealed partial class ReportPageTests
{
    private const string Hostile = "</script><script>alert(1)</script><!-- & \u2028 \"quoted\"";

    [Fact]
    public void DataCannotLeaveTheirElement()
    {
        string template = $"<body>{ReportPage.Slot}</body>";

        string page = ReportPage.Fill(template, Document(Hostile));

        page.IndexOf("</script", StringComparison.OrdinalIgnoreCase).ShouldBe(page.LastIndexOf("</script", StringComparison.OrdinalIgnoreCase));
        page.ShouldNotContain("<!--");
        string json = page["<body>".Length..^"</body>".Length].Replace("<script type=\"application/json\" id=\"document\">", "", StringComparison.Ordinal).Replace("</script>", "", StringComparison.Ordinal);
        JsonElement root = JsonDocument.Parse(json).RootElement;
        root.GetProperty("title").GetString().ShouldBe(Hostile);
        root.GetProperty("folds")[0].GetProperty("text").GetString().ShouldBe(Hostile);
    }

    [Fact]
    public void NumbersThatJsonLacksAreGaps()
    {
        using var json = JsonDocument.Parse(Document("a").ToJson());
        JsonElement series = json.RootElement.GetProperty("sections")[0].GetProperty("figures")[0].GetProperty("series")[0];

        series.GetProperty("y").EnumerateArray().Select(y => y.ValueKind).ShouldBe([JsonValueKind.Number, JsonValueKind.Null, JsonValueKind.Number, JsonValueKind.Number]);
        series.GetProperty("mark").GetString().ShouldBe("line");
    }

    [Fact]
    public void PageWithoutAPlaceForItsDataIsAnErrorOfTheBuild() =>
        Should.Throw<InvalidDataException>(() => ReportPage.Fill("<body></body>", Document("a")));

    [Fact]
    public void PageLoadsNothing()
    {
        // A build without Node.js has no page, and says so in one line with what to do.
        if (ReportPage.Template is not { } page)
        {
            ReportPage.Missing().ShouldContain("install Node.js 20.19 or later");
            return;
        }

        page.ShouldContain(ReportPage.Slot);
        page.ShouldContain("default-src 'none'");
        Loads().Matches(page).Select(match => match.Value).ShouldBeEmpty();
        page.ShouldContain("Apache License");
        page.ShouldContain("University of Pittsburgh");
    }

    [Theory]
    [InlineData("<script src=\"https://a.org/b.js\">")]
    [InlineData("<link rel=stylesheet href='style.css'>")]
    [InlineData("<img src=x.png>")]
    [InlineData("<style>@import url(a.css)</style>")]
    public void WhatAPageCouldLoadIsFound(string text) => Loads().IsMatch(text).ShouldBeTrue();

    [Fact]
    public void MissingPageIsToldInOneLine() => ReportPage.Missing("npm ci failed (code ENOTFOUND)\n").Count(c => c == '\n').ShouldBe(0);

    private static ReportDocument Document(string text) => new()
    {
        Title = text,
        Story = [text],
        Facts = [new ReportFact("a", text)],
        Targets = null,
        Sections = [new ReportSection("a", "A", "", [Sketches.All["line"]], [])],
        Scene = null,
        SceneMissing = null,
        Methods = null,
        MethodsMissing = null,
        Provenance = [],
        Folds = [new ReportFold("log", text)],
        Made = "",
    };

    /// <summary>Elements that fetch something, but for data in the page itself.</summary>
    [GeneratedRegex("""<(?:script|img|iframe|source|embed)\b[^<>]*\ssrc\s*=|<link\b(?![^<>]*href="data:)[^<>]*>|<style>[^<]*(?:@import|url\((?!"?data:))""")]
    private static partial Regex Loads();
}
