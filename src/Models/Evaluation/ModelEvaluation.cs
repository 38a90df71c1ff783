namespace Glasswright.Models.Evaluation;

/// <summary>Scores of predictions over one group of atoms.</summary>
/// <param name="Group"><c>all</c> or a species.</param>
/// <param name="Atoms">Atoms with a valid label.</param>
/// <param name="Pearson">Pearson's r.</param>
/// <param name="MeanAbsoluteError">Mean |prediction - label|.</param>
/// <param name="Softest">Finding the largest labels of the group, by fraction.</param>
/// <param name="Hardest">Finding the smallest labels of the group, by fraction.</param>
internal sealed record GroupScores(
    string Group,
    int Atoms,
    double Pearson,
    double MeanAbsoluteError,
    IReadOnlyDictionary<double, RankingScore> Softest,
    IReadOnlyDictionary<double, RankingScore> Hardest);

/// <summary>Scores over all atoms and over each species; atoms without a valid label are left out.</summary>
internal static class ModelEvaluation
{
    /// <summary>The paper's span of extreme fractions, 0.5 to 10 %.</summary>
    public static IReadOnlyList<double> DefaultFractions { get; } = [0.005, 0.01, 0.02, 0.05, 0.10];

    /// <summary>Scores of all atoms first, then of each species that has atoms, in order.</summary>
    /// <param name="labels">True values.</param>
    /// <param name="predictions">Predicted values of the same atoms.</param>
    /// <param name="valid">Which labels count.</param>
    /// <param name="species">Species of each atom.</param>
    /// <param name="speciesNames">Their names.</param>
    /// <param name="fractions">Sizes of the extreme classes; <see cref="DefaultFractions"/> if null.</param>
    public static IReadOnlyList<GroupScores> Evaluate(
        ReadOnlySpan<double> labels,
        ReadOnlySpan<double> predictions,
        ReadOnlySpan<bool> valid,
        ReadOnlySpan<int> species,
        IReadOnlyList<string> speciesNames,
        IReadOnlyList<double>? fractions = null)
    {
        ArgumentNullException.ThrowIfNull(speciesNames);
        if (predictions.Length != labels.Length || valid.Length != labels.Length || species.Length != labels.Length)
        {
            throw new ArgumentException($"{labels.Length} labels need as many predictions, flags and species.", nameof(labels));
        }

        List<GroupScores> groups = [];
        for (int group = -1; group < speciesNames.Count; group++)
        {
            List<double> truth = [], predicted = [];
            for (int i = 0; i < labels.Length; i++)
            {
                if (valid[i] && (group < 0 || species[i] == group))
                {
                    truth.Add(labels[i]);
                    predicted.Add(predictions[i]);
                }
            }

            if (group < 0 || truth.Count > 0)
            {
                groups.Add(Score(group < 0 ? "all" : speciesNames[group], [.. truth], [.. predicted], fractions ?? DefaultFractions));
            }
        }

        return groups;
    }

    private static GroupScores Score(string name, double[] truth, double[] predicted, IReadOnlyList<double> fractions) => new(
        name,
        truth.Length,
        Correlation.Pearson(truth, predicted),
        Correlation.MeanAbsoluteError(truth, predicted),
        fractions.ToDictionary(f => f, f => Ranking.OfExtreme(truth, predicted, f, Extreme.Softest)),
        fractions.ToDictionary(f => f, f => Ranking.OfExtreme(truth, predicted, f, Extreme.Hardest)));
}
