using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Microsoft.Data.Sqlite;

namespace Glasswright.Actors.Storage;

/// <content>What the opening of a run leaves: the run itself, pilot trials and constants.</content>
internal sealed partial class SqliteRunStore
{
    /// <summary>
    /// Whether a file is a store in which a run was begun. A file that cannot be read as a store counts as one: it is for its owner
    /// to judge.
    /// </summary>
    public static bool HoldsRun(string path)
    {
        var address = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        try
        {
            using var connection = new SqliteConnection(address.ToString());
            connection.Open();
            using SqliteCommand tables = connection.CreateCommand();
            tables.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'run'";
            using SqliteCommand runs = connection.CreateCommand();
            runs.CommandText = "SELECT count(*) FROM run";
            return (long)tables.ExecuteScalar()! > 0 && (long)runs.ExecuteScalar()! > 0;
        }
        catch (SqliteException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public CommitOutcome WritePilots(IReadOnlyList<(long Pilot, PairOutcome Outcome)> pilots, long fence)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _database.Begin();
            if (Fence != fence)
            {
                return CommitOutcome.StaleFence;
            }

            foreach ((long pilot, PairOutcome outcome) in pilots)
            {
                if (!HoldsPilot(pilot, outcome))
                {
                    InsertPilot(pilot, outcome);
                }
            }

            transaction.Commit();
            return CommitOutcome.Committed;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<PairOutcome> ReadPilots()
    {
        lock (_gate)
        {
            return Query(
                """
                SELECT atom_a, atom_b, outcome, energy, pressure, evaluations, objectives, report, log_hastings,
                    estimate, estimate_evaluations
                FROM result WHERE run = $a AND kind = 'pilot' ORDER BY trial
                """,
                r => new PairOutcome
                {
                    Pair = new AtomPair(r.GetInt32(0), r.GetInt32(1)),
                    Outcome = Enum.Parse<TrialOutcome>(r.GetString(2)),
                    Energy = SqliteDatabase.Real(r, 3),
                    PressureBar = SqliteDatabase.Real(r, 4),
                    Evaluations = r.GetInt32(5),
                    Objectives = Doubles.FromBytes((byte[])r[6]),
                    Report = TargetReport.FromArray(Doubles.FromBytes((byte[])r[7])),
                    LogHastings = SqliteDatabase.Real(r, 8),
                    Estimate = r.IsDBNull(9) ? null : new PairEstimate(Doubles.FromBytes((byte[])r[9]), r.GetInt32(10)),
                },
                Run);
        }
    }

    /// <inheritdoc/>
    public CommitOutcome WriteCalibration(CalibrationResult calibration, long fence)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _database.Begin();
            if (Fence != fence)
            {
                return CommitOutcome.StaleFence;
            }

            byte[] constants = Doubles.ToBytes([.. calibration.Constants]);
            byte[]? present = Query(
                "SELECT constants FROM run WHERE run = $a", r => r.IsDBNull(0) ? null : (byte[])r[0], Run)[0];
            if (present is not null && !present.AsSpan().SequenceEqual(constants))
            {
                throw new LawBrokenException("the run has constants, and its pilot trials now give others");
            }

            Execute(
                """
                UPDATE run SET calibration_outcome = $b, calibration_scale = $c, calibration_acceptance = $d, constants = $e, calibration_downhill = $f
                WHERE run = $a AND constants IS NULL
                """,
                Run, calibration.Outcome.ToString(), calibration.Scale, calibration.Acceptance, constants,
                calibration.DownhillShare);
            transaction.Commit();
            return CommitOutcome.Committed;
        }
    }

    /// <inheritdoc/>
    public CalibrationResult? ReadCalibration()
    {
        lock (_gate)
        {
            return Query(
                """
                SELECT calibration_outcome, constants, calibration_scale, calibration_acceptance, calibration_downhill FROM run
                WHERE run = $a AND constants IS NOT NULL
                """,
                r => new CalibrationResult(
                    Enum.Parse<CalibrationOutcome>(r.GetString(0)), Doubles.FromBytes((byte[])r[1]), SqliteDatabase.Real(r, 2), SqliteDatabase.Real(r, 3),
                    SqliteDatabase.Real(r, 4)),
                Run).FirstOrDefault();
        }
    }

    /// <summary>Whether a pilot trial is there.</summary>
    /// <exception cref="LawBrokenException">It is, with other numbers.</exception>
    private bool HoldsPilot(long pilot, PairOutcome outcome)
    {
        List<bool> same = Query(
            """
            SELECT atom_a = $c AND atom_b = $d AND outcome = $e AND evaluations = $f AND energy IS $g AND digest = $h
            FROM result WHERE run = $a AND replica = 0 AND version = 0 AND kind = 'pilot' AND trial = $b
            """,
            r => r.GetInt64(0) != 0,
            Run, pilot, outcome.Pair.A, outcome.Pair.B, outcome.Outcome.ToString(), outcome.Evaluations, outcome.Energy,
            Digest(outcome));
        return same.Count > 0 && (same[0]
            ? true
            : throw new LawBrokenException($"pilot trial {pilot} is in the store with other numbers"));
    }

    private void InsertPilot(long pilot, PairOutcome outcome) => Execute(
        """
        INSERT INTO result(run, replica, version, trial, kind, atom_a, atom_b, outcome,
            energy, pressure, evaluations, objectives, report, log_hastings, digest,
            estimate, estimate_evaluations)
        VALUES($a, 0, 0, $b, 'pilot', $c, $d, $e, $f, $g, $h, $i, $j, $k, $l, $m, $n)
        """,
        Run, pilot, outcome.Pair.A, outcome.Pair.B, outcome.Outcome.ToString(), outcome.Energy,
        outcome.PressureBar, outcome.Evaluations, Doubles.ToBytes(outcome.Objectives), Doubles.ToBytes(outcome.Report.ToArray()),
        outcome.LogHastings, Digest(outcome), outcome.Estimate is { } e ? Doubles.ToBytes(e.Objectives) : null, outcome.Estimate?.Evaluations);

    private static string Digest(PairOutcome outcome) =>
        CanonicalStructure.Id(Doubles.ToBytes([.. outcome.Objectives, .. outcome.Estimate?.Objectives ?? []]));
}
