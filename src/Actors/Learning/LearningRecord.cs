using System.Globalization;

namespace Glasswright.Actors.Learning;

/// <summary>What was decided about the model.</summary>
/// <param name="Decision">Which decision, from 1.</param>
/// <param name="Trial">The last trial of every chain before it.</param>
/// <param name="Fresh">Structures whose labels it was about.</param>
/// <param name="Labels">All structures labeled by then.</param>
/// <param name="PearsonBefore">Pearson's r of z, by the model until then, against the fresh labels, all valid atoms together; NaN without any.</param>
/// <param name="PearsonAfter">The same by the fine-tuned model, which has learned from them; NaN where none was made.</param>
/// <param name="Generation">The model from there on: 0 the run's own, then one more for each change.</param>
internal sealed record LearningRecord(
    int Decision, long Trial, int Fresh, int Labels, double PearsonBefore, double PearsonAfter, int Generation)
{
    /// <summary>The first line of <c>learning.csv</c>.</summary>
    public const string Header = "decision,trial,fresh,labels,pearson_before,pearson_after,generation,models";

    /// <summary>The model in force after some decisions.</summary>
    public static int GenerationAfter(IReadOnlyList<LearningRecord> decisions) => GenerationAfter(decisions, decisions.Count);

    /// <summary>The model in force after the first of some decisions.</summary>
    /// <param name="decisions">Those that are made, in order.</param>
    /// <param name="count">How many of them; all where it is more than were made.</param>
    public static int GenerationAfter(IReadOnlyList<LearningRecord> decisions, int count) =>
        Math.Min(count, decisions.Count) is > 0 and var last ? decisions[last - 1].Generation : 0;

    /// <summary>The row of <c>learning.csv</c>; nothing stands for NaN.</summary>
    /// <param name="models">SHA-256 of the models from there on.</param>
    public string ToRow(IEnumerable<string> models) => string.Join(
        ',',
        [
            .. new[] { Decision, Trial, Fresh, Labels }.Select(number => number.ToString(CultureInfo.InvariantCulture)),
            .. new[] { PearsonBefore, PearsonAfter }.Select(
                figure => double.IsFinite(figure) ? figure.ToString(CultureInfo.InvariantCulture) : string.Empty),
            Generation.ToString(CultureInfo.InvariantCulture),
            string.Join(' ', models),
        ]);
}

/// <summary>True labels of a structure that a chain stood in at a decision.</summary>
/// <param name="Decision">The decision; 0 for the start.</param>
/// <param name="Replica">The chain.</param>
/// <param name="Version">Its version.</param>
/// <param name="Labels">One an atom; NaN where there is none.</param>
internal sealed record LearnedLabel(int Decision, int Replica, long Version, double[] Labels);
