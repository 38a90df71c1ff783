using System.Data.Common;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <content>Labels of active learning, decisions, the models that came of them, and what versions evaluate to under these.</content>
internal sealed partial class RunStore
{
    /// <inheritdoc/>
    public void WriteLearnedLabel(LearnedLabel label) => _database.Transact(s =>
    {
        byte[] bytes = Doubles.ToBytes(label.Labels);
        s.Execute(
            "INSERT INTO label(run, decision, replica, version, labels) VALUES(@a, @b, @c, @d, @e) ON CONFLICT DO NOTHING",
            Run, label.Decision, label.Replica, label.Version, bytes);
        var present = s.Query(
            "SELECT version, labels FROM label WHERE run = @a AND decision = @b AND replica = @c",
            r => (Version: r.GetInt64(0), Labels: (byte[])r[1]),
            Run, label.Decision, label.Replica)[0];
        if (present.Version != label.Version || !present.Labels.AsSpan().SequenceEqual(bytes))
        {
            throw new LawBrokenException($"the labels of version {label.Version} of chain {label.Replica} are in the store with other numbers");
        }
    });

    /// <inheritdoc/>
    public IReadOnlyList<LearnedLabel> ReadLearnedLabels() => _database.Read(s => s.Query(
        "SELECT decision, replica, version, labels FROM label WHERE run = @a ORDER BY decision, replica",
        r => new LearnedLabel(r.GetInt32(0), r.GetInt32(1), r.GetInt64(2), Doubles.FromBytes((byte[])r[3])),
        Run));

    /// <inheritdoc/>
    public CommitOutcome CommitLearning(
        LearningRecord record, IReadOnlyList<byte[]> models, IReadOnlyList<RenewedVersion> renewed, long nextTrial) =>
        _database.Transact(s =>
        {
            // All rows are locked, always in this order, before anything of them is believed.
            var chains = s.Query(
                $"SELECT next_trial FROM chain WHERE run = @a ORDER BY replica {_database.ForUpdate}", r => r.GetInt64(0), Run);
            if (ReadLearning(s).FirstOrDefault(present => present.Decision == record.Decision) is { } made)
            {
                return made.Equals(record)
                    ? CommitOutcome.Committed
                    : throw new LawBrokenException($"decision {record.Decision} about the model is in the store with other numbers");
            }

            if (chains.Exists(next => next != nextTrial))
            {
                return CommitOutcome.StaleVersion;
            }

            s.Execute(
                """
                INSERT INTO learning(run, decision, trial, fresh, labels, pearson_before, pearson_after, generation)
                VALUES(@a, @b, @c, @d, @e, @f, @g, @h)
                """,
                Run, record.Decision, record.Trial, record.Fresh, record.Labels, record.PearsonBefore, record.PearsonAfter, record.Generation);
            for (int member = 0; member < models.Count; member++)
            {
                string sha256 = CanonicalStructure.Id(models[member]);
                s.Execute("INSERT INTO blob(sha256, bytes) VALUES(@a, @b) ON CONFLICT DO NOTHING", sha256, models[member]);
                s.Execute(
                    "INSERT INTO learned_model(run, generation, member, sha256) VALUES(@a, @b, @c, @d)",
                    Run, record.Generation, member, sha256);
            }

            foreach ((int replica, StoredVersion version) in renewed)
            {
                s.Execute(
                    """
                    INSERT INTO renewed(run, generation, replica, version, objectives, report, atom_values)
                    VALUES(@a, @b, @c, @d, @e, @f, @g)
                    """,
                    Run, record.Generation, replica, version.Number, Doubles.ToBytes(version.Objectives),
                    Doubles.ToBytes(version.Report.ToArray()), Doubles.ToBytes(version.Evaluation.Values));
            }

            _database.Wake(s, Run);
            return CommitOutcome.Committed;
        });

    /// <inheritdoc/>
    public IReadOnlyList<LearningRecord> ReadLearning() => _run is null ? [] : _database.Read(ReadLearning);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> ReadModels(int generation) => _database.Read(s => s.Query(
        """
        SELECT bytes FROM learned_model JOIN blob ON blob.sha256 = learned_model.sha256
        WHERE run = @a AND generation = @b ORDER BY member
        """,
        r => (byte[])r[0],
        Run, generation));

    /// <inheritdoc/>
    public StoredVersion? ReadRenewed(int replica, long version, int generation = int.MaxValue) => _database.Read(s =>
        SelectVersions(s, replica, version).Select(stored => Renewed(s, replica, stored, generation)).FirstOrDefault());

    /// <inheritdoc/>
    public IReadOnlyList<VersionSummary> ReadRenewals(int replica, int generation) => _database.Read(s => s.Query(
        """
        SELECT renewed.version, structure.trial, renewed.objectives FROM renewed JOIN structure
            ON structure.run = renewed.run AND structure.replica = renewed.replica AND structure.version = renewed.version
        WHERE renewed.run = @a AND renewed.replica = @b AND generation = @c ORDER BY renewed.version
        """,
        r => new VersionSummary(r.GetInt64(0), r.GetInt64(1), Doubles.FromBytes((byte[])r[2])),
        Run, replica, generation));

    private List<LearningRecord> ReadLearning(DatabaseSession s) => s.Query(
        "SELECT decision, trial, fresh, labels, pearson_before, pearson_after, generation FROM learning WHERE run = @a ORDER BY decision",
        r => new LearningRecord(
            r.GetInt32(0), r.GetInt64(1), r.GetInt32(2), r.GetInt32(3), DatabaseSession.Real(r, 4), DatabaseSession.Real(r, 5), r.GetInt32(6)),
        Run);

    /// <summary>A version as it evaluates under the last model that it was evaluated by, of generations up to one.</summary>
    private StoredVersion Renewed(DatabaseSession s, int replica, StoredVersion stored, int generation = int.MaxValue) => s.Query(
        """
        SELECT objectives, report, atom_values FROM renewed
        WHERE run = @a AND replica = @b AND version = @c AND generation <= @d ORDER BY generation DESC LIMIT 1
        """,
        (DbDataReader r) => stored with
        {
            Objectives = Doubles.FromBytes((byte[])r[0]),
            Report = TargetReport.FromArray(Doubles.FromBytes((byte[])r[1])),
            Evaluation = stored.Evaluation with { Values = Doubles.FromBytes((byte[])r[2]) },
        },
        Run, replica, stored.Number, generation).FirstOrDefault(stored);
}
