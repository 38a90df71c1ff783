using System.Data.Common;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <content>What the opening of a run leaves: pilot trials and constants; and the numbers of pairs that others evaluate.</content>
internal sealed partial class RunStore
{
    private const string Pilot = "pilot";
    private const string ResultColumns =
        "trial, atom_a, atom_b, outcome, energy, pressure, evaluations, objectives, report, log_hastings, estimate, estimate_evaluations, returns, back, back_evaluations";

    /// <inheritdoc/>
    public CommitOutcome WritePilots(IReadOnlyList<(long Pilot, PairOutcome Outcome)> pilots, long fence) => _database.Transact(s =>
    {
        if (FenceOfRun(s) != fence)
        {
            return CommitOutcome.StaleFence;
        }

        foreach ((long pilot, PairOutcome outcome) in pilots)
        {
            InsertResult(s, Pilot, 0, 0, pilot, outcome, null);
        }

        return CommitOutcome.Committed;
    });

    /// <inheritdoc/>
    public IReadOnlyList<PairOutcome> ReadPilots() => _database.Read(s => s.Query(
        $"SELECT {ResultColumns} FROM result WHERE run = @a AND kind = '{Pilot}' ORDER BY trial", ReadOutcome, Run));

    /// <inheritdoc/>
    public CommitOutcome WriteCalibration(CalibrationResult calibration, long fence) => _database.Transact(s =>
    {
        if (FenceOfRun(s) != fence)
        {
            return CommitOutcome.StaleFence;
        }

        byte[] constants = Doubles.ToBytes([.. calibration.Constants]);
        byte[]? present = s.Query(
            "SELECT constants FROM run WHERE run = @a", r => r.IsDBNull(0) ? null : (byte[])r[0], Run)[0];
        if (present is not null && !present.AsSpan().SequenceEqual(constants))
        {
            throw new LawBrokenException("the run has constants, and its pilot trials now give others");
        }

        s.Execute(
            """
            UPDATE run SET calibration_outcome = @b, calibration_scale = @c, calibration_acceptance = @d, constants = @e, calibration_downhill = @f
            WHERE run = @a AND constants IS NULL
            """,
            Run, calibration.Outcome.ToString(), calibration.Scale, calibration.Acceptance, constants, calibration.DownhillShare);
        _database.Wake(s, Run);
        return CommitOutcome.Committed;
    });

    /// <inheritdoc/>
    public CalibrationResult? ReadCalibration() => _run is null ? null : _database.Read(s => s.Query(
        """
        SELECT calibration_outcome, constants, calibration_scale, calibration_acceptance, calibration_downhill FROM run
        WHERE run = @a AND constants IS NOT NULL
        """,
        r => new CalibrationResult(
            Enum.Parse<CalibrationOutcome>(r.GetString(0)),
            Doubles.FromBytes((byte[])r[1]),
            DatabaseSession.Real(r, 2),
            DatabaseSession.Real(r, 3),
            DatabaseSession.Real(r, 4)),
        Run)).FirstOrDefault();

    /// <summary>Inserts a result; the same one may be there already, or a part of it.</summary>
    /// <exception cref="LawBrokenException">It is there with other numbers.</exception>
    private void InsertResult(
        DatabaseSession s, string kind, int replica, long version, long trial, PairOutcome outcome, byte[]? structure)
    {
        string digest = Digest(outcome);
        int rows = s.Execute(
            """
            INSERT INTO result(run, replica, version, trial, kind, atom_a, atom_b, outcome, energy, pressure, evaluations, objectives, report,
                log_hastings, digest, estimate, estimate_evaluations, returns, back, back_evaluations, structure)
            VALUES(@a, @b, @c, @d, @e, @f, @g, @h, @i, @j, @k, @l, @m, @n, @o, @p, @q, @r, @s, @t, @u)
            ON CONFLICT(run, replica, version, kind, trial) DO UPDATE SET structure = COALESCE(result.structure, excluded.structure),
                returns = COALESCE(result.returns, excluded.returns), back = COALESCE(result.back, excluded.back),
                back_evaluations = COALESCE(result.back_evaluations, excluded.back_evaluations)
            WHERE result.digest = excluded.digest
            """,
            Run, replica, version, trial, kind, outcome.Pair.A, outcome.Pair.B, outcome.Outcome.ToString(), outcome.Energy,
            outcome.PressureBar, outcome.Evaluations, Doubles.ToBytes(outcome.Objectives), Doubles.ToBytes(outcome.Report.ToArray()),
            outcome.LogHastings, digest, outcome.Estimate is { } e ? Doubles.ToBytes(e.Objectives) : null, outcome.Estimate?.Evaluations,
            outcome.Returns is { } returns ? (returns ? 1 : 0) : null, outcome.Back is { } b ? Doubles.ToBytes(b.Objectives) : null,
            outcome.Back?.Evaluations, structure);
        if (rows > 0)
        {
            return;
        }

        // None if it was decided and forgotten just now.
        string? present = s.Query(
            "SELECT digest FROM result WHERE run = @a AND replica = @b AND version = @c AND kind = @d AND trial = @e",
            r => r.GetString(0),
            Run, replica, version, kind, trial).FirstOrDefault();
        if (present is not null && present != digest && !(kind == Pilot && IsEarlierDigest(present, outcome)))
        {
            throw new LawBrokenException(FormattableString.Invariant($"{kind} trial {trial} of version {version} is in the store with other numbers"));
        }
    }

    private static PairOutcome ReadOutcome(DbDataReader r) => new()
    {
        Pair = new AtomPair(r.GetInt32(1), r.GetInt32(2)),
        Outcome = Enum.Parse<TrialOutcome>(r.GetString(3)),
        Energy = DatabaseSession.Real(r, 4),
        PressureBar = DatabaseSession.Real(r, 5),
        Evaluations = r.GetInt32(6),
        Objectives = Doubles.FromBytes((byte[])r[7]),
        Report = TargetReport.FromArray(Doubles.FromBytes((byte[])r[8])),
        LogHastings = DatabaseSession.Real(r, 9),
        Estimate = r.IsDBNull(10) ? null : new PairEstimate(Doubles.FromBytes((byte[])r[10]), r.GetInt32(11)),
        Returns = r.IsDBNull(12) ? null : r.GetInt64(12) != 0,
        Back = r.IsDBNull(13) ? null : new PairEstimate(Doubles.FromBytes((byte[])r[13]), r.GetInt32(14)),
    };

    /// <summary>Of all that must be the same whoever evaluates the pair, bit for bit.</summary>
    private static string Digest(PairOutcome outcome) => CanonicalStructure.Id(
    [
        .. System.Text.Encoding.UTF8.GetBytes(FormattableString.Invariant(
            $"{outcome.Pair.A} {outcome.Pair.B} {outcome.Outcome} {outcome.Evaluations} {outcome.Estimate?.Evaluations} ")),
        .. Doubles.ToBytes([outcome.Energy, outcome.PressureBar, .. outcome.Objectives, .. outcome.Estimate?.Objectives ?? []]),

        // Of properties that are reported only the objectives tell nothing.
        .. Doubles.ToBytes([.. outcome.Report.Properties.SelectMany(property => property.ToArray())]),
    ]);

    // Before schema 6 the digest of a pilot trial was of the objectives alone.
    private static bool IsEarlierDigest(string present, PairOutcome outcome) =>
        present == CanonicalStructure.Id(Doubles.ToBytes([.. outcome.Objectives, .. outcome.Estimate?.Objectives ?? []]));
}
