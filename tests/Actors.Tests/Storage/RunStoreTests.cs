using System.Data.Common;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;
using Glasswright.Actors.Tests.Search;

namespace Glasswright.Actors.Tests.Storage;

/// <summary>What a store must do, whatever database it lies in.</summary>
public abstract class RunStoreTests
{
    private protected const string Run = "id";

    /// <summary>A connection of its own to the database of the test.</summary>
    private protected abstract Database Connect();

    [Fact]
    public void WhatWasCommittedIsThereBitForBitAfterReopening()
    {
        StoredVersion start = Version(0), next = Version(1);
        TrialRecord failed = Trial(1) with { Outcome = TrialOutcome.NoDescent, Energy = double.NaN, Report = TargetReport.Empty };
        TrialRecord accepted = Trial(2) with { Accepted = true, Energy = -1.0 / 3, PressureBar = 1e-300 };
        using (RunStore store = Open(out long fence))
        {
            store.CreateChains([0, 0], fence, start).ShouldBe(CommitOutcome.Committed);
            store.Commit(new ChainCommit(1, fence, 0, [failed, accepted], next)).ShouldBe(CommitOutcome.Committed);
        }

        using var again = new RunStore(Connect(), Run);
        again.ReadRun().ShouldBe(new RunRecord("id", "identity", "n1", "trials = 4", 2));
        ChainState state = again.ReadChain(1).ShouldNotBeNull();
        (state.Version, state.NextTrial).ShouldBe((1, 3));
        state.Structure.Bytes.ShouldBe(next.Bytes);
        state.Structure.Evaluation.Energy.ShouldBe(next.Evaluation.Energy);
        state.Structure.Evaluation.Values.ShouldBe(next.Evaluation.Values);
        state.Structure.Objectives.ShouldBe(next.Objectives);
        again.ReadTrials(1, 1).ShouldBe([failed, accepted]);
        again.ReadTotals(1).ShouldBe(new ChainTotals(2, 1, 14));
        again.ReadChain(0)!.NextTrial.ShouldBe(1);
        again.ReadVersions(1, 0).Select(v => v.Number).ShouldBe([0L, 1L]);
        again.ReadInputs().ShouldHaveSingleItem().Bytes.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void ACommitOfAnOwnerThatLostTheChainIsRefusedAndChangesNothing()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0], fence, Version(0));
        using (var other = new RunStore(Connect(), Run))
        {
            other.TakeOver("other").ShouldBe(fence + 1);
        }

        store.Commit(new ChainCommit(0, fence, 0, [Trial(1)], null)).ShouldBe(CommitOutcome.StaleFence);
        store.ReadTotals(0).Trials.ShouldBe(0);
        store.Commit(new ChainCommit(0, fence + 1, 0, [Trial(1)], null)).ShouldBe(CommitOutcome.Committed);
    }

    [Fact]
    public void ACommitThatDoesNotContinueTheChainIsRefused()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0], fence, Version(0));
        store.Commit(new ChainCommit(0, fence, 1, [Trial(1)], null)).ShouldBe(CommitOutcome.StaleVersion);
        store.Commit(new ChainCommit(0, fence, 0, [Trial(2)], null)).ShouldBe(CommitOutcome.StaleVersion);
        store.Commit(new ChainCommit(0, fence, 0, [Trial(1)], null)).ShouldBe(CommitOutcome.Committed);
        store.Commit(new ChainCommit(0, fence, 0, [Trial(1), Trial(2)], null)).ShouldBe(CommitOutcome.StaleVersion);
    }

    [Fact]
    public void ACommitThatIsRepeatedBecauseItsAnswerWasLostIsRecognized()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0], fence, Version(0)).ShouldBe(CommitOutcome.Committed);
        store.CreateChains([0], fence, Version(0)).ShouldBe(CommitOutcome.Committed);
        var rejected = new ChainCommit(0, fence, 0, [Trial(1)], null);
        var accepted = new ChainCommit(0, fence, 0, [Trial(2) with { Accepted = true }], Version(1));
        foreach (ChainCommit commit in new[] { rejected, rejected, accepted, accepted })
        {
            store.Commit(commit).ShouldBe(CommitOutcome.Committed);
        }

        store.ReadTotals(0).ShouldBe(new ChainTotals(2, 1, 14));
        store.ReadSummaries(0).Count.ShouldBe(2);
        store.TakeOver("other");
        store.Commit(accepted).ShouldBe(CommitOutcome.StaleFence);
    }

    [Fact]
    public void ChainsAreTakenByOneNodeAndByAnotherOnlyWhenTheLeaseIsOver()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0, 0, 0], fence, Version(0));
        store.Release("me");
        using Database database = Connect();
        var nodes = new NodeRegistry(database);
        foreach (string name in new[] { "a", "b" })
        {
            nodes.Announce(new NodeRecord(name, "host", 1, 2, "n"), TimeSpan.FromSeconds(3));
        }

        nodes.Read().ShouldAllBe(node => node.Alive);
        IReadOnlyList<(int Replica, long Fence)> first = store.TakeFree("a", 2);
        first.Select(taken => taken.Replica).ShouldBe([0, 1]);
        store.TakeFree("b", 9).Select(taken => taken.Replica).ShouldBe([2]);
        store.TakeFree("b", 9).ShouldBeEmpty();

        // The clock goes on by an hour, and back by two: both end every lease, and none of them more than once.
        foreach (int hours in new[] { -1, +2 })
        {
            database.Transact(s => s.Execute("UPDATE node SET until = until + 3600 * @a WHERE node = 'a'", hours));
            nodes.Read().Where(node => !node.Alive).Select(node => node.Node.Id).ShouldBe(["a"]);
            nodes.Announce(new NodeRecord("a", "host", 1, 2, "n"), TimeSpan.FromSeconds(3));
            database.Transact(s => s.Execute("UPDATE node SET until = until + 3600 * @a WHERE node = 'a'", hours));
            IReadOnlyList<(int Replica, long Fence)> taken = store.TakeFree("b", 9);
            taken.Select(chain => chain.Replica).ShouldBe([0, 1]);
            taken.ShouldAllBe(chain => chain.Fence > first[chain.Replica].Fence);
            store.Commit(new ChainCommit(0, first[0].Fence, 0, [Trial(1)], null)).ShouldBe(CommitOutcome.StaleFence);
            store.Release("b");
            nodes.Announce(new NodeRecord("a", "host", 1, 2, "n"), TimeSpan.FromSeconds(3));
            first = store.TakeFree("a", 2);
            store.TakeFree("b", 9).ShouldHaveSingleItem().Replica.ShouldBe(2);
        }

        nodes.Leave("a");
        store.TakeFree("b", 1).ShouldHaveSingleItem().Replica.ShouldBe(0);
        store.EndChain(1, first[1].Fence).ShouldBe(CommitOutcome.Committed);
        store.TakeFree("b", 9).ShouldBeEmpty("chain 1 has ended, and the others are its own");
    }

    [Fact]
    public void TheRunIsOpenedByOneNodeAtATime()
    {
        using RunStore store = Open(out _);
        store.Release("me");
        using Database database = Connect();
        new NodeRegistry(database).Announce(new NodeRecord("a", "host", 1, 2, "n"), TimeSpan.FromSeconds(3));
        long? fence = store.TakeRun("a");
        fence.ShouldNotBeNull();
        store.TakeRun("b").ShouldBeNull();
        new NodeRegistry(database).Leave("a");
        store.TakeRun("b").ShouldBe(fence + 1);
        store.CreateChains([0], fence.Value, Version(0)).ShouldBe(CommitOutcome.StaleFence);
    }

    [Fact]
    public void ExchangesAreHeldBeforeATrialWhenAllOfTheRoundAre()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0, 1], fence, Version(0));
        SearchSettings settings = LawHarness.Settings with { Replicas = 2, Tempering = new TemperingSettings { Scales = [1, 2], Every = 1 } };
        var rounds = new ExchangeRounds(settings, [.. Enumerable.Repeat(1.0, settings.TargetSet.Count)], store, shared: true);
        rounds.AreHeldBefore(1).ShouldBeTrue("there is none before the first trial");
        store.Commit(new ChainCommit(0, fence, 0, [Trial(1)], null));
        store.Commit(new ChainCommit(1, fence, 0, [Trial(1)], null));
        rounds.AreHeldBefore(2).ShouldBeFalse("both stand there and have not exchanged");
        store.CommitExchange(new ExchangeRecord(0, 1, 0, 0, 1, 0, 0, 0.25, true), 2, fence).ShouldBe(CommitOutcome.Committed);
        rounds.AreHeldBefore(2).ShouldBeTrue();
    }

    [Fact]
    public void AnExchangeMovesBothRungsOnceOrNothing()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0, 1], fence, Version(0));
        var exchange = new ExchangeRecord(0, 1, 0, 0, 1, 0, 0, 0.25, true);
        store.CommitExchange(exchange, 2, fence).ShouldBe(CommitOutcome.StaleVersion, "neither stands there yet");
        store.Commit(new ChainCommit(0, fence, 0, [Trial(1)], null));
        store.CommitExchange(exchange, 2, fence).ShouldBe(CommitOutcome.StaleVersion, "one does not");
        store.Commit(new ChainCommit(1, fence, 0, [Trial(1)], null));
        store.CommitExchange(exchange with { VersionHigh = 1 }, 2, fence).ShouldBe(CommitOutcome.StaleVersion);
        store.CommitExchange(exchange with { ReplicaLow = 1, ReplicaHigh = 0 }, 2, fence).ShouldBe(CommitOutcome.StaleVersion, "the rungs are others");
        store.CommitExchange(exchange, 2, fence + 7).ShouldBe(CommitOutcome.StaleFence);
        store.ReadPositions().Select(chain => chain.Rung).ShouldBe([0, 1]);

        store.CommitExchange(exchange, 2, fence).ShouldBe(CommitOutcome.Committed);
        store.CommitExchange(exchange, 2, fence).ShouldBe(CommitOutcome.Committed);
        store.ReadPositions().Select(chain => chain.Rung).ShouldBe([1, 0]);
        store.ReadExchange(0, 1, 1).ShouldBe(exchange);
        store.ReadExchange(0, 2, 1).ShouldBeNull();
        store.ReadExchanges().ShouldBe([exchange]);
        Should.Throw<LawBrokenException>(() => store.CommitExchange(exchange with { Probability = 0.5 }, 2, fence));
        store.CommitLadder(3, [1, 1.5]);
        store.CommitLadder(3, [1, 1.5]);
        Should.Throw<LawBrokenException>(() => store.CommitLadder(3, [1, 1.6]));
        store.ReadLadders().ShouldHaveSingleItem().Scales.ShouldBe([1, 1.5]);
        store.ReadRungs().ShouldBe([new RungTotals(0, 2, 0)]);
    }

    [Fact]
    public void AClaimIsWorkedOnByOneNodeAndItsResultStaysUntilItsTrialIsCommitted()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0], fence, Version(0));
        using Database database = Connect();
        var nodes = new NodeRegistry(database);
        nodes.Announce(new NodeRecord("a", "host", 1, 2, "n"), TimeSpan.FromSeconds(3));
        store.OfferClaims(0, 0, fence - 1, [(9, new AtomPair(1, 2))]);
        store.ReadClaims(0, 0).ShouldBeEmpty("of an owner that has lost the chain");
        store.OfferClaims(0, 0, fence, [(3, new AtomPair(1, 2)), (2, new AtomPair(5, 6)), (4, new AtomPair(7, 8))]);
        store.TakeClaims("a", 2).ShouldBe([new Claim(0, 0, 2, new AtomPair(5, 6)), new Claim(0, 0, 3, new AtomPair(1, 2))]);
        store.TakeClaims("a", 0).Count.ShouldBe(2, "all that it has, in case an answer was lost");
        store.RetractClaims(0, 0, 9);
        store.ReadClaims(0, 0).ShouldBe([2, 3], ignoreOrder: true);
        store.TakeClaims("b", 9).ShouldBeEmpty();
        var outcome = new PairOutcome
        {
            Pair = new AtomPair(5, 6),
            Outcome = TrialOutcome.Converged,
            Energy = 0.1,
            PressureBar = double.NaN,
            Evaluations = 5,
            Objectives = [0.25],
            Returns = true,
            Estimate = new PairEstimate([1.5], 2),
            Back = new PairEstimate([], 3),
        };
        store.WriteResults([new RemoteResult(0, 0, 2, outcome, [9, 9])]);
        store.WriteResults([new RemoteResult(0, 0, 2, outcome, [9, 9])]);
        Should.Throw<LawBrokenException>(() => store.WriteResults([new RemoteResult(0, 0, 2, outcome with { Energy = 0.2 }, null)]));
        RemoteResult result = store.ReadResults(0, 0, 1).ShouldHaveSingleItem();
        result.Structure.ShouldBe([9, 9]);
        (result.Outcome.Energy, result.Outcome.Returns, result.Outcome.Estimate!.Objectives[0], result.Outcome.Back!.Evaluations)
            .ShouldBe((0.1, true, 1.5, 3));
        store.ReadResults(0, 0, 3).ShouldBeEmpty();

        // The node dies: its other claim is free; a new owner offers what it likes.
        nodes.Leave("a");
        store.TakeClaims("b", 9).ShouldHaveSingleItem().Trial.ShouldBe(3);
        store.ResetClaims(0);
        store.TakeClaims("b", 9).ShouldBeEmpty();

        // What belongs to trials that are committed, or to a version that has passed, is forgotten, and a latecomer is not kept.
        store.Commit(new ChainCommit(0, fence, 0, [Trial(1)], null));
        store.ReadResults(0, 0, 1).ShouldHaveSingleItem();
        store.Commit(new ChainCommit(0, fence, 0, [Trial(2) with { Accepted = true }], Version(1)));
        store.ReadResults(0, 0, 1).ShouldBeEmpty();
        store.WriteResults([new RemoteResult(0, 0, 5, outcome, null)]);
        store.ReadResults(0, 0, 1).ShouldBeEmpty();
    }

    [Fact]
    public void TwoRunsOfOneDatabaseShareInputsAndNothingElse()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0], fence, Version(0));
        using Database database = Connect();
        var other = new RunStore(database, "other", owns: false);
        other.ReadRun().ShouldBeNull();
        RunInput input = store.ReadInputs()[0];
        other.CreateRun(new RunRecord("other", "x", "n1", "y", 1), [input]).ShouldBeTrue();
        other.CreateRun(new RunRecord("other", "x", "n1", "y", 1), [input]).ShouldBeFalse();
        other.ReadPositions().ShouldBeEmpty();
        other.ReadInputs()[0].Bytes.ShouldBe(input.Bytes);
        other.CreateChains([0], other.TakeOver("me"), Version(0));
        other.ReadTotals(0).Trials.ShouldBe(0);
        store.Commit(new ChainCommit(0, fence, 0, [Trial(1)], null)).ShouldBe(CommitOutcome.Committed);
        other.ReadTotals(0).Trials.ShouldBe(0);
        RunListing.Read(database).Select(run => run.Run).ShouldBe([Run, "other"]);
        other.WriteState(RunState.Canceled);
        (store.ReadState(), other.ReadState()).ShouldBe((RunState.Live, RunState.Canceled));
    }

    [Theory]
    [InlineData("Finished", "Canceled")]
    [InlineData("Canceled", "Finished")]
    [InlineData("Failed", "Canceled")]
    public void ARunThatHasEndedStaysWhatItIs(string first, string second)
    {
        using RunStore store = Open(out _);
        store.WriteState(Enum.Parse<RunState>(first)).ShouldBeTrue();
        store.WriteState(Enum.Parse<RunState>(first)).ShouldBeTrue("an answer that was lost is asked for again");
        store.WriteState(Enum.Parse<RunState>(second)).ShouldBeFalse();
        store.ReadState().ShouldBe(Enum.Parse<RunState>(first));
    }

    [Fact]
    public void AResultIsCompletedByTheStructureThatAnotherNodeBrings()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0], fence, Version(0));
        PairOutcome outcome = new() { Pair = new AtomPair(1, 2), Outcome = TrialOutcome.NoDescent, Evaluations = 3 };
        store.WriteResults([new RemoteResult(0, 0, 3, outcome, null)]);
        store.WriteResults([new RemoteResult(0, 0, 3, outcome, [1, 2, 3])]);
        store.WriteResults([new RemoteResult(0, 0, 3, outcome, null)]);
        store.ReadResults(0, 0, 1).ShouldHaveSingleItem().Structure.ShouldBe([1, 2, 3]);
        Should.Throw<LawBrokenException>(() => store.WriteResults([new RemoteResult(0, 0, 3, outcome with { Evaluations = 99 }, null)]));
    }

    [Fact]
    public void ACommitThatFailsHalfWayLeavesNothing()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0], fence, Version(0));
        Should.Throw<DbException>(() => store.Commit(new ChainCommit(0, fence, 0, [Trial(1), Trial(1)], null)));
        store.ReadTotals(0).Trials.ShouldBe(0);
        store.Commit(new ChainCommit(0, fence, 0, [Trial(1)], null)).ShouldBe(CommitOutcome.Committed);
    }

    [Fact]
    public void PilotsAreKeptOnceWithTheirBitsAndOthersAreAnAlarm()
    {
        using RunStore store = Open(out long fence);
        var pilot = new PairOutcome
        {
            Pair = new AtomPair(3, 4),
            Outcome = TrialOutcome.Converged,
            Energy = 0.1,
            PressureBar = -2,
            Evaluations = 5,
            Objectives = [0.1 + 0.2, -0.0],
            Report = new TargetReport(1, 2, 3, 4, 5, 6, 7),
            LogHastings = -0.3,
        };
        PairOutcome failed = new() { Pair = new AtomPair(1, 2), Outcome = TrialOutcome.NoDescent, Evaluations = 3 };
        store.WritePilots([(1, pilot), (2, failed)], fence).ShouldBe(CommitOutcome.Committed);
        store.WritePilots([(1, pilot), (2, failed)], fence).ShouldBe(CommitOutcome.Committed);
        Should.Throw<LawBrokenException>(() => store.WritePilots([(1, pilot with { Energy = 9 })], fence));
        Should.Throw<LawBrokenException>(() => store.WritePilots([(1, pilot with { Objectives = [0.3, -0.0] })], fence));
        Should.Throw<LawBrokenException>(() => store.WritePilots([(3, pilot), (2, failed with { Energy = 1 })], fence));
        PairOutcome read = store.ReadPilots()[0];
        store.ReadPilots().Count.ShouldBe(2);
        (read with { Objectives = pilot.Objectives }).ShouldBe(pilot);
        read.Objectives.Select(BitConverter.DoubleToInt64Bits).ShouldBe(pilot.Objectives.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void ConstantsAreWrittenOnce()
    {
        using RunStore store = Open(out long fence);
        store.ReadCalibration().ShouldBeNull();
        var calibration = new CalibrationResult(CalibrationOutcome.Solved, [0.1, 0.2], 3, double.NaN, 0.25);
        store.WriteCalibration(calibration, fence).ShouldBe(CommitOutcome.Committed);
        store.WriteCalibration(calibration, fence).ShouldBe(CommitOutcome.Committed);
        Should.Throw<LawBrokenException>(() => store.WriteCalibration(calibration with { Constants = [9, 9] }, fence));
        CalibrationResult read = store.ReadCalibration().ShouldNotBeNull();
        read.Constants.ShouldBe([0.1, 0.2]);
        (read with { Constants = calibration.Constants }).ShouldBe(calibration);
    }

    [Fact]
    public void OwnerThatLostTheRunWritesNeitherPilotsNorConstants()
    {
        using RunStore store = Open(out long fence);
        using (var other = new RunStore(Connect(), Run))
        {
            other.TakeOver("other");
        }

        PairOutcome pilot = new() { Pair = new AtomPair(1, 2), Outcome = TrialOutcome.NoDescent, Evaluations = 3 };
        store.WritePilots([(1, pilot)], fence).ShouldBe(CommitOutcome.StaleFence);
        store.WriteCalibration(new CalibrationResult(CalibrationOutcome.Solved, [1], 1, 1, 0), fence).ShouldBe(CommitOutcome.StaleFence);
        store.ReadPilots().ShouldBeEmpty();
        store.ReadCalibration().ShouldBeNull();
    }

    [Fact]
    public void WhatEachProcessSpentIsKeptAndAddedUp()
    {
        using RunStore store = Open(out long first);
        store.ReadSpent().ShouldBe(default);
        var cost = new WorkCost(10, 2, TimeSpan.FromTicks(7), TimeSpan.FromTicks(5), TimeSpan.FromTicks(3));
        store.WriteSpent(new SpentWork(cost, 4, 1), first);
        store.WriteSpent(new SpentWork(cost + cost, 8, 2), first);
        long second = store.TakeOver("second");
        store.WriteSpent(new SpentWork(cost, 4, 1), second);
        store.ReadSpent().ShouldBe(new SpentWork(cost + cost + cost, 12, 3));
        store.ReadSpent().RepeatShare.ShouldBe(0.25);
    }

    [Fact]
    public void PropertiesComeBackToTheBit()
    {
        using var store = new RunStore(Connect(), Run);
        store.CreateRun(new RunRecord("id", "identity", "n1", "trials = 4", 1) { Properties = ["a", "b_2"] }, []);
        long fence = store.TakeOver("me");
        StoredVersion start = Version(0);
        double[] values = [.. Enumerable.Range(0, 24).Select(i => i == 5 ? double.NaN : Math.Sqrt(i))];
        start = start with { Evaluation = start.Evaluation with { Properties = values } };
        TargetReport report = Trial(1).Report with { Properties = [TargetReport.Empty, new TargetReport(7, 6, 5, 4, 3, 2, 1)] };
        store.CreateChains([0], fence, start);
        store.Commit(new ChainCommit(0, fence, 0, [Trial(1) with { Report = report }, Trial(2)], null) { Best = start });

        using var again = new RunStore(Connect(), Run);
        again.ReadRun()!.Properties.ShouldBe(["a", "b_2"]);
        again.ReadVersions(0, 0).First().Evaluation.Properties.ShouldBe(values);
        again.ReadBest(0)!.Evaluation.Properties.ShouldBe(values);
        TrialRecord[] trials = [.. again.ReadTrials(0, 1)];
        trials[0].Report.ToArray().ShouldBe(report.ToArray());
        trials[1].Report.Properties.ShouldBeEmpty();
    }

    [Fact]
    public void APropertyThatAnotherNodeFindsOtherwiseIsAnAlarmThoughNoTargetSeesIt()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0], fence, Version(0));
        PairOutcome Pilot(double figure) => new()
        {
            Pair = new AtomPair(1, 2),
            Outcome = TrialOutcome.Converged,
            Evaluations = 3,
            Objectives = [1],
            Report = Trial(1).Report with { Properties = [new TargetReport(figure, 6, 5, 4, 3, 2, 1)] },
        };
        store.WritePilots([(1, Pilot(7))], fence).ShouldBe(CommitOutcome.Committed);
        store.WritePilots([(1, Pilot(7))], fence).ShouldBe(CommitOutcome.Committed);
        store.ReadPilots().ShouldHaveSingleItem().Report.ToArray().ShouldBe(Pilot(7).Report.ToArray());
        Should.Throw<LawBrokenException>(() => store.WritePilots([(1, Pilot(7.5))], fence));
    }

    internal static StoredVersion Version(long number)
    {
        var options = new ToyLandscape.Options { Key = (ulong)(50 + number) };
        return StoredVersion.Of(Versions.Of(
            options, ToyLandscape.Start(options), new TargetSet([Target.Mean(), Target.Energy()]), 2, number));
    }

    internal static TrialRecord Trial(long number) => new()
    {
        Trial = number,
        Version = 0,
        Accepted = false,
        AtomA = 5,
        AtomB = 6,
        Outcome = TrialOutcome.Converged,
        Energy = 1.5,
        PressureBar = double.NaN,
        Evaluations = 7,
        Rung = 0,
        VetoedBy = "max",
        Report = new TargetReport(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
    };

    private RunStore Open(out long fence)
    {
        var store = new RunStore(Connect(), Run);
        store.CreateRun(
            new RunRecord("id", "identity", "n1", "trials = 4", 2),
            [new RunInput("structure", "a.data", CanonicalStructure.Id([1, 2, 3]), [1, 2, 3])]);
        fence = store.TakeOver("me");
        return store;
    }
}
