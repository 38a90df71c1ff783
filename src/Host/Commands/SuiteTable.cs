using System.Globalization;
using System.Text;
using Glasswright.Host.Output;
using Glasswright.Kernels.Formats;
using Glasswright.Models.Evaluation;

namespace Glasswright.Host.Commands;

/// <summary>One row of the suite's table: an ensemble judged on a set of glasses, or on one class of their atoms.</summary>
internal sealed record SuiteRow
{
    /// <summary><c>strain</c>, <c>transfer</c>, <c>class</c>, <c>scan</c> or <c>classifier</c>.</summary>
    public required string Section { get; init; }

    /// <summary><c>test</c>, or the name of a transfer set.</summary>
    public required string Set { get; init; }

    /// <summary>Strain of the labels.</summary>
    public required double Strain { get; init; }

    /// <summary>What differs from the configuration: <c>layers = 2</c>; empty for nothing.</summary>
    public string Variant { get; init; } = "";

    /// <summary>Models of the ensemble.</summary>
    public int Models { get; init; }

    /// <summary>Glasses to learn from, before they are drawn.</summary>
    public int TrainingGlasses { get; init; }

    /// <summary>Their atoms with a valid label.</summary>
    public long TrainingAtoms { get; init; }

    /// <summary>Trained numbers of one model.</summary>
    public int Parameters { get; init; }

    /// <summary>Glasses of the set.</summary>
    public int Glasses { get; init; }

    /// <summary>Scores over all its atoms.</summary>
    public required GroupScores Scores { get; init; }

    /// <summary>Interval of Pearson.</summary>
    public (double Low, double High) Interval { get; init; }

    /// <summary>Mean split-half reliability of the labels; NaN without files of modes.</summary>
    public double Reliability { get; init; } = double.NaN;

    /// <summary><c>softest</c> or <c>hardest</c>; empty where the row is of all atoms.</summary>
    public string Extreme { get; init; } = "";

    /// <summary>Share of the class; NaN where the row is of all atoms.</summary>
    public double Fraction { get; init; } = double.NaN;

    /// <summary>Scores of the class.</summary>
    public RankingScore? Class { get; init; }

    /// <summary>Seconds that training the ensemble took; NaN if unknown.</summary>
    public double TrainingSeconds { get; init; } = double.NaN;

    /// <summary>Seconds of one model for 1,000 atoms, least of three passes.</summary>
    public double PredictionSeconds { get; init; } = double.NaN;
}

/// <summary>The suite's table as CSV and as Markdown.</summary>
internal static class SuiteTable
{
    private static readonly string[] Columns =
    [
        "section", "set", "strain", "variant", "models", "training_glasses", "training_atoms", "parameters", "glasses", "atoms", "pearson",
        "pearson_low", "pearson_high", "reliability", "pearson_over_sqrt_reliability", "mae", "class", "fraction", "positives", "auc",
        "average_precision", "precision", "recall", "f1", "mcc", "training_s", "prediction_s_per_1000_atoms",
    ];

    /// <summary>Every number of every row.</summary>
    public static void WriteCsv(string path, IReadOnlyList<SuiteRow> rows) => AtomicFile.Write(path, stream =>
    {
        using var csv = new CsvWriter(stream);
        csv.Header(Columns);
        foreach (SuiteRow row in rows)
        {
            csv.Cell(row.Section).Cell(row.Set).Cell(row.Strain).Cell(row.Variant).Cell(row.Models).Cell(row.TrainingGlasses)
                .Cell(row.TrainingAtoms).Cell(row.Parameters).Cell(row.Glasses).Cell(row.Scores.Atoms).Cell(row.Scores.Pearson)
                .Cell(row.Interval.Low).Cell(row.Interval.High).Cell(row.Reliability).Cell(Corrected(row)).Cell(row.Scores.MeanAbsoluteError)
                .Cell(row.Extreme).Cell(row.Fraction);
            RankingScore score = row.Class ?? new(0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
            csv.Cell(row.Class is null ? double.NaN : score.Positives).Cell(score.Auc).Cell(score.AveragePrecision).Cell(score.Precision)
                .Cell(score.Recall).Cell(score.F1).Cell(score.Mcc).Cell(row.TrainingSeconds).Cell(row.PredictionSeconds).EndRow();
        }
    });

    /// <summary>One table for people.</summary>
    public static void WriteMarkdown(string path, IReadOnlyList<SuiteRow> rows)
    {
        var text = new StringBuilder();
        text.Append("| section | set | strain | variant | class | Pearson (95 %) | over √reliability | AUC | average precision | F1 | MCC | training atoms | parameters | training s | ms per 1,000 atoms |\n");
        text.Append("| --- | --- | ---: | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (SuiteRow row in rows)
        {
            string pearson = row.Class is not null ? ""
                : Text(row.Scores.Pearson, "F3") + (double.IsFinite(row.Interval.Low) ? $" ({Text(row.Interval.Low, "F3")}, {Text(row.Interval.High, "F3")})" : "");
            string extreme = row.Class is null ? "" : $"{row.Extreme} {Text(100 * row.Fraction, "G3")} %";
            text.AppendJoin(" | ", [
                "| " + row.Section, row.Set, Text(row.Strain, "G4"), row.Variant, extreme, pearson,
                row.Class is null ? Text(Corrected(row), "F3") : "", Text(row.Class?.Auc, "F3"), Text(row.Class?.AveragePrecision, "F3"),
                Text(row.Class?.F1, "F3"), Text(row.Class?.Mcc, "F3"), row.TrainingAtoms.ToString(CultureInfo.InvariantCulture), row.Parameters.ToString(CultureInfo.InvariantCulture),
                Text(row.TrainingSeconds, "F1"), Text(1000 * row.PredictionSeconds, "F2") + " |\n"]);
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Pearson/√reliability: what the labels' own noise leaves to be found.</summary>
    public static double Corrected(SuiteRow row) => row.Reliability > 0 ? row.Scores.Pearson / Math.Sqrt(row.Reliability) : double.NaN;

    private static string Text(double? value, string format) =>
        value is double number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "";
}
