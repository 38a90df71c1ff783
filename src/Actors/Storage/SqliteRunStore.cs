using System.Globalization;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Kernels;
using Microsoft.Data.Sqlite;

namespace Glasswright.Actors.Storage;

/// <summary>
/// The store in one SQLite file: write-ahead log, <c>synchronous = FULL</c>, so that a commit that has returned survives a
/// power cut. One connection; a lock makes its callers one writer. Non-finite numbers are NULL beside their outcome.
/// </summary>
internal sealed partial class SqliteRunStore : IRunStore
{
    private const string VersionColumns =
        "version, trial, sha256, bytes, energy, pressure, objectives, report, atom_energies, atom_values";

    private readonly Lock _gate = new();

    // Guarded by the gate: a connection serves one thread at a time.
    private readonly SqliteDatabase _database;
    private readonly SqliteCommand _insertTrial;
    private string? _run;

    /// <summary>Opens the store, creating the file or bringing its schema up to date.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether to make a file that does not exist.</param>
    /// <exception cref="InputException">The file was written by a newer release, is no store, or is missing and not to be made.</exception>
    public SqliteRunStore(string path, bool create = true)
    {
        _database = new SqliteDatabase(path, create);
        _run = Query("SELECT run FROM run", r => r.GetString(0)).FirstOrDefault();
        _insertTrial = _database.Prepare(
            """
            INSERT INTO outcome(run, replica, trial, version, accepted, atom_a, atom_b, outcome, energy, pressure,
                evaluations, rung, vetoed_by, z_max, z_mean, z_q10, z_q25, z_q50, z_q75, z_q90, audit)
            VALUES($p0, $p1, $p2, $p3, $p4, $p5, $p6, $p7, $p8, $p9, $p10, $p11, $p12, $p13, $p14, $p15, $p16, $p17, $p18, $p19, $p20)
            """,
            21);
    }

    private string Run => _run ?? throw new InvalidOperationException("The store holds no run yet.");

