using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <summary>
/// The one authority over a run: what is not in the store did not happen. One writer at a time, whatever the number of
/// threads that call; every commit is one transaction that is on disk when the call returns. Failures of the store throw.
/// </summary>
internal interface IRunStore : IDisposable
{
    /// <summary>The run's own row; null as long as it was not created.</summary>
    RunRecord? ReadRun();

    /// <summary>Creates the run with its inputs unless it is there; returns whether it was not.</summary>
    bool CreateRun(RunRecord run, IReadOnlyList<RunInput> inputs);

    /// <summary>What the run is at.</summary>
    RunState ReadState();

    /// <summary>Says what a live run is at. One that has ended stays what it is; whether it is that state now.</summary>
    bool WriteState(RunState state);

    /// <summary>
    /// Lets every chain go on from where it stands under other numerics than before, and keeps from which trial: a fork of the run,
    /// since from there on its bits are not those of the run that was begun.
    /// </summary>
    void ForkNumerics(string numerics);

    /// <summary>The forks, in the order of chains and trials.</summary>
    IReadOnlyList<NumericsFork> ReadForks();

    /// <summary>The run's inputs, by name.</summary>
    IReadOnlyList<RunInput> ReadInputs();

    /// <summary>
    /// Takes run and chains over, whoever has them: for the one process that holds the run's folder. From now on only commits with the
    /// returned fence, or those of the chains, count. Of a run without chains it is the fence that its first chains will have.
    /// </summary>
    long TakeOver(string owner);

    /// <summary>A number of its own for a process that works on the run, under which it says what it has spent.</summary>
    long Enter();

    /// <summary>
    /// Takes the run for a node if nobody has it or its owner's lease is over: who opens it, and says that it has ended. The fence, or null.
    /// </summary>
    long? TakeRun(string node);

    /// <summary>Takes chains for a node that nobody has or whose owner's lease is over, and that have not ended.</summary>
    IReadOnlyList<(int Replica, long Fence)> TakeFree(string node, int most);

    /// <summary>Gives back what a node has of the run.</summary>
    void Release(string node);

    /// <summary>Gives back one chain.</summary>
    void Release(string node, int replica);

    /// <summary>Creates all chains at version 0, one for each rung given, in one transaction.</summary>
    CommitOutcome CreateChains(IReadOnlyList<int> rungs, long fence, StoredVersion start);

    /// <summary>A chain has done all its trials.</summary>
    CommitOutcome EndChain(int replica, long fence);

    /// <summary>
    /// Commits an exchange in one transaction: both chains must stand before <paramref name="nextTrial"/>, on the versions and rungs of the
    /// record, and one of them must have this fence. One that is there already must be the same.
    /// </summary>
    /// <exception cref="LawBrokenException">It is there with other numbers.</exception>
    CommitOutcome CommitExchange(ExchangeRecord exchange, long nextTrial, long fence);

    /// <summary>All exchanges by round, ladder, pair.</summary>
    IReadOnlyList<ExchangeRecord> ReadExchanges();

    /// <summary>The exchange of a round in which a replica took part; null if there is none yet.</summary>
    ExchangeRecord? ReadExchange(int ladder, int round, int replica);

    /// <summary>Fixes the scales after a round. A function of the exchanges, so that whoever comes first may; those there already must be the same.</summary>
    /// <exception cref="LawBrokenException">They are others.</exception>
    void CommitLadder(int round, IReadOnlyList<double> scales);

    /// <summary>The scales that adapted, by round.</summary>
    IReadOnlyList<(int Round, double[] Scales)> ReadLadders();

    /// <summary>Trials and acceptances by rung, over all chains.</summary>
    IReadOnlyList<RungTotals> ReadRungs();

    /// <summary>Where all chains stand.</summary>
    IReadOnlyList<ChainPosition> ReadPositions();

    /// <summary>F_k of a version.</summary>
    double[] ReadObjectives(int replica, long version);

    /// <summary>Offers trials of a version to other nodes.</summary>
    void OfferClaims(int replica, long version, long fence, IReadOnlyList<(long Trial, Proposal.AtomPair Pair)> trials);

    /// <summary>
    /// Takes offered trials for a node, the lowest numbers first, also those of nodes whose lease is over. All that the node has by then.
    /// </summary>
    IReadOnlyList<Claim> TakeClaims(string node, int most);

    /// <summary>Takes back trials that nobody works on, the lowest first.</summary>
    void RetractClaims(int replica, long version, int most);

    /// <summary>Trials of a version that are on offer or being worked on. One that is not there any more has a result, or was taken back.</summary>
    IReadOnlySet<long> ReadClaims(int replica, long version);

