using System.Globalization;
using System.Security.Cryptography;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Formats;

public sealed class SetflFileTests : IDisposable
{
    private static readonly string CuZr = Repository.Data("potentials", "CuZr_mm.eam.fs");

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Every expected number was taken from the file's text by line and column, not by this reader.</summary>
    [Fact]
    public void CopperZirconiumFileIsReadWhereItsValuesStand()
    {
        EamTables tables = SetflFile.Read(CuZr);
        tables.Elements.ShouldBe(["Cu", "Zr"]);
        tables.Masses.ShouldBe([63.546, ValueAfterLine(" hcp", 1)]);
        tables.DensityStep.ShouldBe(0.03);
        tables.RadiusStep.ShouldBe(7.6e-4);
        tables.Cutoff.ShouldBe(7.6);
        double[] all = AllValues();
        const int N = 10_000;
        tables.Embedding[0].SequenceEqual(all.AsSpan()[4..(4 + N)]).ShouldBeTrue();
        tables.Density[0][0].SequenceEqual(all.AsSpan()[(4 + N)..(4 + (2 * N))]).ShouldBeTrue();
        tables.Density[0][1].SequenceEqual(all.AsSpan()[(4 + (2 * N))..(4 + (3 * N))]).ShouldBeTrue();
        tables.Embedding[1].SequenceEqual(all.AsSpan()[(8 + (3 * N))..(8 + (4 * N))]).ShouldBeTrue();
        tables.Density[1][0].SequenceEqual(all.AsSpan()[(8 + (4 * N))..(8 + (5 * N))]).ShouldBeTrue();
        tables.Density[1][1].SequenceEqual(all.AsSpan()[(8 + (5 * N))..(8 + (6 * N))]).ShouldBeTrue();
        tables.RadiusTimesPair[0][0].SequenceEqual(all.AsSpan()[(8 + (6 * N))..(8 + (7 * N))]).ShouldBeTrue();
        tables.RadiusTimesPair[1][0].SequenceEqual(all.AsSpan()[(8 + (7 * N))..(8 + (8 * N))]).ShouldBeTrue();
        tables.RadiusTimesPair[1][1].SequenceEqual(all.AsSpan()[(8 + (8 * N))..(8 + (9 * N))]).ShouldBeTrue();
        tables.RadiusTimesPair[0][1].ShouldBeSameAs(tables.RadiusTimesPair[1][0]);
        tables.Sha256.ShouldBe(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(CuZr))).ToLowerInvariant());
    }

    [Fact]
    public void FinnisSinclairTablesRoundTripToTheLastBit()
    {
        EamTables tables = SetflFile.Read(CuZr);
        string path = _scratch.File("copy.eam.fs");
        SetflFile.Write(path, tables, "a copy\nfor a test");
        ShouldHaveSameTables(SetflFile.Read(path), tables);
        File.ReadLines(path).Take(4).ShouldBe(["a copy", "for a test", "", "2 Cu Zr"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AlloyTablesRoundTripAndShareOneDensityPerElement(int elements)
    {
        EamTables tables = MadeUp(elements, perReceiver: false);
        string path = _scratch.File("a.eam.alloy");
        SetflFile.Write(path, tables);
        EamTables read = SetflFile.Read(path);
        ShouldHaveSameTables(read, tables);
        for (int i = 0; i < elements; i++)
        {
            read.Density[i].ShouldAllBe(at => ReferenceEquals(at, read.Density[i][0]));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void TheNumberOfValuesTellsTheFormatWhateverTheFileIsCalled(int elements)
    {
        EamTables tables = MadeUp(elements, perReceiver: true);
        string path = _scratch.File("misnamed.eam.alloy");
        SetflFile.Write(path, tables);
        ShouldHaveSameTables(SetflFile.Read(path), tables);
    }

    [Fact]
    public void AnyNumberOfValuesPerLineAndCommentsAreRead()
    {
        EamTables tables = MadeUp(1, perReceiver: false);
        string path = _scratch.File("a.setfl");
        SetflFile.Write(path, tables);
        List<string> lines = [.. File.ReadLines(path)];
        string[] ragged = [.. lines[..6], .. lines[6..].Select(line => line.Replace(" ", "\r\n \t", StringComparison.Ordinal) + " # remark"), "", "# end"];
        File.WriteAllText(path, string.Join("\r\n", ragged));
        ShouldHaveSameTables(SetflFile.Read(path), tables);
    }

    /// <summary>Memory is gated because it does not depend on what else the machine does; the speed follows from it.</summary>
    [Fact]
    public void ReadingAllocatesTheFileItsTablesAndLittleElse()
    {
        SetflFile.Read(CuZr);
        long before = GC.GetAllocatedBytesForCurrentThread();
        SetflFile.Read(CuZr);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(new FileInfo(CuZr).Length + (9 * 10_000 * sizeof(double)) + 300_000);
    }

    private static void ShouldHaveSameTables(EamTables read, EamTables tables)
    {
        int elements = tables.Elements.Count;
        read.Elements.ShouldBe(tables.Elements);
        read.Masses.ShouldBe(tables.Masses);
        read.DensityStep.ShouldBe(tables.DensityStep);
        read.RadiusStep.ShouldBe(tables.RadiusStep);
        read.Cutoff.ShouldBe(tables.Cutoff);
        for (int i = 0; i < elements; i++)
        {
            read.Embedding[i].SequenceEqual(tables.Embedding[i]).ShouldBeTrue();
            for (int j = 0; j < elements; j++)
            {
                read.Density[i][j].SequenceEqual(tables.Density[i][j]).ShouldBeTrue();
                read.RadiusTimesPair[i][j].SequenceEqual(tables.RadiusTimesPair[i][j]).ShouldBeTrue();
            }
        }
    }

    private static EamTables MadeUp(int elements, bool perReceiver)
    {
        System.Random random = new(elements);
        string[] names = ["Cu", "Zr", "Al"];
        double[][][] pair = [.. Enumerable.Range(0, elements).Select(_ => new double[elements][])];
        double[][][] density = [.. Enumerable.Range(0, elements).Select(_ => new double[elements][])];
        for (int i = 0; i < elements; i++)
        {
            for (int j = 0; j < elements; j++)
            {
                density[i][j] = j == 0 || perReceiver ? Values(13) : density[i][0];
            }

            for (int j = 0; j <= i; j++)
            {
                pair[i][j] = pair[j][i] = Values(13);
            }
        }

        return new EamTables
        {
            Elements = names[..elements],
            Masses = [.. names[..elements].Select(name => Elements.Mass(name)!.Value)],
            DensityStep = 0.1 + random.NextDouble(),
            RadiusStep = 0.1 + random.NextDouble(),
            Cutoff = 5.5,
            Embedding = [.. Enumerable.Range(0, elements).Select(_ => Values(11))],
            Density = density,
            RadiusTimesPair = pair,
            Sha256 = "",
        };

        double[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-12, 3)))];
    }

    private static double[] AllValues() =>
    [
        .. File.ReadLines(CuZr).Skip(5).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(word => word is "fcc" or "hcp" ? -1 : double.Parse(word, CultureInfo.InvariantCulture)),
    ];

    private static double ValueAfterLine(string ending, int column) =>
        double.Parse(
            File.ReadLines(CuZr).Single(line => line.TrimEnd().EndsWith(ending, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[column],
            CultureInfo.InvariantCulture);
}