    // Read where the write lock is held: nobody can move it meanwhile.
    private long Fence => Query("SELECT fence FROM run WHERE run = $a", r => r.GetInt64(0), Run)[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _insertTrial.Dispose();
            _database.Dispose();
        }
    }

    /// <inheritdoc/>
    public RunRecord? ReadRun()
    {
        lock (_gate)
        {
            return Query(
                "SELECT run, identity, numerics, configuration, replicas FROM run",
                r => new RunRecord(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt32(4)))
                .FirstOrDefault();
        }
    }

    /// <inheritdoc/>
    public void CreateRun(RunRecord run, IReadOnlyList<RunInput> inputs)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _database.Begin();
            Execute(
                "INSERT INTO run(run, identity, numerics, configuration, replicas, fence) VALUES($a, $b, $c, $d, $e, 0)",
                run.Run, run.Identity, run.Numerics, run.Configuration, run.Replicas);
            foreach (RunInput input in inputs)
            {
                Execute("INSERT OR IGNORE INTO blob(sha256, bytes) VALUES($a, $b)", input.Sha256, input.Bytes);
                Execute(
                    "INSERT INTO input(run, name, file_name, sha256) VALUES($a, $b, $c, $d)",
                    run.Run, input.Name, input.FileName, input.Sha256);
            }

            transaction.Commit();
            _run = run.Run;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunInput> ReadInputs()
    {
        lock (_gate)
        {
            return Query(
                """
                SELECT name, file_name, input.sha256, bytes FROM input JOIN blob ON blob.sha256 = input.sha256
                WHERE run = $a ORDER BY name
                """,
                r => new RunInput(r.GetString(0), r.GetString(1), r.GetString(2), (byte[])r[3]),
                Run);
        }
    }

    /// <inheritdoc/>
    public long TakeOver(string owner)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _database.Begin();
            Execute("UPDATE run SET fence = fence + 1, owner = $b WHERE run = $a", Run, owner);
            Execute(
                "UPDATE chain SET owner = $b, fence = (SELECT fence FROM run WHERE run = $a) WHERE run = $a", Run, owner);
            Execute(
                "INSERT OR REPLACE INTO heartbeat(run, owner, at) VALUES($a, $b, $c)",
                Run, owner, DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture));
            long fence = Fence;
            transaction.Commit();
            return fence;
        }
    }

    /// <inheritdoc/>
    public CommitOutcome CreateChains(IReadOnlyList<int> rungs, long fence, StoredVersion start)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _database.Begin();
            if (Fence != fence)
            {
                return CommitOutcome.StaleFence;
            }

            for (int replica = 0; replica < rungs.Count; replica++)
            {
                Execute(
                    """
                    INSERT INTO chain(run, replica, version, next_trial, rung, owner, fence)
                    SELECT run, $b, 0, 1, $c, owner, fence FROM run WHERE run = $a
                    """,
                    Run, replica, rungs[replica]);
                InsertVersion("structure", replica, start);
            }

            transaction.Commit();
            return CommitOutcome.Committed;
        }
    }

    /// <inheritdoc/>
    public ChainState? ReadChain(int replica)
    {
        lock (_gate)
        {
            (long Version, long NextTrial, int Rung, long Fence)[] rows =
            [
                .. Query(
                    "SELECT version, next_trial, rung, fence FROM chain WHERE run = $a AND replica = $b",
                    r => (r.GetInt64(0), r.GetInt64(1), r.GetInt32(2), r.GetInt64(3)),
                    Run, replica),
            ];
            return rows.Length == 0
                ? null
                : new ChainState(
                    replica, rows[0].Version, rows[0].NextTrial, rows[0].Rung, rows[0].Fence,
                    SelectVersions(replica, rows[0].Version)[0])
                { Forked = ForkedAt(replica, rows[0].Version) };
        }
    }

    /// <inheritdoc/>
    public CommitOutcome Commit(ChainCommit commit)
    {
        lock (_gate)
        {
            // It takes the write lock before the fence is read: nobody can move it in between.
            using SqliteTransaction transaction = _database.Begin();
            (long version, long nextTrial, long owner) = Query(
                "SELECT version, next_trial, fence FROM chain WHERE run = $a AND replica = $b",
                r => (r.GetInt64(0), r.GetInt64(1), r.GetInt64(2)),
                Run, commit.Replica)[0];
            if (owner != commit.Fence)
            {
                return CommitOutcome.StaleFence;
            }

            if (version != commit.Version || commit.Trials.Count == 0 || commit.Trials[0].Trial != nextTrial)
            {
                return CommitOutcome.StaleVersion;
            }

            foreach (TrialRecord trial in commit.Trials)
            {
                InsertTrial(transaction, commit.Replica, trial);
            }

            if (commit.Next is { } next)
            {
                InsertVersion("structure", commit.Replica, next);
            }

            if (commit.Best is { } best)
            {
                InsertVersion("best", commit.Replica, best);
            }

            Execute(
                "UPDATE chain SET version = $c, next_trial = $d WHERE run = $a AND replica = $b",
                Run, commit.Replica, commit.Next?.Number ?? version, commit.Trials[^1].Trial + 1);
            transaction.Commit();
            return CommitOutcome.Committed;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<TrialRecord> ReadTrials(int replica, long fromTrial)
    {
        const int Page = 4096;
        for (long from = fromTrial; ; from += Page)
        {
            List<TrialRecord> rows = SelectTrials(replica, from, from + Page);
            foreach (TrialRecord row in rows)
            {
                yield return row;
            }

            if (rows.Count == 0)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<StoredVersion> ReadVersions(int replica, long fromVersion)
    {
        // One at a time: a version of a large glass is a megabyte.
        for (long version = fromVersion; ; version++)
        {
            StoredVersion? row;
            lock (_gate)
            {
                row = SelectVersions(replica, version).FirstOrDefault();
            }

            if (row is null)
            {
                yield break;
            }

            yield return row;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<VersionSummary> ReadSummaries(int replica)
    {
        lock (_gate)
        {
            return Query(
                "SELECT version, trial, objectives FROM structure WHERE run = $a AND replica = $b ORDER BY version",
                r => new VersionSummary(r.GetInt64(0), r.GetInt64(1), Doubles.FromBytes((byte[])r[2])),
                Run, replica);
        }
    }

    /// <inheritdoc/>
    public StoredVersion? ReadBest(int replica)
    {
        lock (_gate)
        {
            return Query(
                $"SELECT {VersionColumns} FROM best WHERE run = $a AND replica = $b", ReadVersion, Run, replica).FirstOrDefault();
        }
    }

    /// <inheritdoc/>
    public ChainTotals ReadTotals(int replica)
    {
        lock (_gate)
        {
            return Query(
                """
                SELECT COUNT(*), COALESCE(SUM(accepted), 0), COALESCE(SUM(evaluations), 0),
                    COALESCE(SUM(outcome = 'Screened'), 0), COUNT(audit), COALESCE(SUM(audit), 0)
                FROM outcome WHERE run = $a AND replica = $b
                """,
                r => new ChainTotals(
                    r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), new ScreeningTotals(r.GetInt64(3), r.GetInt64(4), r.GetInt64(5))),
                Run, replica)[0];
        }
    }

    /// <summary>Into <c>structure</c>, of which each version has one row, or <c>best</c>, of which each chain has one.</summary>
    private void InsertVersion(string table, int replica, StoredVersion version) => Execute(
        $"""
        INSERT {(table == "best" ? "OR REPLACE " : "")}INTO {table}(run, replica, version, trial, sha256, bytes, energy, pressure, objectives, report,
            atom_energies, atom_values)
        VALUES($a, $b, $c, $d, $e, $f, $g, $h, $i, $j, $k, $l)
        """,
        Run, replica, version.Number, version.Trial, version.Id, version.Bytes, version.Evaluation.Energy,
        version.Evaluation.PressureBar, Doubles.ToBytes(version.Objectives),
        version.Report.IsEmpty ? null : Doubles.ToBytes(version.Report.ToArray()),
        Doubles.ToBytes(version.Evaluation.AtomEnergies), Doubles.ToBytes(version.Evaluation.Values));

    private List<StoredVersion> SelectVersions(int replica, long version) => Query(
        $"SELECT {VersionColumns} FROM structure WHERE run = $a AND replica = $b AND version = $c", ReadVersion, Run, replica, version);

    private static StoredVersion ReadVersion(SqliteDataReader r) =>
        new StoredVersion
        {
            Number = r.GetInt64(0),
            Trial = r.GetInt64(1),
            Id = r.GetString(2),
            Bytes = (byte[])r[3],
            Objectives = Doubles.FromBytes((byte[])r[6]),
            Report = r.IsDBNull(7) ? TargetReport.Empty : TargetReport.FromArray(Doubles.FromBytes((byte[])r[7])),
            Evaluation = new StructureEvaluation(
                SqliteDatabase.Real(r, 4), SqliteDatabase.Real(r, 5), Doubles.FromBytes((byte[])r[8]), Doubles.FromBytes((byte[])r[9])),
        };

    private void InsertTrial(SqliteTransaction transaction, int replica, TrialRecord trial)
    {
        double[] report = trial.Report.ToArray();
        object?[] values =
        [
            Run, replica, trial.Trial, trial.Version, trial.Accepted ? 1 : 0, trial.AtomA, trial.AtomB,
            trial.Outcome.ToString(), trial.Energy, trial.PressureBar, trial.Evaluations, trial.Rung, trial.VetoedBy,
            .. report.Cast<object?>(), trial.Audit is { } audit ? (audit ? 1 : 0) : null,
        ];
        for (int p = 0; p < values.Length; p++)
        {
            _insertTrial.Parameters[p].Value = SqliteDatabase.Value(values[p]);
        }

        _insertTrial.Transaction = transaction;
        _insertTrial.ExecuteNonQuery();
    }

    private List<TrialRecord> SelectTrials(int replica, long from, long to)
    {
        lock (_gate)
        {
            return Query(
                """
                SELECT trial, version, accepted, atom_a, atom_b, outcome, energy, pressure, evaluations, rung, vetoed_by,
                    z_max, z_mean, z_q10, z_q25, z_q50, z_q75, z_q90, audit
                FROM outcome WHERE run = $a AND replica = $b AND trial >= $c AND trial < $d ORDER BY trial
                """,
                r => new TrialRecord
                {
                    Trial = r.GetInt64(0),
                    Version = r.GetInt64(1),
                    Accepted = r.GetInt64(2) != 0,
                    AtomA = r.GetInt64(3),
                    AtomB = r.GetInt64(4),
                    Outcome = Enum.Parse<TrialOutcome>(r.GetString(5)),
                    Energy = SqliteDatabase.Real(r, 6),
                    PressureBar = SqliteDatabase.Real(r, 7),
                    Evaluations = r.GetInt32(8),
                    Rung = r.GetInt32(9),
                    VetoedBy = r.IsDBNull(10) ? null : r.GetString(10),
                    Report = TargetReport.FromArray([.. Enumerable.Range(11, 7).Select(c => SqliteDatabase.Real(r, c))]),
                    Audit = r.IsDBNull(18) ? null : r.GetInt64(18) != 0,
                },
                Run, replica, from, to);
        }
    }

    private void Execute(string sql, params ReadOnlySpan<object?> values) => _database.Execute(sql, values);

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values) =>
        _database.Query(sql, read, values);
}
