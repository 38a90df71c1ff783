using System.Globalization;
using Glasswright.Kernels.Deformation;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Deformation;

/// <summary>What data/labels/README.md and the model's card say of the shipped labels, against the labels.</summary>
public class ShippedLabelsTests
{
    // Two decimals in the table.
    private const double Rounding = 0.005 + 1e-9;

    private static readonly string[][] Table =
    [
        .. File.ReadLines(Repository.Data("labels", "README.md"))
            .Where(line => line.StartsWith("| 1", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries)),
    ];

    public static TheoryData<string> Glasses => [.. Table.Select(row => row[0])];

    [Theory]
    [MemberData(nameof(Glasses))]
    public void ReliabilityAndMeanOfAGlassAreThoseOfTheTable(string glass)
    {
        string[] row = Table.Single(row => row[0] == glass);
        ModeLabelTable modes = Read(glass, LabelFile.ReadModes, "modes");
        LabelTable labels = Read(glass, LabelFile.ReadLabels, "labels");

        for (int strain = 0; strain < 2; strain++)
        {
            LabelReliability.SplitHalf(modes, strain).ShouldBe(Number(row[1 + strain]), Rounding);
            labels.Values[strain].Where(double.IsFinite).Average().ShouldBe(Number(row[3 + strain]), Rounding);
        }
    }

    [Fact]
    public void ReliabilityOverTheGlassesAsQuenchedIsWhatTheCardsSay()
    {
        string[] glasses = [.. Table.Select(row => row[0]).Where(name => !name.Contains("searched", StringComparison.Ordinal))];
        double[] mean = [.. Enumerable.Range(0, 2).Select(strain => glasses.Average(
            glass => LabelReliability.SplitHalf(Read(glass, LabelFile.ReadModes, "modes"), strain)))];
        string at2 = mean[0].ToString("F2", CultureInfo.InvariantCulture), at4 = mean[1].ToString("F2", CultureInfo.InvariantCulture);

        glasses.Length.ShouldBe(18);
        File.ReadAllText(Repository.Data("labels", "README.md")).ShouldContain($"Over the glasses as quenched: {at2} at 2 %, {at4} at 4 %.");
        string card = File.ReadAllText(Repository.Data("models", "README.md")).ReplaceLineEndings(" ");
        card.ShouldContain($"The reliability of the labels at 4 % is {at4} ");
        card.ShouldContain($"repeat themselves better ({at2})");
    }

    private static T Read<T>(string glass, Func<string, T> read, string kind) =>
        read(Repository.Data("labels", $"cu50zr50-864-{glass.Replace(' ', '-')}.{kind}.csv"));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
