using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Npgsql;

namespace Glasswright.Integration.Tests.Stores;

/// <summary>A private server from its making to its end, with PostgreSQL's own programs.</summary>
[SupportedOSPlatform("linux")]
public sealed class PrivateStoreTests : IDisposable
{
    private readonly PrivateStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void ServerIsMadeStartedUsedStoppedAndStartedAgain()
    {
        JsonElement made = _store.Ask(["init", _store.Folder, .. PrivateStore.User]);
        made.GetProperty("outcome").GetString().ShouldBe("made");
        made.GetProperty("running").GetBoolean().ShouldBeFalse();
        JsonElement started = _store.Ask("start", _store.Folder);
        started.GetProperty("outcome").GetString().ShouldBe("started");
        int port = started.GetProperty("port").GetInt32();
        started.GetProperty("url").GetString().ShouldBe($"postgres://glasswright@127.0.0.1:{port}/glasswright");
        made.GetProperty("url").GetString().ShouldBe(started.GetProperty("url").GetString());
        NpgsqlConnectionStringBuilder login = PrivateStore.Login(started);

        // The schema is the role's own, and where its tables go without being told.
        PrivateStore.Query(login, "CREATE TABLE t(a int); INSERT INTO t VALUES (7); SELECT schemaname FROM pg_tables WHERE tablename = 't'")
            .ShouldBe("glasswright");
        _store.Ask("start", _store.Folder).GetProperty("outcome").GetString().ShouldBe("already running");
        JsonElement status = _store.Ask("status", _store.Folder);
        status.GetProperty("running").GetBoolean().ShouldBeTrue();
        status.GetProperty("version").GetString().ShouldBe(PrivateStore.Query(login, "SHOW server_version")!.ToString()!.Split(' ')[0]);
        _store.Ask("stop", _store.Folder).GetProperty("outcome").GetString().ShouldBe("stopped");
        _store.Ask("stop", _store.Folder).GetProperty("outcome").GetString().ShouldBe("not running");
        _store.Ask("status", _store.Folder).GetProperty("state").GetString().ShouldBe("stopped");
        _store.Ask("start", _store.Folder);
        PrivateStore.Query(login, "SELECT a FROM t").ShouldBe(7);
    }

    [Fact]
    public void RoleMayUseItsSchemaAndNothingElse()
    {
        NpgsqlConnectionStringBuilder login = PrivateStore.Login(_store.InitAndStart("--database", "glass_2"));
        string[] forbidden =
        [
            "CREATE DATABASE x", "CREATE ROLE x", "CREATE SCHEMA x", "CREATE TABLE public.x(a int)", "CREATE TEMPORARY TABLE x(a int)",
            "SELECT * FROM pg_authid", "SELECT pg_read_file('postgresql.conf')", "COPY (SELECT 1) TO PROGRAM 'true'",
        ];

        forbidden.ShouldAllBe(sql => PrivateStore.Refusal(login, sql) == PostgresErrorCodes.InsufficientPrivilege);
        PrivateStore.Query(login, "SELECT current_setting('server_encoding') || current_setting('lc_collate') || current_setting('data_checksums')")
            .ShouldBe("UTF8Con");
        login.Database = "postgres";
        PrivateStore.Refusal(login, "SELECT 1").ShouldBe(PostgresErrorCodes.InvalidAuthorizationSpecification);
    }

    [Fact]
    public void WrongPasswordAndUnknownRoleAreRefused()
    {
        NpgsqlConnectionStringBuilder login = PrivateStore.Login(_store.InitAndStart());
        login.Password = _store.Password[1..];
        PrivateStore.Refusal(login, "SELECT 1").ShouldBe(PostgresErrorCodes.InvalidPassword);
        login.Password = _store.Password;
        PrivateStore.Query(login, "SELECT 1").ShouldBe(1);
        login.Username = "somebody";
        PrivateStore.Refusal(login, "SELECT 1").ShouldBe(PostgresErrorCodes.InvalidAuthorizationSpecification);
    }

    [Fact]
    public void KilledServerIsRecognizedAndItsCommitsAreThereAfterAStart()
    {
        NpgsqlConnectionStringBuilder login = PrivateStore.Login(_store.InitAndStart());
        PrivateStore.Query(login, "CREATE TABLE t(a int); INSERT INTO t VALUES (7)");
        using (var server = Process.GetProcessById(_store.ServerProcess))
        {
            server.Kill();
        }

        SpinWait.SpinUntil(() => _store.Ask("status", _store.Folder).GetProperty("state").GetString() == "crashed", TimeSpan.FromSeconds(30)).ShouldBeTrue();
        _store.Ask("stop", _store.Folder).GetProperty("outcome").GetString().ShouldBe("not running");
        _store.Ask("start", _store.Folder).GetProperty("outcome").GetString().ShouldBe("started");
        PrivateStore.Query(login, "SELECT a FROM t").ShouldBe(7);
    }

    [Fact]
    public void NumberOfADeadServerThatAnotherProgramGotHindersNothing()
    {
        _store.InitAndStart();
        string notes = Path.Combine(_store.Folder, "data", "postmaster.pid");
        string text = File.ReadAllText(notes);
        _store.Ask("stop", _store.Folder);
        File.WriteAllText(notes, Environment.ProcessId + text[text.IndexOf('\n', StringComparison.Ordinal)..]);

        _store.Ask("status", _store.Folder).GetProperty("state").GetString().ShouldBe("crashed");
        _store.Ask("start", _store.Folder).GetProperty("outcome").GetString().ShouldBe("started");
    }

