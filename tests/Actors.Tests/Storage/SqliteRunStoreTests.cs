using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tests.Search;
using Glasswright.Kernels;
using Microsoft.Data.Sqlite;

namespace Glasswright.Actors.Tests.Storage;

public sealed class SqliteRunStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-store-").FullName;

    private string DatabasePath => Path.Combine(_folder, "run.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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

        using var again = new RunStore(new SqliteDatabase(DatabasePath));
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
        using (var other = new RunStore(new SqliteDatabase(DatabasePath)))
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
        store.Commit(new ChainCommit(0, fence, 0, [Trial(1)], null)).ShouldBe(CommitOutcome.StaleVersion);
    }

    [Fact]
    public void ACommitThatFailsHalfWayLeavesNothing()
    {
        using RunStore store = Open(out long fence);
        store.CreateChains([0], fence, Version(0));
        Should.Throw<SqliteException>(() => store.Commit(new ChainCommit(0, fence, 0, [Trial(1), Trial(1)], null)));
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
        using (var other = new RunStore(new SqliteDatabase(DatabasePath)))
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
    public void ANewerSchemaIsRefusedInOneLine()
    {
        new RunStore(new SqliteDatabase(DatabasePath)).Dispose();
        using (var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "INSERT INTO migration(number, name) VALUES(99, 'of the future')";
            command.ExecuteNonQuery();
        }

        InputException error = Should.Throw<InputException>(() => new RunStore(new SqliteDatabase(DatabasePath)));
        error.Message.ShouldContain("newer release");
        error.Found.ShouldBe("schema 99");
    }

    [Fact]
    public void AFileThatIsNoStoreIsRefusedInOneLine()
    {
        File.WriteAllText(DatabasePath, new string('x', 5000));
        Should.Throw<InputException>(() => new RunStore(new SqliteDatabase(DatabasePath))).Message.ShouldContain("no store");
    }

    private static StoredVersion Version(long number)
    {
        var options = new ToyLandscape.Options { Key = (ulong)(50 + number) };
        return StoredVersion.Of(Versions.Of(
            options, ToyLandscape.Start(options), new TargetSet([Target.Mean(), Target.Energy()]), 2, number));
    }

    private static TrialRecord Trial(long number) => new()
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
        var store = new RunStore(new SqliteDatabase(DatabasePath));
        store.CreateRun(
            new RunRecord("id", "identity", "n1", "trials = 4", 2),
            [new RunInput("structure", "a.data", CanonicalStructure.Id([1, 2, 3]), [1, 2, 3])]);
        fence = store.TakeOver("me");
        return store;
    }
}
