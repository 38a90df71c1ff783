namespace Glasswright.Actors.Storage;

/// <summary>
/// The schema of a run's store, as numbered steps that are applied in order and never edited after a release. A store with a
/// higher number than this program knows is refused. Written in SQLite's words; other dialects have other names for the types.
/// </summary>
internal static class Migrations
{
    /// <summary>The steps; number n is at index n - 1.</summary>
    public static IReadOnlyList<(string Name, string Sql)> Steps { get; } =
    [
        ("chains, structures, outcomes",
            """
            CREATE TABLE run(
                run TEXT PRIMARY KEY, identity TEXT NOT NULL, numerics TEXT NOT NULL, configuration TEXT NOT NULL,
                replicas INTEGER NOT NULL, fence INTEGER NOT NULL, owner TEXT,
                calibration_outcome TEXT, calibration_scale REAL, calibration_acceptance REAL, constants BLOB);
            CREATE TABLE input(
                run TEXT NOT NULL, name TEXT NOT NULL, file_name TEXT NOT NULL, sha256 TEXT NOT NULL,
                PRIMARY KEY(run, name));
            CREATE TABLE blob(sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL);
            CREATE TABLE chain(
                run TEXT NOT NULL, replica INTEGER NOT NULL, version INTEGER NOT NULL, next_trial INTEGER NOT NULL,
                rung INTEGER NOT NULL, owner TEXT, fence INTEGER NOT NULL,
                PRIMARY KEY(run, replica));
            CREATE TABLE heartbeat(run TEXT NOT NULL, owner TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY(run, owner));
            CREATE TABLE structure(
                run TEXT NOT NULL, replica INTEGER NOT NULL, version INTEGER NOT NULL, trial INTEGER NOT NULL,
                sha256 TEXT NOT NULL, bytes BLOB NOT NULL, energy REAL NOT NULL, pressure REAL,
                objectives BLOB NOT NULL, report BLOB, atom_energies BLOB NOT NULL, atom_values BLOB NOT NULL,
                PRIMARY KEY(run, replica, version));
            CREATE TABLE claim(
                run TEXT NOT NULL, replica INTEGER NOT NULL, version INTEGER NOT NULL, first INTEGER NOT NULL,
                count INTEGER NOT NULL, until TEXT NOT NULL,
                PRIMARY KEY(run, replica, version, first));
            CREATE TABLE result(
                run TEXT NOT NULL, replica INTEGER NOT NULL, version INTEGER NOT NULL, trial INTEGER NOT NULL,
                kind TEXT NOT NULL, atom_a INTEGER NOT NULL, atom_b INTEGER NOT NULL, outcome TEXT NOT NULL,
                energy REAL, pressure REAL, evaluations INTEGER NOT NULL, objectives BLOB NOT NULL, report BLOB,
                log_hastings REAL, digest TEXT NOT NULL,
                PRIMARY KEY(run, replica, version, kind, trial));
            CREATE TABLE outcome(
                run TEXT NOT NULL, replica INTEGER NOT NULL, trial INTEGER NOT NULL, version INTEGER NOT NULL,
                accepted INTEGER NOT NULL, atom_a INTEGER NOT NULL, atom_b INTEGER NOT NULL, outcome TEXT NOT NULL,
                energy REAL, pressure REAL, evaluations INTEGER NOT NULL, rung INTEGER NOT NULL, vetoed_by TEXT,
                z_max REAL, z_mean REAL, z_q10 REAL, z_q25 REAL, z_q50 REAL, z_q75 REAL, z_q90 REAL,
                PRIMARY KEY(run, replica, trial));
            CREATE TABLE exchange(
                run TEXT NOT NULL, round INTEGER NOT NULL, pair INTEGER NOT NULL, accepted INTEGER NOT NULL,
                PRIMARY KEY(run, round, pair));
            CREATE TABLE label(
                run TEXT NOT NULL, structure TEXT NOT NULL, mode TEXT NOT NULL, sha256 TEXT NOT NULL,
                PRIMARY KEY(run, structure, mode));
            """),
        ("work spent, by process",
            """
            CREATE TABLE spent(
                run TEXT NOT NULL, fence INTEGER NOT NULL, trials INTEGER NOT NULL, repeats INTEGER NOT NULL,
                evaluations INTEGER NOT NULL, relaxations INTEGER NOT NULL,
                relax_ticks INTEGER NOT NULL, decide_ticks INTEGER NOT NULL, evaluate_ticks INTEGER NOT NULL,
                PRIMARY KEY(run, fence));
            """),
        ("numerics under which a run went on",
            """
            CREATE TABLE numerics(
                run TEXT NOT NULL, replica INTEGER NOT NULL, version INTEGER NOT NULL, trial INTEGER NOT NULL,
                previous TEXT NOT NULL, numerics TEXT NOT NULL,
                PRIMARY KEY(run, replica, trial, previous));
            """),
        ("pilot trials that raise no target; the best structure within a stretch",
            """
            ALTER TABLE run ADD COLUMN calibration_downhill REAL;
            CREATE TABLE best(
                run TEXT NOT NULL, replica INTEGER NOT NULL, version INTEGER NOT NULL, trial INTEGER NOT NULL,
                sha256 TEXT NOT NULL, bytes BLOB NOT NULL, energy REAL NOT NULL, pressure REAL,
                objectives BLOB NOT NULL, report BLOB, atom_energies BLOB NOT NULL, atom_values BLOB NOT NULL,
                PRIMARY KEY(run, replica));
            """),
        ("estimates of pilot trials; audits of screened trials",
            """
            ALTER TABLE result ADD COLUMN estimate BLOB;
            ALTER TABLE result ADD COLUMN estimate_evaluations INTEGER;
            ALTER TABLE outcome ADD COLUMN audit INTEGER;
            """),
        ("nodes and leases, exchanges, claims",
            """
            CREATE TABLE node(
                node TEXT PRIMARY KEY, host TEXT NOT NULL, process INTEGER NOT NULL, threads INTEGER NOT NULL, numerics TEXT NOT NULL,
                started REAL NOT NULL, until REAL NOT NULL, lease REAL NOT NULL);
            DROP TABLE heartbeat;
            ALTER TABLE run ADD COLUMN state TEXT NOT NULL DEFAULT 'live';
            ALTER TABLE run ADD COLUMN created REAL;
            ALTER TABLE run ADD COLUMN trials INTEGER;
            ALTER TABLE run ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
            UPDATE run SET entries = fence;
            ALTER TABLE chain ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE numerics ADD COLUMN at REAL;
            DROP TABLE exchange;
            CREATE TABLE exchange(
                run TEXT NOT NULL, ladder INTEGER NOT NULL, round INTEGER NOT NULL, pair INTEGER NOT NULL,
                replica_low INTEGER NOT NULL, replica_high INTEGER NOT NULL,
                version_low INTEGER NOT NULL, version_high INTEGER NOT NULL,
                probability REAL NOT NULL, accepted INTEGER NOT NULL,
                PRIMARY KEY(run, ladder, round, pair));
            CREATE TABLE ladder(run TEXT NOT NULL, round INTEGER NOT NULL, scales BLOB NOT NULL, PRIMARY KEY(run, round));
            DROP TABLE claim;
            CREATE TABLE claim(
                run TEXT NOT NULL, replica INTEGER NOT NULL, version INTEGER NOT NULL, trial INTEGER NOT NULL,
                atom_a INTEGER NOT NULL, atom_b INTEGER NOT NULL, node TEXT,
                PRIMARY KEY(run, replica, version, trial));
            ALTER TABLE result ADD COLUMN structure BLOB;
            ALTER TABLE result ADD COLUMN returns INTEGER;
            ALTER TABLE result ADD COLUMN back BLOB;
            ALTER TABLE result ADD COLUMN back_evaluations INTEGER;
            """),
        ("the run that a node works on", "ALTER TABLE node ADD COLUMN run TEXT;"),
        ("validation by true simulation",
            """
            CREATE TABLE validation(
                run TEXT NOT NULL, replica INTEGER NOT NULL, version INTEGER NOT NULL, trial INTEGER NOT NULL,
                pearson REAL, mean_predicted REAL, mean_true REAL, energy REAL, mean_spread REAL, outside_share REAL, invalid INTEGER NOT NULL,
                PRIMARY KEY(run, replica, version));
            """),
        ("several properties",
            """
            ALTER TABLE run ADD COLUMN properties TEXT;
            ALTER TABLE structure ADD COLUMN property_values BLOB;
            ALTER TABLE best ADD COLUMN property_values BLOB;
            ALTER TABLE outcome ADD COLUMN properties BLOB;
            """),
        ("active learning",
            """
            DROP TABLE label;
            CREATE TABLE label(
                run TEXT NOT NULL, decision INTEGER NOT NULL, replica INTEGER NOT NULL, version INTEGER NOT NULL, labels BLOB NOT NULL,
                PRIMARY KEY(run, decision, replica));
            CREATE TABLE learning(
                run TEXT NOT NULL, decision INTEGER NOT NULL, trial INTEGER NOT NULL, fresh INTEGER NOT NULL, labels INTEGER NOT NULL,
                pearson_before REAL, pearson_after REAL, generation INTEGER NOT NULL,
                PRIMARY KEY(run, decision));
            CREATE TABLE learned_model(
                run TEXT NOT NULL, generation INTEGER NOT NULL, member INTEGER NOT NULL, sha256 TEXT NOT NULL,
                PRIMARY KEY(run, generation, member));
            CREATE TABLE renewed(
                run TEXT NOT NULL, generation INTEGER NOT NULL, replica INTEGER NOT NULL, version INTEGER NOT NULL,
                objectives BLOB NOT NULL, report BLOB NOT NULL, atom_values BLOB NOT NULL,
                PRIMARY KEY(run, generation, replica, version));
            """),
    ];
}
