using Glasswright.Actors.Validation;

namespace Glasswright.Actors.Storage;

/// <content>What true simulation says of accepted structures; no chain reads it.</content>
internal sealed partial class RunStore
{
    /// <inheritdoc/>
    public void WriteValidation(ValidationRecord record) => _database.Transact(s =>
    {
        s.Execute(
            """
            INSERT INTO validation(run, replica, version, trial, pearson, mean_predicted, mean_true, energy, mean_spread, outside_share, invalid)
            VALUES(@a, @b, @c, @d, @e, @f, @g, @h, @i, @j, @k)
            ON CONFLICT(run, replica, version) DO NOTHING
            """,
            Run, record.Replica, record.Version, record.Trial, record.Pearson, record.MeanPredicted, record.MeanTrue, record.Energy,
            record.MeanSpread, record.OutsideShare, record.Invalid);
    });

    /// <inheritdoc/>
    public IReadOnlyList<ValidationRecord> ReadValidations(int replica) => _database.Read(s => s.Query(
        """
        SELECT replica, version, trial, pearson, mean_predicted, mean_true, energy, mean_spread, outside_share, invalid
        FROM validation WHERE run = @a AND replica = @b ORDER BY version
        """,
        r => new ValidationRecord(
            r.GetInt32(0), r.GetInt64(1), r.GetInt64(2), DatabaseSession.Real(r, 3), DatabaseSession.Real(r, 4), DatabaseSession.Real(r, 5),
            DatabaseSession.Real(r, 6), DatabaseSession.Real(r, 7), DatabaseSession.Real(r, 8), r.GetInt32(9)),
        Run, replica));
}
