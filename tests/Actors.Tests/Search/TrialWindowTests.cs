using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Kernels.Random;

namespace Glasswright.Actors.Tests.Search;

public class TrialWindowTests
{
    private static readonly ChainVersion Version =
        Versions.Of(new ToyLandscape.Options(), ToyLandscape.Start(new ToyLandscape.Options()), new TargetSet([Target.Energy()]), 0);

    [Fact]
    public void TrialsAreHandedOutFromTheLowestNumberUp()
    {
        TrialWindow window = Window(pairs: t => (int)t, accepts: _ => false);
        Take(window, 3).Select(a => a.Trial).ShouldBe([1L, 2L, 3L]);
    }

    [Fact]
    public void WhateverIsDoneFirstCommitsRunInTrialOrder()
    {
        TrialWindow window = Window(t => (int)t, _ => false);
        TrialAssignment[] work = Take(window, 3);
        Complete(window, work[2], false);
        Complete(window, work[1], false);
        window.TryCommit(out _).ShouldBeFalse();
        Complete(window, work[0], false);
        Commits(window).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void AWouldBeAcceptedTrialCancelsWhatLiesBeyondAndNothingNewIsStarted()
    {
        TrialWindow window = Window(t => (int)t, t => t == 3);
        TrialAssignment[] work = Take(window, 5);
        Complete(window, work[2], true);
        work.Select(w => w.Cancel.IsCancellationRequested).ShouldBe([false, false, false, true, true]);
        window.CanAssign.ShouldBeFalse();
        window.InFlight.ShouldBe(2);
        Complete(window, work[0], false);
        Complete(window, work[1], false);
        Commits(window).ShouldBe([1, 2, 3]);
        window.NextTrial.ShouldBe(4);
    }

    [Fact]
    public void ALowerAcceptanceOverridesAHigherOne()
    {
        TrialWindow window = Window(t => (int)t, t => t is 2 or 4);
        TrialAssignment[] work = Take(window, 4);
        Complete(window, work[3], true);
        Complete(window, work[1], true);
        work[2].Cancel.IsCancellationRequested.ShouldBeTrue();
        Complete(window, work[0], false);
        Commits(window).ShouldBe([1, 2]);
        window.TryCommit(out _).ShouldBeFalse();
    }

    [Fact]
    public void ResultsOfCanceledTrialsAreIgnored()
    {
        TrialWindow window = Window(t => (int)t, t => t == 1);
        TrialAssignment[] work = Take(window, 2);
        Complete(window, work[0], true);
        Complete(window, work[1], true);
        Commits(window).ShouldBe([1]);
    }

    [Fact]
    public void EvaluationsThatCommitNothingAreDiscards()
    {
        TrialWindow window = Window(t => (int)t, t => t == 3);
        TrialAssignment[] work = Take(window, 6);
        foreach (int t in (int[])[0, 1, 4, 2])
        {
            // The fifth is decided, and lies beyond an accepted one all the same.
            Complete(window, work[t], t == 2);
        }

        Commits(window).ShouldBe([1, 2, 3]);
        window.TakeDiscards().ShouldBe(3);
        window.TakeDiscards().ShouldBe(0);
    }

    [Fact]
    public void ARepeatTakesTheNumbersAndNoSampler()
    {
        TrialWindow window = Window(t => t == 2 ? 1 : (int)t, _ => false);
        Complete(window, Take(window, 1)[0], false);
        Take(window, 1)[0].Trial.ShouldBe(3);
        window.Repeats.ShouldBe(0);
        window.TryCommit(out WindowSlot? first).ShouldBeTrue();
        window.TryCommit(out WindowSlot? repeat).ShouldBeTrue();
        repeat!.Outcome.ShouldBeSameAs(first!.Outcome);
        window.Repeats.ShouldBe(1);
    }

    [Fact]
    public void RepeatsBeyondTheAcceptedTrialDoNotCountHoweverFarAheadTheyWereDecided()
    {
        TrialWindow window = Window(t => t == 2 ? 2 : 1, t => t == 2);
        TrialAssignment[] work = Take(window, 2);
        window.TryAssign(out _).ShouldBeFalse();
        Complete(window, work[0], false);
        Complete(window, work[1], true);
        Commits(window).ShouldBe([1, 2]);
        window.Repeats.ShouldBe(0);
    }

    [Fact]
    public void AnEqualPairUnderWayIsFollowedNotRepeated()
    {
        TrialWindow window = Window(t => t is 1 or 2 or 4 ? 1 : (int)t, _ => false);
        TrialAssignment[] work = Take(window, 2);
        work.Select(w => w.Trial).ShouldBe([1L, 3L]);
        Take(window, 1)[0].Trial.ShouldBe(5);
        Complete(window, work[0], false);
        Commits(window).ShouldBe([1, 2]);
        Complete(window, work[1], false);
        Commits(window).ShouldBe([3, 4]);
    }

    [Fact]
    public void ARepeatThatWouldBeAcceptedIsEvaluatedAgainForItsStructure()
    {
        TrialWindow window = Window(_ => 1, t => t == 3);
        Complete(window, Take(window, 1)[0], false);
        TrialAssignment again = Take(window, 1)[0];
        again.Trial.ShouldBe(3);
        again.Known.ShouldNotBeNull();
        Complete(window, again, true);
        Commits(window).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void AFollowerThatWouldBeAcceptedIsEvaluatedForItsStructure()
    {
        TrialWindow window = Window(t => t is 1 or 3 ? 1 : 2, t => t == 3);
        TrialAssignment[] work = Take(window, 2);
        window.TryAssign(out _).ShouldBeFalse();
        Complete(window, work[0], false);
        window.CanAssign.ShouldBeTrue();
        Take(window, 1)[0].Trial.ShouldBe(3);
    }

    [Fact]
    public void OfRepeatsThatNeedMoreThanAScreenedTrialLeftOneIsEvaluatedAndTheOthersFollow()
    {
        // Trial 1 is screened; 3, 4 and 5 of the same pair are not, and 4 would be accepted.
        TrialWindow window = Window(t => t is 2 or 6 ? 2 : 1, t => t == 4, screens: t => t is 1 or 2 or 6);
        TrialAssignment[] work = Take(window, 2);
        window.TryAssign(out _).ShouldBeFalse();
        Screen(window, work[0]);
        Commits(window).ShouldBe([1]);
        TrialAssignment rest = Take(window, 1)[0];
        rest.Trial.ShouldBe(3);
        rest.Known.ShouldNotBeNull().Estimate.ShouldNotBeNull();
        window.TryAssign(out _).ShouldBeFalse();
        Complete(window, rest, false);
        Take(window, 1)[0].Trial.ShouldBe(4);
        Screen(window, work[1]);
        Commits(window).ShouldBe([2, 3]);
    }

    [Fact]
    public void AScreenedRepeatNeedsNoMoreThanTheEstimate()
    {
        TrialWindow window = Window(_ => 1, _ => false, screens: _ => true, last: 3);
        Screen(window, Take(window, 1)[0]);
        window.TryAssign(out _).ShouldBeFalse();
        Commits(window).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void AWithdrawnTrialIsHandedOutAgainBeforeAnyOther()
    {
        TrialWindow window = Window(t => (int)t, _ => false);
        TrialAssignment[] work = Take(window, 2);
        window.Withdraw(work[0].Trial);
        Take(window, 1)[0].Trial.ShouldBe(1);
    }

    [Fact]
    public void AssignmentNeverRunsFartherAheadThanItsReach()
    {
        TrialWindow window = Window(t => t == 1 ? 1 : 2, _ => false, last: 100_000);
        Take(window, 2);
        window.TryAssign(out _).ShouldBeFalse();
        window.CanAssign.ShouldBeFalse();
    }

    [Fact]
    public void TheLastTrialIsTheLast()
    {
        TrialWindow window = Window(t => (int)t, _ => false, last: 2);
        Take(window, 2);
        window.TryAssign(out _).ShouldBeFalse();
    }

    [Fact]
    public void AnotherJudgeTakesBackAnAcceptanceAndWhatItCanceledIsHandedOutAgain()
    {
        TrialWindow window = Window(t => (int)t, t => t == 2);
        TrialAssignment[] work = Take(window, 3);
        Complete(window, work[1], true);
        window.CanAssign.ShouldBeFalse();
        window.Rejudge(new ScriptedJudge(t => (int)t, _ => false, _ => false));
        Take(window, 1)[0].Trial.ShouldBe(3);
        Complete(window, work[0], false);
        Commits(window).ShouldBe([1, 2]);
    }

    [Fact]
    public void AnotherJudgeThatAcceptsWhatWasRejectedHasItEvaluatedForItsStructure()
    {
        TrialWindow window = Window(t => (int)t, _ => false);
        TrialAssignment[] work = Take(window, 3);
        Complete(window, work[1], false);
        window.Rejudge(new ScriptedJudge(t => (int)t, t => t == 2, _ => false));
        TrialAssignment again = Take(window, 1)[0];
        again.Trial.ShouldBe(2);
        again.Known.ShouldNotBeNull();
        Complete(window, work[0], false);
        Complete(window, again, true);
        Commits(window).ShouldBe([1, 2]);
    }

    [Fact]
    public void ATrialUnderWayIsDecidedByTheJudgeOfItsEndNotOfItsBeginning()
    {
        TrialWindow window = Window(t => (int)t, t => t == 1);
        TrialAssignment work = Take(window, 1)[0];
        window.Rejudge(new ScriptedJudge(t => (int)t, t => t == 2, _ => false));
        Complete(window, work, true);
        Commits(window).ShouldBe([1]);
        Complete(window, Take(window, 1)[0], true);
        Commits(window).ShouldBe([2]);
    }

    /// <summary>
    /// Chains of few pairs, so that most are repeats, some screened; samplers end in any order; the judge changes after trial 20. What is
    /// committed must be what one sampler and a judge known from the start would commit.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhateverEndsFirstAChangeOfJudgeCommitsWhatOneSamplerWould(int key)
    {
        const int Round = 20, Last = 40;
        for (int script = 0; script < 400; script++)
        {
            var dice = new DrawSequence((ulong)key, RandomStream.SelfTest, 0, script);
            int[] pairs = [.. Enumerable.Range(0, Last + 1).Select(_ => (int)dice.NextBelow(12))];
            bool[][] accepts = [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, Last + 1).Select(_ => dice.NextUniform() < 0.06).ToArray())];
            bool[][] screens = [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, Last + 1).Select(_ => dice.NextUniform() < 0.3).ToArray())];
            ScriptedJudge Judge(int which) => new(t => pairs[t], t => accepts[which][t], t => screens[which][t]);
            ITrialJudge final = Judge(1);
            var window = new TrialWindow(Version, Judge(0), 1, Last);
            var working = new List<(TrialAssignment Work, int Judge)>();
            var committed = new List<(long, bool)>();
            bool changed = false;
            for (int step = 0; committed.Count < Last && (committed.Count == 0 || !committed[^1].Item2); step++)
            {
                step.ShouldBeLessThan(1000, $"script {script} stands still");
                while (working.Count < 5 && window.TryAssign(out TrialAssignment work))
                {
                    working.Add((work, changed ? 1 : 0));
                }

                if (working.Count > 0)
                {
                    int which = (int)dice.NextBelow(working.Count);
                    (TrialAssignment work, int judge) = working[which];
                    working.RemoveAt(which);
                    if (!work.Cancel.IsCancellationRequested)
                    {
                        Evaluate(window, work, judge, accepts, screens);
                    }
                }

                while ((changed || committed.Count < Round) && window.TryCommit(out WindowSlot? slot))
                {
                    committed.Add((slot!.Trial, slot.Decision.Accepted));
                }

                if (!changed && committed.Count == Round)
                {
                    changed = true;
                    window.Rejudge(final);
                }
            }

            int end = Enumerable.Range(1, Last).FirstOrDefault(t => !screens[t > Round ? 1 : 0][t] && accepts[t > Round ? 1 : 0][t], Last);
            committed.Select(c => c.Item1).ShouldBe(Enumerable.Range(1, end).Select(t => (long)t), $"script {script}");
            committed.SkipLast(1).ShouldAllBe(c => !c.Item2);
        }
    }

    // As a sampler would: it decides by the judge that it was given, and brings a structure only with an acceptance.
    private static void Evaluate(TrialWindow window, TrialAssignment work, int which, bool[][] accepts, bool[][] screens)
    {
        if (screens[which][work.Trial])
        {
            Screen(window, work);
        }
        else
        {
            Complete(window, work, accepts[which][work.Trial]);
        }
    }

    private static TrialWindow Window(
        Func<long, int> pairs, Func<long, bool> accepts, long last = 1000, Func<long, bool>? screens = null) =>
        new(Version, new ScriptedJudge(pairs, accepts, screens ?? (_ => false)), 1, last);

    private static void Screen(TrialWindow window, TrialAssignment work) => window.Complete(
        work.Trial,
        new PairOutcome { Pair = work.Pair, Outcome = TrialOutcome.Screened, Evaluations = 1, Estimate = PairEstimate.None },
        new TrialDecision(false, TrialOutcome.Screened, null),
        null);

    private static TrialAssignment[] Take(TrialWindow window, int count)
    {
        var taken = new TrialAssignment[count];
        for (int i = 0; i < count; i++)
        {
            window.TryAssign(out taken[i]).ShouldBeTrue();
        }

        return taken;
    }

    private static void Complete(TrialWindow window, TrialAssignment work, bool accepted) => window.Complete(
        work.Trial,
        new PairOutcome { Pair = work.Pair, Outcome = TrialOutcome.Converged, Evaluations = 1 },
        new TrialDecision(accepted, TrialOutcome.Converged, null),
        accepted ? [1] : null);

    private static int[] Commits(TrialWindow window)
    {
        var trials = new List<int>();
        while (window.TryCommit(out WindowSlot? slot))
        {
            trials.Add((int)slot!.Trial);
        }

        return [.. trials];
    }

    private sealed class ScriptedJudge(Func<long, int> pairs, Func<long, bool> accepts, Func<long, bool> screens) : ITrialJudge
    {
        public AtomPair Draw(ChainVersion version, long trial) => new(0, pairs(trial));

        public bool Dismisses(ChainVersion version, PairEstimate estimate, long trial) => false;

        public TrialDecision Judge(ChainVersion version, PairOutcome outcome, long trial) =>
            screens(trial) ? new TrialDecision(false, TrialOutcome.Screened, null)
            : outcome.Outcome == TrialOutcome.Screened ? TrialDecision.Lacks(MissingNumbers.Relaxation)
            : new TrialDecision(accepts(trial), outcome.Outcome, null);
    }
}