    /// <summary>Brings what was found for claims.</summary>
    /// <exception cref="LawBrokenException">Another node has found other numbers.</exception>
    void WriteResults(IReadOnlyList<RemoteResult> results);

    /// <summary>Results of a version from a trial on, in the order of trials; they stay until their trials are committed.</summary>
    IReadOnlyList<RemoteResult> ReadResults(int replica, long version, long fromTrial);

    /// <summary>Keeps what true simulation says of a version; one that is there stays.</summary>
    void WriteValidation(Validation.ValidationRecord record);

    /// <summary>The validations of a chain, by version.</summary>
    IReadOnlyList<Validation.ValidationRecord> ReadValidations(int replica);

    /// <summary>Keeps true labels of a structure, for active learning; ones that are there already must be the same.</summary>
    /// <exception cref="LawBrokenException">They are others.</exception>
    void WriteLearnedLabel(LearnedLabel label);

    /// <summary>Those labels, by decision and replica.</summary>
    IReadOnlyList<LearnedLabel> ReadLearnedLabels();

    /// <summary>
    /// Commits a decision about the model in one transaction, with the models of a new generation and all that was evaluated under them. Every
    /// chain must stand before <paramref name="nextTrial"/>. One that is there already must be the same.
    /// </summary>
    /// <returns><see cref="CommitOutcome.Committed"/>, or <see cref="CommitOutcome.StaleVersion"/> where a chain stands elsewhere.</returns>
    /// <exception cref="LawBrokenException">It is there with other numbers.</exception>
    CommitOutcome CommitLearning(
        LearningRecord record, IReadOnlyList<byte[]> models, IReadOnlyList<RenewedVersion> renewed, long nextTrial);

    /// <summary>The decisions, in order.</summary>
    IReadOnlyList<LearningRecord> ReadLearning();

    /// <summary>The files of a generation's models, from generation 1 on; in the order of the ensemble.</summary>
    IReadOnlyList<byte[]> ReadModels(int generation);

    /// <summary>A version under the last model that it was evaluated by, of generations up to one; null if there is no such version.</summary>
    StoredVersion? ReadRenewed(int replica, long version, int generation = int.MaxValue);

    /// <summary>Number, trial and F_k of the versions that were evaluated anew when a generation began, in order.</summary>
    IReadOnlyList<VersionSummary> ReadRenewals(int replica, int generation);

    /// <summary>For a new owner: nothing is offered.</summary>
    void ResetClaims(int replica);

    /// <summary>Stores unique outcomes of pilot trials from version 0; ones already there must be the same.</summary>
    /// <exception cref="LawBrokenException">A pilot trial is there with other numbers.</exception>
    CommitOutcome WritePilots(IReadOnlyList<(long Pilot, PairOutcome Outcome)> pilots, long fence);

    /// <summary>The stored outcomes of pilot trials.</summary>
    IReadOnlyList<PairOutcome> ReadPilots();

    /// <summary>Fixes the constants of the run. They are written once; ones already there must be the same.</summary>
    /// <exception cref="LawBrokenException">The run has other constants.</exception>
    CommitOutcome WriteCalibration(CalibrationResult calibration, long fence);

    /// <summary>The constants; null before they are fixed.</summary>
    CalibrationResult? ReadCalibration();

    /// <summary>Keeps what the process with an entry has spent so far, in place of what it said before.</summary>
    void WriteSpent(SpentWork spent, long entry);

    /// <summary>What all processes of the run have spent.</summary>
    SpentWork ReadSpent();

    /// <summary>The state of a chain, its structure as the present model has it; null before it was created.</summary>
    ChainState? ReadChain(int replica, int generation = int.MaxValue);

    /// <summary>Commits trials in order, with the new version if the last of them was accepted, in one transaction.</summary>
    CommitOutcome Commit(ChainCommit commit);

    /// <summary>Committed trials of a chain from a number on, in order.</summary>
    IEnumerable<TrialRecord> ReadTrials(int replica, long fromTrial);

    /// <summary>Versions of a chain from a number on, in order.</summary>
    IEnumerable<StoredVersion> ReadVersions(int replica, long fromVersion);

    /// <summary>Number, trial and F_k of every version of a chain, in order.</summary>
    IReadOnlyList<VersionSummary> ReadSummaries(int replica);

    /// <summary>
    /// The structure of lowest Σ_k F_k/C_k within the stretches of a traditional chain; null where none was lower than the start, and
    /// of other chains, whose every structure is a version.
    /// </summary>
    StoredVersion? ReadBest(int replica);

    /// <summary>Sums over the committed trials of a chain.</summary>
    ChainTotals ReadTotals(int replica);
}