    [Fact]
    public void FolderThatAnotherMachineStartedIsLeftToIt()
    {
        _store.InitAndStart();
        string notes = Path.Combine(_store.Folder, "data", "postmaster.pid"), text = File.ReadAllText(notes);
        _store.Ask("stop", _store.Folder);
        File.WriteAllText(notes, text);
        File.WriteAllText(Path.Combine(_store.Folder, "machine"), "node7\n");

        (int code, _, string error) = _store.Run("start", _store.Folder);
        code.ShouldBe(2);
        error.ShouldContain("found node7");
        _store.Run("stop", _store.Folder).Code.ShouldBe(2);
        _store.Ask("status", _store.Folder).GetProperty("state").GetString().ShouldBe("elsewhere");
        _store.Ask("start", _store.Folder, "--take-over").GetProperty("outcome").GetString().ShouldBe("started");
    }

    [Fact]
    public void OfTwoThatMakeOneStoreOneSucceedsAndNothingElseStays()
    {
        Process[] processes = [.. Enumerable.Range(0, 2).Select(_ => PrivateStore.Start(["init", _store.Folder, .. PrivateStore.User]))];
        (int Code, string Output, string Error)[] ends = [.. processes.Select(_store.Finish)];

        ends.Select(end => end.Code).Order().ShouldBe([0, 2]);
        string error = ends.Single(end => end.Code == 2).Error;
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1, error);
        Directory.EnumerateFileSystemEntries(_store.Root).ShouldBe([_store.Folder]);
        _store.Ask("start", _store.Folder);
    }

    [Fact]
    public void OfTwoThatStartItBothFindItRunning()
    {
        _store.Ask(["init", _store.Folder, .. PrivateStore.User]);
        Process[] processes = [.. Enumerable.Range(0, 2).Select(_ => PrivateStore.Start("start", _store.Folder, "--json"))];
        string[] outcomes = [.. processes.Select(_store.Finish).Select(end => JsonDocument.Parse(end.Output).RootElement.GetProperty("outcome").GetString()!)];

        outcomes.Order().ShouldBe(["already running", "started"]);
    }

    [Fact]
    public void TakenPortIsToldInOneLine()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string port = $"{((IPEndPoint)other.LocalEndpoint).Port}";

        (int code, _, string error) = _store.Run(["init", _store.Folder, .. PrivateStore.User, "--port", port]);
        (code, error.Count(c => c == '\n')).ShouldBe((2, 1), error);
        error.ShouldContain($"127.0.0.1 port {port} in use");
        Directory.EnumerateFileSystemEntries(_store.Root).ShouldBeEmpty();

        other.Stop();
        _store.Ask(["init", _store.Folder, .. PrivateStore.User, "--port", port]);
        using var third = new TcpListener(IPAddress.Loopback, int.Parse(port, null));
        third.Start();
        (code, _, error) = _store.Run("start", _store.Folder);
        (code, error.Count(c => c == '\n')).ShouldBe((2, 1), error);
        error.ShouldContain($"port {port} in use");
        JsonElement moved = _store.Ask("start", _store.Folder, "--port", "any");
        moved.GetProperty("port").GetInt32().ToString(null, null).ShouldNotBe(port);
        PrivateStore.Query(PrivateStore.Login(moved), "SELECT 1").ShouldBe(1);
    }

    [Fact]
    public void MovedFolderStartsWhereItLies()
    {
        _store.InitAndStart();
        _store.Ask("stop", _store.Folder);
        string moved = Path.Combine(_store.Root, "another, 'place'");
        Directory.Move(_store.Folder, moved);

        JsonElement started = _store.Ask("start", moved);

        PrivateStore.Query(PrivateStore.Login(started), "SELECT 1").ShouldBe(1);
        Directory.EnumerateFileSystemEntries(moved, ".s.PGSQL.*").ShouldNotBeEmpty();
    }

    [Fact]
    public void PathTooLongForASocketIsToldAndServesOverTcp()
    {
        string folder = Path.Combine(_store.Root, new string('x', 100));
        (int code, _, string error) = _store.Run(["init", folder, .. PrivateStore.User]);
        code.ShouldBe(0, error);
        error.ShouldContain("too long for a Unix socket");
        PrivateStore.Query(PrivateStore.Login(_store.Ask("start", folder)), "SELECT 1").ShouldBe(1);
    }

    [Fact]
    public void FailedInitLeavesNothing()
    {
        string binaries = Path.Combine(_store.Root, "binaries");
        Directory.CreateDirectory(binaries);
        foreach ((string name, string script) in new[]
        {
            ("initdb", "echo 'initdb: error: disk full' >&2; exit 1"), ("pg_ctl", "exit 1"), ("postgres", "echo 'postgres (PostgreSQL) 15.1'"),
        })
        {
            string file = Path.Combine(binaries, name);
            File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        }

        (int code, _, string error) = _store.Run(["init", _store.Folder, .. PrivateStore.User, "--binaries", binaries]);

        code.ShouldBe(1);
        error.ShouldContain("initdb failed: initdb: error: disk full");
        Directory.EnumerateFileSystemEntries(_store.Root).ShouldBe([binaries]);
    }
}
