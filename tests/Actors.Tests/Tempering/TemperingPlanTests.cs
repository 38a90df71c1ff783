using Glasswright.Actors.Search;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Tests.Tempering;

public class TemperingPlanTests
{
    private static readonly TemperingPlan Plan = new(new TemperingSettings { Scales = [1, 2, 3, 4, 5], Every = 10, WarmUpRounds = 12 }, 10, 100);

    [Fact]
    public void PairsAlternateBetweenEvenAndOdd()
    {
        Plan.Pairs(1).ShouldBe([0, 2]);
        Plan.Pairs(2).ShouldBe([1, 3]);
        Plan.Pairs(3).ShouldBe([0, 2]);
    }

    [Fact]
    public void APairIsTheSameSeenFromBothOfItsRungs()
    {
        for (int round = 1; round < 5; round++)
        {
            int[] paired = [.. Plan.Pairs(round).SelectMany(pair => new[] { pair, pair + 1 })];
            for (int rung = 0; rung < Plan.Rungs; rung++)
            {
                int? pair = Plan.PairOf(rung, round);
                pair.HasValue.ShouldBe(paired.Contains(rung));
                if (pair is { } lower)
                {
                    Plan.Pairs(round).ShouldContain(lower);
                    rung.ShouldBeInRange(lower, lower + 1);
                }
            }
        }
    }

    [Fact]
    public void ReplicasFillOneLadderAfterTheOther()
    {
        Plan.Ladders.ShouldBe(2);
        Enumerable.Range(0, 10).Select(Plan.LadderOf).ShouldBe([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
        Enumerable.Range(0, 10).Select(Plan.FirstRung).ShouldBe([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    }

    [Fact]
    public void ARoundFollowsEveryTenthTrialButTheLast()
    {
        Enumerable.Range(1, 101).Select(next => (Next: next, Round: Plan.RoundBefore(next))).Where(x => x.Round is not null)
            .ShouldBe(Enumerable.Range(1, 9).Select(m => ((10 * m) + 1, (int?)m)));
        Plan.Rounds.ShouldBe(9);
        Plan.TrialAfter(3).ShouldBe(31);
    }

    [Fact]
    public void AStretchOfTrialsEndsAtTheNextRound()
    {
        Plan.LastTrialBeforeRound(1).ShouldBe(10);
        Plan.LastTrialBeforeRound(10).ShouldBe(10);
        Plan.LastTrialBeforeRound(11).ShouldBe(20);
        Plan.LastTrialBeforeRound(95).ShouldBe(100);
    }

    [Fact]
    public void ScalesAdaptAfterEpochsOfDoublingLength() =>
        Enumerable.Range(1, 20).Where(Plan.AdaptsAfter).ShouldBe([1, 3, 6, 12]);

    [Fact]
    public void IndependentReplicasNeverMeet()
    {
        var plan = new TemperingPlan(new TemperingSettings { Scales = [1], Every = 10, WarmUpRounds = 12 }, 4, 100);
        plan.Exchanges.ShouldBeFalse();
        plan.RoundBefore(11).ShouldBeNull();
        plan.LastTrialBeforeRound(1).ShouldBe(100);
        plan.Rounds.ShouldBe(0);
    }
}
