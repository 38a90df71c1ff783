using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Glasswright.Host.Reports;

namespace Glasswright.Host.Tests.Reports;

/// <summary>Figures as SVG: well-formed, whole, black on white, with units in words.</summary>
public sealed partial class SvgPlotTests
{
    public static TheoryData<string> Names => [.. Sketches.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void EverythingDrawnLiesOnThePaper(string name)
    {
        XElement svg = Draw(Sketches.All[name]);

        double[] box = [.. svg.Attribute("viewBox")!.Value.Split(' ').Select(Number)];
        double[][] places = [.. svg.Descendants().SelectMany(Places)];
        places.ShouldNotBeEmpty();
        foreach (double[] place in places)
        {
            place[0].ShouldBeInRange(0, box[2]);
            place[1].ShouldBeInRange(0, box[3]);
        }

        svg.ToString().ShouldNotContain("NaN");
        svg.ToString().ShouldNotContain("∞");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TextsAreTextAndTellWhatIsSeenWithItsUnit(string name)
    {
        Figure figure = Sketches.All[name];
        XElement svg = Draw(figure);

        string[] texts = [.. Elements(svg, "text").Select(text => text.Value)];
        texts.ShouldContain(figure.X.Title());
        texts.ShouldContain("energy change (meV/atom)");
        Elements(svg, "title").First().Value.ShouldBe(figure.Title);
        Elements(svg, "desc").Single().Value.ShouldBe(figure.Caption);
        if (figure.Series.Count > 1)
        {
            figure.Series.ShouldAllBe(series => texts.Contains(series.Name));
        }

        Elements(svg, "rect").First().Attribute("fill")!.Value.ShouldBe("#fff");
        svg.Attribute("fill")!.Value.ShouldBe("#000");
    }

    [Fact]
    public void PointsStandWhereTheMarksOfTheAxesSay()
    {
        // A line through two marks of each axis: its ends are on them.
        XElement svg = Draw(Sketches.All["steps"]);
        string[] path = [.. Elements(svg, "path").Select(path => path.Attribute("d")!.Value).Where(d => d.Contains('H', StringComparison.Ordinal) && !d.EndsWith('Z'))];

        double zero = Mark(svg, "0", "middle"), twenty = Mark(svg, "20", "middle");
        path.Length.ShouldBe(2);
        Number(Coordinates().Match(path[0]).Value).ShouldBe(zero, 0.02);
        Number(Coordinates().Matches(path[0])[^2].Value).ShouldBe(twenty, 0.02, "the second to last number is the last x");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-4153.24, -4153.19)]
    [InlineData(1e-9, 3e-9)]
    [InlineData(-7e8, 2e9)]
    [InlineData(5, 5)]
    [InlineData(0, 0)]
    [InlineData(1e15, 1e15)]
    public void MarksCoverTheDataAndAreFewAndDifferent(double least, double most)
    {
        var ticks = AxisTicks.Over([most, double.NaN, least]);

        ticks.Least.ShouldBeLessThanOrEqualTo(least);
        ticks.Most.ShouldBeGreaterThanOrEqualTo(most);
        double[] values = [.. ticks.Values];
        values.Length.ShouldBeInRange(2, 12);
        values.ShouldBe(values.Order());
        if (least != most)
        {
            values.Select(ticks.Text).ShouldBeUnique();
        }
    }

    internal static XElement Draw(Figure figure)
    {
        using var stream = new MemoryStream();
        SvgPlot.Write(stream, figure);
        stream.Position = 0;
        return XDocument.Load(stream).Root!;
    }

    private static IEnumerable<XElement> Elements(XElement svg, string name) => svg.Descendants().Where(element => element.Name.LocalName == name);

    private static double Mark(XElement svg, string text, string anchor) =>
        Number(Elements(svg, "text").First(element => element.Value == text && element.Attribute("text-anchor")!.Value == anchor).Attribute("x")!.Value);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<double[]> Places(XElement element)
    {
        foreach ((string x, string y) in ((string, string)[])[("x", "y"), ("cx", "cy")])
        {
            if (element.Attribute(x) is { } left && element.Attribute(y) is { } top)
            {
                yield return [Number(left.Value), Number(top.Value)];
            }
        }

        // Absolute moves and lines; of H, V and h one coordinate is the other's.
        foreach (Match pair in Pairs().Matches(element.Attribute("d")?.Value ?? ""))
        {
            yield return [Number(pair.Groups[1].Value), Number(pair.Groups[2].Value)];
        }
    }

    [GeneratedRegex(@"[ML](-?[\d.]+) (-?[\d.]+)")]
    private static partial Regex Pairs();

    [GeneratedRegex(@"-?[\d.]+")]
    private static partial Regex Coordinates();
}
