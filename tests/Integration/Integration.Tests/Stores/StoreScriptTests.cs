using System.Runtime.Versioning;
using Glasswright.Tests.Support;
using Npgsql;

namespace Glasswright.Integration.Tests.Stores;

/// <summary>The scripts beside the program: steps of a Slurm job without Slurm, and the role on an administrator's server.</summary>
[SupportedOSPlatform("linux")]
public sealed class StoreScriptTests : IDisposable
{
    private readonly PrivateStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void JobThatIsQueuedAgainGoesOnWithItsStore()
    {
        Bash("store_open; psql -qc 'CREATE TABLE t(a int); INSERT INTO t VALUES (7)' \"$STORE_URL\"; store_close").ShouldBe("");
        string run = Path.Combine(_store.Root, "run");
        Directory.Exists(Path.Combine(_store.Root, "local")).ShouldBeFalse();
        File.GetUnixFileMode(Path.Combine(run, "pgpass")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string first = File.ReadAllText(Path.Combine(run, "url"));

        // Three nodes join by what lies in the shared folder. A second opening is idle. Then the job ends while the copy is half made.
        Bash("""
            store_open; store_open
            for node in 1 2 3; do
                (unset PGPASSFILE; PGPASSFILE=$RUN_DIR/pgpass psql -qAtc "INSERT INTO t VALUES ($node)" "$(cat "$RUN_DIR/url")") &
            done
            wait
            store_close
            mv "$KEPT_DIR" "$KEPT_DIR.old"; mkdir "$KEPT_DIR.partial"
            """).ShouldBe("");
        Bash("store_open; psql -qAtc 'SELECT sum(a) FROM t' \"$STORE_URL\"; store_close").ShouldBe("13\n");
        File.ReadAllText(Path.Combine(run, "url")).ShouldNotBe(first);
        Directory.EnumerateDirectories(run).Select(Path.GetFileName).ShouldBe(["store"]);
    }

    [Fact]
    public void CodeOfASearchSurvivesSignals() =>
        Bash("""
            trap 'kill -USR1 "$pid"' TERM
            bash -c 'trap "exit 5" USR1; until [ -e "$1" ]; do :; done; kill -TERM "$PPID"; while :; do :; done' _ "$RUN_DIR/go" & pid=$!
            touch "$RUN_DIR/go"
            code=0
            steps_wait "$pid" || code=$?
            echo "$code"
            """).ShouldBe("5\n");

    [Fact]
    public void RoleOfAnAdministratorsServerHasFewRights()
    {
        NpgsqlConnectionStringBuilder login = PrivateStore.Login(_store.InitAndStart());
        string script = Path.Combine(Repository.Root, "config", "postgres", "role.sql");
        for (int i = 0; i < 2; i++)
        {
            (int code, _, string error) = Psql(login, "-qf", script, "-v", "role=alice", "-v", "database=glass");
            code.ShouldBe(0, error);
        }

        Psql(login, "-qc", "ALTER ROLE alice PASSWORD 'test'").Code.ShouldBe(0);
        File.AppendAllText(Path.Combine(_store.Folder, "data", "pg_hba.conf"), "host glass alice 127.0.0.1/32 scram-sha-256\n");
        Psql(login, "-qc", "SELECT pg_reload_conf()").Code.ShouldBe(0);
        login.Username = "alice";
        login.Database = "glass";
        login.Password = "test";
        PrivateStore.Query(login, "CREATE TABLE t(a int); SELECT schemaname FROM pg_tables WHERE tablename = 't'").ShouldBe("glasswright");
        new[] { "CREATE DATABASE x", "CREATE ROLE x", "CREATE SCHEMA x", "CREATE TABLE public.x(a int)" }
            .ShouldAllBe(sql => PrivateStore.Refusal(login, sql) == PostgresErrorCodes.InsufficientPrivilege);
    }

    private (int Code, string Output, string Error) Psql(NpgsqlConnectionStringBuilder login, params string[] arguments) =>
        _store.Finish(PrivateStore.Spawn(
            "env",
            [$"PGPASSFILE={Path.Combine(_store.Folder, "admin.pgpass")}", "psql", "-X", $"host=127.0.0.1 port={login.Port} user=postgres dbname=postgres", .. arguments]));

    /// <summary>Runs commands after the steps were read; what they print themselves. The program's own words go to a log.</summary>
    private string Bash(string commands)
    {
        string program = Path.Combine(_store.Root, "glasswright");
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet {Path.Combine(AppContext.BaseDirectory, "glasswright.dll")} \"$@\" 2>>{_store.Root}/words\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        string text = $"""
            set -euo pipefail
            . '{Path.Combine(Repository.Root, "config", "slurm", "steps.sh")}'
            GLASSWRIGHT={program} RUN_DIR={_store.Root}/run STORE_DIR={_store.Root}/local LISTEN=127.0.0.1 STORE_FLAGS='{string.Join(' ', PrivateStore.User)}'
            steps_prepare
            {commands}
            """;
        (int code, string output, string error) = _store.Finish(PrivateStore.Spawn("bash", "-c", text));
        code.ShouldBe(0, error);
        return output;
    }
}