/// <summary>What was really spent on a run: reported, never part of the answer.</summary>
/// <param name="Cost">Evaluations, relaxations and times.</param>
/// <param name="Trials">Trials committed.</param>
/// <param name="Repeats">Of these the ones that repeat a pair of their version.</param>
internal readonly record struct SpentWork(WorkCost Cost, long Trials, long Repeats)
{
    /// <summary>Share of the trials that repeat a pair; 0 without trials.</summary>
    public double RepeatShare => Trials == 0 ? 0 : (double)Repeats / Trials;
}

/// <summary>What a run is at.</summary>
internal enum RunState
{
    /// <summary>Its chains have trials to do.</summary>
    Live,

    /// <summary>They have done them.</summary>
    Finished,

    /// <summary>The user does not want it any more.</summary>
    Canceled,

    /// <summary>It cannot go on: an input is at fault, or the law was broken.</summary>
    Failed,
}

/// <summary>Where a chain stands, without its structure.</summary>
/// <param name="Replica">Which one.</param>
/// <param name="Version">Number of commits.</param>
/// <param name="NextTrial">The next trial.</param>
/// <param name="Rung">Its rung.</param>
/// <param name="Owner">The node that has it; null if none does.</param>
/// <param name="Fence">The fence that commits need.</param>
/// <param name="Ended">Whether it has done all its trials.</param>
internal sealed record ChainPosition(int Replica, long Version, long NextTrial, int Rung, string? Owner, long Fence, bool Ended);

/// <summary>Trials on a rung, over all chains.</summary>
/// <param name="Rung">The rung.</param>
/// <param name="Trials">Trials decided under its constants.</param>
/// <param name="Accepted">Of these accepted.</param>
internal readonly record struct RungTotals(int Rung, long Trials, long Accepted);

/// <summary>Whether a commit took effect.</summary>
internal enum CommitOutcome
{
    /// <summary>It did, and is on disk.</summary>
    Committed,

    /// <summary>Another process has taken the chain over.</summary>
    StaleFence,

    /// <summary>The chain is not at the version and trial that the commit continues.</summary>
    StaleVersion,
}

/// <summary>A chain that went on under other numerics.</summary>
/// <param name="Replica">The chain.</param>
/// <param name="Trial">The first trial under the new ones.</param>
/// <param name="Previous">The numerics before.</param>
/// <param name="Numerics">The numerics from there on.</param>
internal sealed record NumericsFork(int Replica, long Trial, string Previous, string Numerics);

/// <summary>What identifies a run and what it was made of.</summary>
/// <param name="Run">Its id: <see cref="RunIdentity"/>.</param>
/// <param name="Identity">The text whose hash is the id.</param>
/// <param name="Numerics">The numerics version that computes it now; <see cref="IRunStore.ReadForks"/> knows of earlier ones.</param>
/// <param name="Configuration">The resolved configuration, as the caller wrote it.</param>
/// <param name="Replicas">Number of chains.</param>
internal sealed record RunRecord(string Run, string Identity, string Numerics, string Configuration, int Replicas)
{
    /// <summary>Trials of each chain; null of a run that an earlier release made.</summary>
    public long? Trials { get; init; }

    /// <summary>Names of the properties beside z, in the order of their values and columns.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];
}

/// <summary>An input file, kept in the store so that nothing else is needed to go on.</summary>
/// <param name="Name">Its role: <c>structure</c>, <c>potential</c>, <c>model</c>.</param>
/// <param name="FileName">Its name, without folder; readers choose by extension.</param>
/// <param name="Sha256">Of its bytes, lower-case hexadecimal.</param>
/// <param name="Bytes">The file.</param>
internal sealed record RunInput(string Name, string FileName, string Sha256, byte[] Bytes);

/// <summary>A version as stored: canonical bytes, and what they evaluated to.</summary>
internal sealed record StoredVersion
{
    /// <summary>Version number.</summary>
    public required long Number { get; init; }

    /// <summary>The trial that made it.</summary>
    public required long Trial { get; init; }

    /// <summary>SHA-256 of <see cref="Bytes"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Canonical bytes.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>Energy, pressure, energies per atom and z.</summary>
    public required StructureEvaluation Evaluation { get; init; }

    /// <summary>F_k.</summary>
    public required double[] Objectives { get; init; }

    /// <summary>The figures of z.</summary>
    public required TargetReport Report { get; init; }

    /// <summary>A version as it is to be stored.</summary>
    public static StoredVersion Of(ChainVersion version) => new()
    {
        Number = version.Number,
        Trial = version.Trial,
        Id = version.Id,
        Bytes = version.Bytes,
        Evaluation = version.Evaluation,
        Objectives = version.Objectives,
        Report = version.Report,
    };

