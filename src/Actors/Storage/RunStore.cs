using System.Data.Common;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <summary>
/// One run in a database. Every piece of work recognizes that it was done before, so that a commit whose answer was lost may be repeated.
/// Non-finite numbers are NULL beside their outcome.
/// </summary>
internal sealed partial class RunStore : IRunStore
{
    private const string VersionColumns =
        "version, trial, sha256, bytes, energy, pressure, objectives, report, atom_energies, atom_values, property_values";

    private readonly Database _database;
    private readonly bool _owns;
    private string? _run;

    /// <summary>A run in a database; the only one there unless it is named.</summary>
    /// <param name="database">The database.</param>
    /// <param name="run">The id of the run, which need not be there yet; null for the one run of a folder's own store.</param>
    /// <param name="owns">Whether the database is closed with this.</param>
    public RunStore(Database database, string? run = null, bool owns = true)
    {
        _database = database;
        _owns = owns;
        _run = run ?? database.Read(s => s.Query("SELECT run FROM run", r => r.GetString(0))).FirstOrDefault();
    }

    private string Run => _run ?? throw new InvalidOperationException("The store holds no run yet.");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owns)
        {
            _database.Dispose();
        }
    }

    /// <inheritdoc/>
    public RunRecord? ReadRun() => _run is null ? null : _database.Read(s => s.Query(
        "SELECT run, identity, numerics, configuration, replicas, trials, properties FROM run WHERE run = @a",
        r => new RunRecord(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt32(4))
        {
            Trials = r.IsDBNull(5) ? null : r.GetInt64(5),
            Properties = r.IsDBNull(6) ? [] : r.GetString(6).Split(','),
        },
        Run)).FirstOrDefault();

    /// <inheritdoc/>
    public bool CreateRun(RunRecord run, IReadOnlyList<RunInput> inputs)
    {
        bool made = _database.Transact(s =>
        {
            int rows = s.Execute(
                $"""
                INSERT INTO run(run, identity, numerics, configuration, replicas, fence, created, trials, properties)
                VALUES(@a, @b, @c, @d, @e, 0, {_database.Now}, @f, @g)
                ON CONFLICT DO NOTHING
                """,
                run.Run, run.Identity, run.Numerics, run.Configuration, run.Replicas, run.Trials,
                run.Properties.Count == 0 ? null : string.Join(',', run.Properties));
            foreach (RunInput input in inputs)
            {
                s.Execute("INSERT INTO blob(sha256, bytes) VALUES(@a, @b) ON CONFLICT DO NOTHING", input.Sha256, input.Bytes);
                s.Execute(
                    "INSERT INTO input(run, name, file_name, sha256) VALUES(@a, @b, @c, @d) ON CONFLICT DO NOTHING",
                    run.Run, input.Name, input.FileName, input.Sha256);
            }

            _database.Wake(s, run.Run);
            return rows > 0;
        });
        _run = run.Run;
        return made;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunInput> ReadInputs() => _database.Read(s => s.Query(
        """
        SELECT name, file_name, input.sha256, bytes FROM input JOIN blob ON blob.sha256 = input.sha256
        WHERE run = @a ORDER BY name
        """,
        r => new RunInput(r.GetString(0), r.GetString(1), r.GetString(2), (byte[])r[3]),
        Run));

    /// <inheritdoc/>
    public RunState ReadState() => _database.Read(s => s.Query(
        "SELECT state FROM run WHERE run = @a", r => Enum.Parse<RunState>(r.GetString(0), ignoreCase: true), Run))[0];

    /// <inheritdoc/>
    public bool WriteState(RunState state) => _database.Transact(s =>
    {
        string name = state.ToString().ToLowerInvariant();
        s.Execute("UPDATE run SET state = @b WHERE run = @a AND state = 'live'", Run, name);
        _database.Wake(s, Run);
        return s.Query("SELECT state FROM run WHERE run = @a", r => r.GetString(0), Run)[0] == name;
    });

    /// <inheritdoc/>
    public CommitOutcome CreateChains(IReadOnlyList<int> rungs, long fence, StoredVersion start) => _database.Transact(s =>
    {
        if (FenceOfRun(s) != fence)
        {
            return CommitOutcome.StaleFence;
        }

        for (int replica = 0; replica < rungs.Count; replica++)
        {
            s.Execute(
                """
                INSERT INTO chain(run, replica, version, next_trial, rung, fence)
                SELECT run, @b, 0, 1, @c, fence FROM run WHERE run = @a
                ON CONFLICT DO NOTHING
                """,
                Run, replica, rungs[replica]);
            InsertVersion(s, "structure", "run, replica, version", replica, start);
        }

        return CommitOutcome.Committed;
    });

    /// <inheritdoc/>
    public ChainState? ReadChain(int replica, int generation = int.MaxValue) => _database.Read(s =>
    {
        var rows = s.Query(
            "SELECT version, next_trial, rung, fence FROM chain WHERE run = @a AND replica = @b",
            r => (Version: r.GetInt64(0), NextTrial: r.GetInt64(1), Rung: r.GetInt32(2), Fence: r.GetInt64(3)),
            Run, replica);
        return rows.Count == 0
            ? null
            : new ChainState(
                replica, rows[0].Version, rows[0].NextTrial, rows[0].Rung, rows[0].Fence,
                Renewed(s, replica, SelectVersions(s, replica, rows[0].Version)[0], generation))
            { Forked = ForkedAt(s, replica, rows[0].Version) };
    });

    /// <inheritdoc/>
    public IReadOnlyList<ChainPosition> ReadPositions() => _database.Read(s => s.Query(
        "SELECT replica, version, next_trial, rung, owner, fence, ended FROM chain WHERE run = @a ORDER BY replica",
        r => new ChainPosition(
            r.GetInt32(0), r.GetInt64(1), r.GetInt64(2), r.GetInt32(3), r.IsDBNull(4) ? null : r.GetString(4), r.GetInt64(5), r.GetInt64(6) != 0),
        Run));

    /// <inheritdoc/>
    public CommitOutcome Commit(ChainCommit commit) => _database.Transact(s =>
    {
        // Locked before the fence is read: nobody can move it in between.
        (long version, long nextTrial, long fence) = s.Query(
            $"SELECT version, next_trial, fence FROM chain WHERE run = @a AND replica = @b {_database.ForUpdate}",
            r => (r.GetInt64(0), r.GetInt64(1), r.GetInt64(2)),
            Run, commit.Replica)[0];
        if (fence != commit.Fence)
        {
            return CommitOutcome.StaleFence;
        }

        long target = commit.Next?.Number ?? commit.Version;
        long after = commit.Trials.Count == 0 ? nextTrial : commit.Trials[^1].Trial + 1;
        if (version == target && nextTrial == after && commit.Trials.Count > 0)
        {
            // With this fence nobody else can have brought it here: the answer to an earlier attempt was lost.
            return CommitOutcome.Committed;
        }

        if (version != commit.Version || commit.Trials.Count == 0 || commit.Trials[0].Trial != nextTrial)
        {
            return CommitOutcome.StaleVersion;
        }

        InsertTrials(s, commit.Replica, commit.Trials);
        if (commit.Next is { } next)
        {
            InsertVersion(s, "structure", "run, replica, version", commit.Replica, next);
        }

        if (commit.Best is { } best)
        {
            InsertVersion(s, "best", "run, replica", commit.Replica, best);
        }

        s.Execute(
            "UPDATE chain SET version = @c, next_trial = @d WHERE run = @a AND replica = @b", Run, commit.Replica, target, after);
        ForgetResults(s, commit.Replica, target, after);
        if (commit.Next is not null)
        {
            _database.Wake(s, Run);
        }

        return CommitOutcome.Committed;
    });

    /// <inheritdoc/>
    public CommitOutcome EndChain(int replica, long fence) => _database.Transact(s =>
    {
        int rows = s.Execute(
            "UPDATE chain SET ended = 1 WHERE run = @a AND replica = @b AND fence = @c", Run, replica, fence);
        _database.Wake(s, Run);
        return rows > 0 ? CommitOutcome.Committed : CommitOutcome.StaleFence;
    });

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
            if (_database.Read(s => SelectVersions(s, replica, version)).FirstOrDefault() is not { } row)
            {
                yield break;
            }

            yield return row;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<VersionSummary> ReadSummaries(int replica) => _database.Read(s => s.Query(
        "SELECT version, trial, objectives FROM structure WHERE run = @a AND replica = @b ORDER BY version",
        r => new VersionSummary(r.GetInt64(0), r.GetInt64(1), Doubles.FromBytes((byte[])r[2])),
        Run, replica));

    /// <inheritdoc/>
    public double[] ReadObjectives(int replica, long version) => _database.Read(s => s.Query(
        """
        SELECT COALESCE(
            (SELECT objectives FROM renewed WHERE run = @a AND replica = @b AND version = @c ORDER BY generation DESC LIMIT 1), objectives)
        FROM structure WHERE run = @a AND replica = @b AND version = @c
        """,
        r => Doubles.FromBytes((byte[])r[0]),
        Run, replica, version))[0];

    /// <inheritdoc/>
    public StoredVersion? ReadBest(int replica) => _database.Read(s => s.Query(
        $"SELECT {VersionColumns} FROM best WHERE run = @a AND replica = @b", ReadVersion, Run, replica)).FirstOrDefault();

    /// <inheritdoc/>
    public ChainTotals ReadTotals(int replica) => _database.Read(s => s.Query(
        """
        SELECT COUNT(*), CAST(COALESCE(SUM(accepted), 0) AS BIGINT), CAST(COALESCE(SUM(evaluations), 0) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN outcome = 'Screened' THEN 1 ELSE 0 END), 0) AS BIGINT), COUNT(audit),
            CAST(COALESCE(SUM(audit), 0) AS BIGINT)
        FROM outcome WHERE run = @a AND replica = @b
        """,
        r => new ChainTotals(
            r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), new ScreeningTotals(r.GetInt64(3), r.GetInt64(4), r.GetInt64(5))),
        Run, replica))[0];

    // Read where the row cannot move before the transaction ends.
    private long FenceOfRun(DatabaseSession s) =>
        s.Query($"SELECT fence FROM run WHERE run = @a {_database.ForUpdate}", r => r.GetInt64(0), Run)[0];

    /// <summary>Into <c>structure</c>, of which each version has one row, or <c>best</c>, of which each chain has one.</summary>
    private void InsertVersion(DatabaseSession s, string table, string key, int replica, StoredVersion version) => s.Execute(
        $"""
        INSERT INTO {table}(run, replica, {VersionColumns})
        VALUES(@a, @b, @c, @d, @e, @f, @g, @h, @i, @j, @k, @l, @m)
        ON CONFLICT({key}) DO UPDATE SET version = @c, trial = @d, sha256 = @e, bytes = @f, energy = @g, pressure = @h, objectives = @i,
            report = @j, atom_energies = @k, atom_values = @l, property_values = @m
        """,
        Run, replica, version.Number, version.Trial, version.Id, version.Bytes, version.Evaluation.Energy,
        version.Evaluation.PressureBar, Doubles.ToBytes(version.Objectives),
        version.Report is { IsEmpty: true, Properties.Count: 0 } ? null : Doubles.ToBytes(version.Report.ToArray()),
        Doubles.ToBytes(version.Evaluation.AtomEnergies), Doubles.ToBytes(version.Evaluation.Values),
        version.Evaluation.Properties.Length == 0 ? null : Doubles.ToBytes(version.Evaluation.Properties));

    private List<StoredVersion> SelectVersions(DatabaseSession s, int replica, long version) => s.Query(
        $"SELECT {VersionColumns} FROM structure WHERE run = @a AND replica = @b AND version = @c", ReadVersion, Run, replica, version);

    private static StoredVersion ReadVersion(DbDataReader r) => new()
    {
        Number = r.GetInt64(0),
        Trial = r.GetInt64(1),
        Id = r.GetString(2),
        Bytes = (byte[])r[3],
        Objectives = Doubles.FromBytes((byte[])r[6]),
        Report = r.IsDBNull(7) ? TargetReport.Empty : TargetReport.FromArray(Doubles.FromBytes((byte[])r[7])),
        Evaluation = new StructureEvaluation(
            DatabaseSession.Real(r, 4), DatabaseSession.Real(r, 5), Doubles.FromBytes((byte[])r[8]), Doubles.FromBytes((byte[])r[9]))
        {
            Properties = r.IsDBNull(10) ? [] : Doubles.FromBytes((byte[])r[10]),
        },
    };

    private void InsertTrials(DatabaseSession s, int replica, IReadOnlyList<TrialRecord> trials) => s.ExecuteMany(
        """
        INSERT INTO outcome(run, replica, trial, version, accepted, atom_a, atom_b, outcome, energy, pressure,
            evaluations, rung, vetoed_by, z_max, z_mean, z_q10, z_q25, z_q50, z_q75, z_q90, audit, properties)
        VALUES(@a, @b, @c, @d, @e, @f, @g, @h, @i, @j, @k, @l, @m, @n, @o, @p, @q, @r, @s, @t, @u, @v)
        """,
        [.. trials.Select(trial => (object?[])
        [
            Run, replica, trial.Trial, trial.Version, trial.Accepted ? 1 : 0, trial.AtomA, trial.AtomB,
            trial.Outcome.ToString(), trial.Energy, trial.PressureBar, trial.Evaluations, trial.Rung, trial.VetoedBy,
            .. trial.Report.ToArray()[..TargetReport.Names.Count].Cast<object?>(), trial.Audit is { } audit ? (audit ? 1 : 0) : null,
            trial.Report.Properties.Count == 0 ? null : Doubles.ToBytes(trial.Report.ToArray().AsSpan(TargetReport.Names.Count)),
        ])]);

    private List<TrialRecord> SelectTrials(int replica, long from, long to) => _database.Read(s => s.Query(
        """
        SELECT trial, version, accepted, atom_a, atom_b, outcome, energy, pressure, evaluations, rung, vetoed_by,
            z_max, z_mean, z_q10, z_q25, z_q50, z_q75, z_q90, audit, properties
        FROM outcome WHERE run = @a AND replica = @b AND trial >= @c AND trial < @d ORDER BY trial
        """,
        r => new TrialRecord
        {
            Trial = r.GetInt64(0),
            Version = r.GetInt64(1),
            Accepted = r.GetInt64(2) != 0,
            AtomA = r.GetInt64(3),
            AtomB = r.GetInt64(4),
            Outcome = Enum.Parse<TrialOutcome>(r.GetString(5)),
            Energy = DatabaseSession.Real(r, 6),
            PressureBar = DatabaseSession.Real(r, 7),
            Evaluations = r.GetInt32(8),
            Rung = r.GetInt32(9),
            VetoedBy = r.IsDBNull(10) ? null : r.GetString(10),
            Report = TargetReport.FromArray(
            [
                .. Enumerable.Range(11, 7).Select(c => DatabaseSession.Real(r, c)),
                .. r.IsDBNull(19) ? [] : Doubles.FromBytes((byte[])r[19]),
            ]),
            Audit = r.IsDBNull(18) ? null : r.GetInt64(18) != 0,
        },
        Run, replica, from, to));
}
