using Glasswright.Models.Evaluation;

namespace Glasswright.Models.Tests.Evaluation;

public class EvaluationTests
{
    /// <summary>Anscombe's quartet (Am. Stat. 27, 17 (1973)): r = 0.816 for each of the four data sets.</summary>
    [Fact]
    public void PearsonOfAnscombesQuartetIsAsPublished()
    {
        double[] x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
        double[][] y =
        [
            [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
            [9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74],
            [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73],
        ];
        foreach (double[] column in y)
        {
            Correlation.Pearson(x, column).ShouldBe(0.816, 5e-4);
        }
    }

    [Fact]
    public void PearsonOfAConstantOrOfOnePointIsUndefined()
    {
        Correlation.Pearson([1, 1, 1], [1, 2, 3]).ShouldBe(double.NaN);
        Correlation.Pearson([1], [2]).ShouldBe(double.NaN);
        Correlation.Pearson([1, 2, 3], [-10, -20, -30]).ShouldBe(-1, 1e-15);
    }

    [Fact]
    public void MeanAbsoluteErrorByHand()
    {
        Correlation.MeanAbsoluteError([1, 2, 3, 4], [1, 4, 2, 4.5]).ShouldBe(3.5 / 4, 1e-15);
        Correlation.MeanAbsoluteError([], []).ShouldBe(double.NaN);
    }

    /// <summary>
    /// The example in scikit-learn's documentation of roc_auc_score and average_precision_score: classes 0 0 1 1, scores
    /// 0.1 0.4 0.35 0.8, AUC 0.75, average precision 0.83.
    /// </summary>
    [Fact]
    public void RankingScoresOfThePublishedExample()
    {
        RankingScore score = Ranking.Score([false, false, true, true], [0.1, 0.4, 0.35, 0.8]);
        score.Positives.ShouldBe(2);
        score.Auc.ShouldBe(0.75, 1e-15);
        score.AveragePrecision.ShouldBe(0.5 + (0.5 * 2 / 3), 1e-15);
        score.Precision.ShouldBe(0.5, 1e-15);
        score.Recall.ShouldBe(0.5, 1e-15);
        score.F1.ShouldBe(0.5, 1e-15);

        // One hit, one alarm, one miss, one pass.
        score.Mcc.ShouldBe(0);
    }

    /// <summary>By hand: + at 3; +, -, - tied at 2; - at 1. Pairs won: 3 + (1 + 2·½) = 5 of 6; AP = ½·1 + ½·2/4.</summary>
    [Fact]
    public void TiedScoresPassTogetherWhateverTheirOrder()
    {
        RankingScore score = Ranking.Score([true, false, true, false, false], [3, 2, 2, 2, 1]);
        score.Auc.ShouldBe(5.0 / 6, 1e-15);
        score.AveragePrecision.ShouldBe(0.75, 1e-15);

        // The threshold lies at the tie: two hits, two alarms, no miss, one pass.
        score.Mcc.ShouldBe(2 / Math.Sqrt(4 * 2 * 3 * 1), 1e-15);
        Ranking.Score([true, true, false, false, false], [3, 2, 2, 2, 1]).ShouldBe(score);
        Ranking.Score([true, false, true], [1, 1, 1]).Auc.ShouldBe(0.5);
    }

    [Fact]
    public void AnEmptyClassHasNoScore()
    {
        Ranking.Score([false, false], [1, 2]).Auc.ShouldBe(double.NaN);
        Ranking.Score([true, true], [1, 2]).AveragePrecision.ShouldBe(double.NaN);
    }

    [Fact]
    public void SoftestAreTheLargestAndHardestTheSmallest()
    {
        double[] truth = [5, 1, 4, 2, 3], prediction = [0.9, 0.2, 0.5, 0.1, 0.4];
        RankingScore softest = Ranking.OfExtreme(truth, prediction, 0.4, Extreme.Softest);
        softest.Positives.ShouldBe(2);
        softest.Auc.ShouldBe(1);
        softest.AveragePrecision.ShouldBe(1);

        // The hardest is atom 1; atom 3 is ranked before it: three of four pairs are right.
        RankingScore hardest = Ranking.OfExtreme(truth, prediction, 0.2, Extreme.Hardest);
        hardest.Positives.ShouldBe(1);
        hardest.Auc.ShouldBe(0.75);
        hardest.AveragePrecision.ShouldBe(0.5);
        Should.Throw<ArgumentOutOfRangeException>(() => Ranking.OfExtreme(truth, prediction, 1, Extreme.Softest));
    }

    /// <summary>numpy.percentile([1, 2, 3, 4], [0, 25, 50, 75, 100]) = 1, 1.75, 2.5, 3.25, 4; of (15, 20, 35, 40, 50), 40 % is 29.</summary>
    [Fact]
    public void QuantilesAreNumPysLinear()
    {
        double[] result = new double[5];
        Quantiles.Of([4, 2, 3, 1], [0, 0.25, 0.5, 0.75, 1], result);
        result.ShouldBe([1, 1.75, 2.5, 3.25, 4]);
        Quantiles.OfSorted([15, 20, 35, 40, 50], 0.4).ShouldBe(29, 1e-12);
        Quantiles.OfSorted([7], 0.9).ShouldBe(7);
        Should.Throw<ArgumentException>(() => Quantiles.OfSorted([], 0.5));
        Should.Throw<ArgumentException>(() => Quantiles.OfSorted([1], double.NaN));
    }

    [Fact]
    public void GroupsAreScoredApartAndInvalidAtomsLeftOut()
    {
        double[] labels = [1, 2, 3, 1, 2, 3, 99];
        double[] predictions = [1, 2, 3, 3, 2, 1, 0];
        IReadOnlyList<GroupScores> groups = ModelEvaluation.Evaluate(
            labels, predictions, [true, true, true, true, true, true, false], [0, 0, 0, 1, 1, 1, 1], ["Cu", "Zr", "Al"], [0.34]);
        groups.Select(g => g.Group).ShouldBe(["all", "Cu", "Zr"]);
        groups.Select(g => g.Atoms).ShouldBe([6, 3, 3]);
        groups[0].Pearson.ShouldBe(0, 1e-15);
        groups[1].Pearson.ShouldBe(1, 1e-15);
        groups[2].Pearson.ShouldBe(-1, 1e-15);
        groups[1].MeanAbsoluteError.ShouldBe(0);
        groups[2].MeanAbsoluteError.ShouldBe(4.0 / 3, 1e-15);
        groups[1].Softest[0.34].Auc.ShouldBe(1);
        groups[2].Softest[0.34].Auc.ShouldBe(0);
    }
}
