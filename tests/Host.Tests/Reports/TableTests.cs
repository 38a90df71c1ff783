using System.Text;
using Glasswright.Host.Reports;
using Glasswright.Host.Tests.Commands;
using Glasswright.Kernels;

namespace Glasswright.Host.Tests.Reports;

/// <summary>Tables read from a run folder and written for a figure.</summary>
public sealed class TableTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void LineThatIsBeingWrittenDoesNotCount()
    {
        string path = _scratch.Write("chain.csv", "# a remark\ntrial,mean\n1,0.5\n2,\n3,0.7");

        var table = CsvTable.Read(path);

        table.Count.ShouldBe(2);
        table.Numbers("mean").ShouldBe([0.5, double.NaN]);
    }

    [Fact]
    public void EmptyAndHalfWrittenHeadersAreTablesWithoutColumns()
    {
        CsvTable.Read(_scratch.Write("empty.csv", "")).Names.ShouldBeEmpty();
        CsvTable.Read(_scratch.Write("half.csv", "trial,acc")).Count.ShouldBe(0);
    }

    [Fact]
    public void BrokenRowsAreRefusedWithTheirLine()
    {
        Should.Throw<InputException>(() => CsvTable.Read(_scratch.Write("short.csv", "a,b\n1,2\n3\n"))).Line.ShouldBe(3);
        var table = CsvTable.Read(_scratch.Write("word.csv", "trial,mean\n1,many\n"));
        InputException word = Should.Throw<InputException>(() => table.Numbers("mean"));
        word.Line.ShouldBe(2);
        word.Found.ShouldBe("many");
        Should.Throw<InputException>(() => table.Numbers("maen")).Nearest.ShouldBe("mean");
    }

    [Fact]
    public void EveryPointOfAFigureIsARowOfItsTable()
    {
        foreach ((string name, Figure figure) in Sketches.All)
        {
            using var stream = new MemoryStream();
            FigureCsv.Write(stream, figure);
            string[] lines = Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n');
            lines.Length.ShouldBe(1 + figure.Series.Sum(series => series.X.Length), name);
            lines[0].ShouldStartWith("series,");
            lines[0].ShouldContain("energy change (meV/atom)");
        }
    }

    [Fact]
    public void NamesWithCommasAndQuotesStayOneCell()
    {
        using var stream = new MemoryStream();
        FigureCsv.Write(stream, Sketches.All["line"]);

        string[] lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n');

        lines[0].ShouldBe("series,distance (Å),energy change (meV/atom),error");
        lines[1].ShouldBe("\"a < b & \"\"c\"\", d\",1,-0.5,0.1");
        lines[2].ShouldBe("\"a < b & \"\"c\"\", d\",2,,0.1", "a gap is an empty cell");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5000)]
    public void EveryValueIsCountedOnce(int count)
    {
        double[] values = [.. Enumerable.Range(0, count).Select(i => Math.Sin(i * 12.9898) * 3)];

        double[] edges = Statistics.Edges(values, [-1, 4]);
        double[] counts = Statistics.Counts(edges, values);

        edges[0].ShouldBeLessThanOrEqualTo(values.Min());
        edges[^1].ShouldBe(4);
        counts.Sum().ShouldBe(count);
        counts[^1].ShouldBe(0, "the last point closes the last bin");
        counts.Length.ShouldBe(edges.Length);
    }
}
