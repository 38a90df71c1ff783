using System.Globalization;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Numerics;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Network;

namespace Glasswright.Actors.Validation;

/// <summary>
/// What true simulation says of one accepted structure. Figures compare z with labels over the atoms whose label is valid; NaN where there is
/// nothing to compare.
/// </summary>
/// <param name="Replica">The chain.</param>
/// <param name="Version">The version.</param>
/// <param name="Trial">The trial that made it.</param>
/// <param name="Pearson">Pearson's r of z against the labels.</param>
/// <param name="MeanPredicted">Mean of z.</param>
/// <param name="MeanTrue">Mean of the labels.</param>
/// <param name="Energy">Energy, eV.</param>
/// <param name="MeanSpread">Mean over all atoms of the ensemble's spread.</param>
/// <param name="OutsideShare">Share of all atoms with z further from the mean of the training labels than three of their standard deviations.</param>
/// <param name="Invalid">Atoms without a valid label.</param>
internal sealed record ValidationRecord(
    int Replica,
    long Version,
    long Trial,
    double Pearson,
    double MeanPredicted,
    double MeanTrue,
    double Energy,
    double MeanSpread,
    double OutsideShare,
    int Invalid)
{
    /// <summary>How many standard deviations of the training labels still count as within their range.</summary>
    public const double RangeDeviations = 3;

    /// <summary>The first line of <c>validation-r.csv</c>.</summary>
    public const string Header = "version,trial,pearson,mean_predicted,mean_true,energy_eV,mean_spread,outside_share,invalid";

    /// <summary>Compares a version with its labels.</summary>
    /// <param name="replica">The chain.</param>
    /// <param name="version">The version.</param>
    /// <param name="labels">ln D²min of every atom; NaN where invalid.</param>
    /// <param name="spreads">The ensemble's spread of every atom; empty without one.</param>
    /// <param name="trained">Mean and standard deviation of the labels that the model learned; null without a model.</param>
    public static ValidationRecord Of(
        int replica, StoredVersion version, ReadOnlySpan<double> labels, ReadOnlySpan<double> spreads, TargetNormalization? trained)
    {
        double[] values = version.Evaluation.Values;
        var predicted = new List<double>();
        var found = new List<double>();
        int outside = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (trained is { } range && values.Length > 0 && Math.Abs(values[i] - range.Mean) > RangeDeviations * range.Std)
            {
                outside++;
            }

            if (double.IsFinite(labels[i]))
            {
                found.Add(labels[i]);
                predicted.Add(values.Length > 0 ? values[i] : double.NaN);
            }
        }

        double[] z = [.. predicted], truth = [.. found];
        bool compares = values.Length > 0;
        return new ValidationRecord(
            replica,
            version.Number,
            version.Trial,
            compares ? Correlation.Pearson(z, truth) : double.NaN,
            compares ? Mean(z) : double.NaN,
            Mean(truth),
            version.Evaluation.Energy,
            Mean(spreads),
            trained is null || !compares ? double.NaN : (double)outside / labels.Length,
            labels.Length - truth.Length);
    }

    /// <summary>The row of <c>validation-r.csv</c>; nothing stands for NaN.</summary>
    public string ToRow() => string.Join(
        ',',
        [
            Version.ToString(CultureInfo.InvariantCulture),
            Trial.ToString(CultureInfo.InvariantCulture),
            .. new[] { Pearson, MeanPredicted, MeanTrue, Energy, MeanSpread, OutsideShare }.Select(
                figure => double.IsFinite(figure) ? figure.ToString(CultureInfo.InvariantCulture) : string.Empty),
            Invalid.ToString(CultureInfo.InvariantCulture),
        ]);

    private static double Mean(ReadOnlySpan<double> values) => values.IsEmpty ? double.NaN : FixedSum.Sum(values) / values.Length;
}
