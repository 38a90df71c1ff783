using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Validation;

namespace Glasswright.Actors.Tests.Search;

/// <summary>The process dies here.</summary>
internal sealed class SimulatedCrashException : Exception;

/// <summary>
/// A store whose process dies at its n-th write: before the transaction, or after it and so before anything that should
/// follow (the files, the next message). From then on every write fails, as it would for a dead process.
/// </summary>
#pragma warning disable CA1852 // Where this file is compiled into other tests it has no subtypes.
internal class CrashingStore(IRunStore inner, int dieAtWrite, bool afterCommit) : IRunStore
#pragma warning restore CA1852
{
    private int _writes;

    public RunRecord? ReadRun() => inner.ReadRun();

    public bool CreateRun(RunRecord run, IReadOnlyList<RunInput> inputs) => inner.CreateRun(run, inputs);

    public void ForkNumerics(string numerics) => inner.ForkNumerics(numerics);

    public IReadOnlyList<NumericsFork> ReadForks() => inner.ReadForks();

    public IReadOnlyList<RunInput> ReadInputs() => inner.ReadInputs();

    public long TakeOver(string owner) => inner.TakeOver(owner);

    public CommitOutcome CreateChains(IReadOnlyList<int> rungs, long fence, StoredVersion start) =>
        Write(() => inner.CreateChains(rungs, fence, start));

    public CommitOutcome WritePilots(IReadOnlyList<(long Pilot, PairOutcome Outcome)> pilots, long fence) =>
        Write(() => inner.WritePilots(pilots, fence));

    public IReadOnlyList<PairOutcome> ReadPilots() => inner.ReadPilots();

    public CommitOutcome WriteCalibration(CalibrationResult calibration, long fence) =>
        Write(() => inner.WriteCalibration(calibration, fence));

    public CalibrationResult? ReadCalibration() => inner.ReadCalibration();

    public virtual void WriteSpent(SpentWork spent, long entry) => inner.WriteSpent(spent, entry);

    public SpentWork ReadSpent() => inner.ReadSpent();

    public CommitOutcome CommitExchange(ExchangeRecord exchange, long nextTrial, long fence) =>
        Write(() => inner.CommitExchange(exchange, nextTrial, fence));

    public IReadOnlyList<ExchangeRecord> ReadExchanges() => inner.ReadExchanges();

    public ExchangeRecord? ReadExchange(int ladder, int round, int replica) => inner.ReadExchange(ladder, round, replica);

    public CommitOutcome EndChain(int replica, long fence) => Write(() => inner.EndChain(replica, fence));

    public void CommitLadder(int round, IReadOnlyList<double> scales) => Write(() =>
    {
        inner.CommitLadder(round, scales);
        return true;
    });

    public RunState ReadState() => inner.ReadState();

    public bool WriteState(RunState state) => Alive().WriteState(state);

    public long Enter() => inner.Enter();

    public long? TakeRun(string node) => inner.TakeRun(node);

    public IReadOnlyList<(int Replica, long Fence)> TakeFree(string node, int most) => inner.TakeFree(node, most);

    public void Release(string node) => Alive().Release(node);

    public void Release(string node, int replica) => Alive().Release(node, replica);

    public void OfferClaims(int replica, long version, long fence, IReadOnlyList<(long Trial, AtomPair Pair)> trials) =>
        inner.OfferClaims(replica, version, fence, trials);

    public IReadOnlyList<Claim> TakeClaims(string node, int most) => inner.TakeClaims(node, most);

    public void RetractClaims(int replica, long version, int most) => inner.RetractClaims(replica, version, most);

    public IReadOnlySet<long> ReadClaims(int replica, long version) => inner.ReadClaims(replica, version);

    public void WriteResults(IReadOnlyList<RemoteResult> results) => Write(() =>
    {
        inner.WriteResults(results);
        return true;
    });

    public IReadOnlyList<RemoteResult> ReadResults(int replica, long version, long fromTrial) => inner.ReadResults(replica, version, fromTrial);

    public void ResetClaims(int replica) => inner.ResetClaims(replica);

    public IReadOnlyList<(int Round, double[] Scales)> ReadLadders() => inner.ReadLadders();

    public IReadOnlyList<ChainPosition> ReadPositions() => inner.ReadPositions();

    public double[] ReadObjectives(int replica, long version) => inner.ReadObjectives(replica, version);

    public IReadOnlyList<RungTotals> ReadRungs() => inner.ReadRungs();

    public ChainState? ReadChain(int replica, int generation = int.MaxValue) => inner.ReadChain(replica, generation);

    public CommitOutcome Commit(ChainCommit commit) => Write(() => inner.Commit(commit));

    public IEnumerable<TrialRecord> ReadTrials(int replica, long fromTrial) => inner.ReadTrials(replica, fromTrial);

    public void WriteValidation(ValidationRecord record) => Alive().WriteValidation(record);

    public IReadOnlyList<ValidationRecord> ReadValidations(int replica) => inner.ReadValidations(replica);

    public void WriteLearnedLabel(LearnedLabel label) => Write(() =>
    {
        inner.WriteLearnedLabel(label);
        return true;
    });

    public IReadOnlyList<LearnedLabel> ReadLearnedLabels() => inner.ReadLearnedLabels();

    public CommitOutcome CommitLearning(
        LearningRecord record, IReadOnlyList<byte[]> models, IReadOnlyList<RenewedVersion> renewed, long nextTrial) =>
        Write(() => inner.CommitLearning(record, models, renewed, nextTrial));

    public IReadOnlyList<LearningRecord> ReadLearning() => inner.ReadLearning();

    public IReadOnlyList<byte[]> ReadModels(int generation) => inner.ReadModels(generation);

    public StoredVersion? ReadRenewed(int replica, long version, int generation = int.MaxValue) => inner.ReadRenewed(replica, version, generation);

    public IReadOnlyList<VersionSummary> ReadRenewals(int replica, int generation) => inner.ReadRenewals(replica, generation);

    public IEnumerable<StoredVersion> ReadVersions(int replica, long fromVersion) => inner.ReadVersions(replica, fromVersion);

    public IReadOnlyList<VersionSummary> ReadSummaries(int replica) => inner.ReadSummaries(replica);

    public StoredVersion? ReadBest(int replica) => inner.ReadBest(replica);

    public ChainTotals ReadTotals(int replica) => inner.ReadTotals(replica);

    public void Dispose() => inner.Dispose();

    // What a dead process does not do.
    private IRunStore Alive() => Volatile.Read(ref _writes) >= dieAtWrite ? throw new SimulatedCrashException() : inner;

    private T Write<T>(Func<T> write)
    {
        int number = Interlocked.Increment(ref _writes);
        if (number > dieAtWrite || (number == dieAtWrite && !afterCommit))
        {
            throw new SimulatedCrashException();
        }

        T result = write();
        return number == dieAtWrite ? throw new SimulatedCrashException() : result;
    }
}