    /// <summary>Whether a version evaluated from the same bytes has the same bits.</summary>
    public bool Agrees(ChainVersion version) =>
        Id == version.Id &&
        BitConverter.DoubleToInt64Bits(Evaluation.Energy) == BitConverter.DoubleToInt64Bits(version.Evaluation.Energy) &&
        Objectives.AsSpan().SequenceEqual(version.Objectives) &&
        Evaluation.Values.AsSpan().SequenceEqual(version.Evaluation.Values) &&
        Evaluation.Properties.AsSpan().SequenceEqual(version.Evaluation.Properties);
}

/// <summary>A version as it evaluates under another model than when it was made.</summary>
/// <param name="Replica">The chain.</param>
/// <param name="Version">The version.</param>
internal sealed record RenewedVersion(int Replica, StoredVersion Version);

/// <summary>What tells versions apart without their atoms.</summary>
/// <param name="Number">Version number.</param>
/// <param name="Trial">The trial that made it.</param>
/// <param name="Objectives">F_k.</param>
internal sealed record VersionSummary(long Number, long Trial, double[] Objectives);

/// <summary>Where a chain stands.</summary>
/// <param name="Replica">Which one.</param>
/// <param name="Version">Number of commits.</param>
/// <param name="NextTrial">The next trial.</param>
/// <param name="Rung">Its rung.</param>
/// <param name="Fence">The fence that commits need.</param>
/// <param name="Structure">The structure of <paramref name="Version"/>.</param>
internal sealed record ChainState(
    int Replica, long Version, long NextTrial, int Rung, long Fence, StoredVersion Structure)
{
    /// <summary>Whether the chain forked at this version: what is stored of it was evaluated under earlier numerics.</summary>
    public bool Forked { get; init; }

    /// <summary>
    /// Whether the version's bytes, evaluated again, give what the store has. A version that the chain forked at must have the same
    /// bytes only; what they evaluate to under the new numerics is what the chain goes on with.
    /// </summary>
    public bool Accepts(ChainVersion version) => Forked ? Structure.Id == version.Id : Structure.Agrees(version);

    /// <summary>Where the chain stands after a commit of trials and, if the last was accepted, the new version.</summary>
    public ChainState After(IReadOnlyList<TrialRecord> trials, StoredVersion? next) => this with
    {
        Version = next?.Number ?? Version,
        NextTrial = trials[^1].Trial + 1,
        Structure = next ?? Structure,
        Forked = next is null && Forked,
    };
}

/// <summary>Trials to commit.</summary>
/// <param name="Replica">The chain.</param>
/// <param name="Fence">The owner's fence.</param>
/// <param name="Version">The version that all of them were tried on.</param>
/// <param name="Trials">The trials, continuing the chain without a gap; only the last may be accepted.</param>
/// <param name="Next">The new version if the last trial was accepted.</param>
internal sealed record ChainCommit(
    int Replica, long Fence, long Version, IReadOnlyList<TrialRecord> Trials, StoredVersion? Next)
{
    /// <summary>What <see cref="IRunStore.ReadBest"/> gives from now on; null to leave it.</summary>
    public StoredVersion? Best { get; init; }
}

/// <summary>Sums over a chain.</summary>
/// <param name="Trials">Committed trials.</param>
/// <param name="Accepted">Of these accepted.</param>
/// <param name="Evaluations">Sum of the chain's column of evaluations.</param>
/// <param name="Screening">What became of trials under screening.</param>
internal readonly record struct ChainTotals(long Trials, long Accepted, long Evaluations, ScreeningTotals Screening = default)
{
    /// <summary>The sums with one trial more.</summary>
    public ChainTotals Plus(TrialRecord trial) =>
        new(Trials + 1, Accepted + (trial.Accepted ? 1 : 0), Evaluations + trial.Evaluations, Screening + ScreeningTotals.Of(trial));
}

/// <summary>Trials that estimates rejected.</summary>
/// <param name="Screened">How many.</param>
/// <param name="Audited">Of these followed to the end.</param>
/// <param name="AuditedAccepted">Of those the ones that the full rule would have accepted.</param>
internal readonly record struct ScreeningTotals(long Screened, long Audited, long AuditedAccepted)
{
    /// <summary>Sum.</summary>
    public static ScreeningTotals operator +(ScreeningTotals a, ScreeningTotals b) =>
        new(a.Screened + b.Screened, a.Audited + b.Audited, a.AuditedAccepted + b.AuditedAccepted);

    /// <summary>One trial.</summary>
    public static ScreeningTotals Of(TrialRecord trial) => new(
        trial.Outcome == TrialOutcome.Screened ? 1 : 0, trial.Audit is null ? 0 : 1, trial.Audit == true ? 1 : 0);
}
