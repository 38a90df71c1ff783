using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Glasswright.Host.Tests.Commands;

namespace Glasswright.Host.Tests.Dashboard;

/// <summary>The server of the live page, over the wire, on searches of a crystal of 16 atoms.</summary>
public sealed class DashboardTests : IDisposable
{
    private static readonly string[] Endless = ["-D", "search.trials=10000000"];

    private readonly Scratch _scratch = new();
    private readonly string _configuration;

    public DashboardTests() => _configuration = SearchVerbTests.Write(_scratch);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task WithoutTheTokenThePageIsReadAndNothingCanBeDone()
    {
        await using LiveSearch live = await Begin(Endless);
        await live.AwaitStateAsync("running");

        (HttpStatusCode status, string text, HttpResponseMessage page) = await live.AskAsync(HttpMethod.Get, "/");
        status.ShouldBe(HttpStatusCode.OK);
        text.ShouldContain("<title>Glasswright live</title>");
        text.ShouldNotContain(live.Token);
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        await live.ListenAsync(null, data => Trials(data) > 0);
        string state = (await live.AskAsync(HttpMethod.Get, "/state")).Text;
        state.ShouldNotContain(live.Token);
        state.ShouldContain("\"Chains\"");
        state.ShouldNotContain("\"owner\"", Case.Sensitive, "where there are no nodes nobody owns a chain");
        (await live.AskAsync(HttpMethod.Get, "/log")).Text.ShouldContain(" [INF] ", Case.Sensitive, "the end of the log, whatever that is by now");
        live.Token.Length.ShouldBe(32, "128 bits as hexadecimal digits");
        foreach (string action in (string[])["/pause", "/resume", "/stop", "/cancel"])
        {
            foreach (string? token in (string?[])[null, "", live.Token[..^1], live.Token + "0", new string('0', 32)])
            {
                (await live.AskAsync(HttpMethod.Post, action, token)).Status.ShouldBe(HttpStatusCode.Forbidden, $"{action} with {token}");
            }
        }

        (await live.AskAsync(HttpMethod.Post, "/cancel", live.Token)).Status.ShouldBe(HttpStatusCode.Conflict, "a search of one process is stopped");
        (await live.AskAsync(HttpMethod.Get, "/other")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await live.AskAsync(HttpMethod.Put, "/stop", live.Token)).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task NothingIsAnsweredUnderTheNameOfAnotherSite()
    {
        await using LiveSearch live = await Begin(Endless);
        await live.AwaitStateAsync("running");
        foreach (string path in (string[])["/", "/state", "/events"])
        {
            (await live.AskAsync(HttpMethod.Get, path, host: "evil.example")).Status.ShouldBe(HttpStatusCode.MisdirectedRequest, path);
        }

        (await live.AskAsync(HttpMethod.Post, "/stop", live.Token, "evil.example")).Status.ShouldBe(HttpStatusCode.MisdirectedRequest);
        (await live.AskAsync(HttpMethod.Get, "/state", host: "localhost:4321")).Status.ShouldBe(HttpStatusCode.OK, "as through a tunnel");
    }

    [Fact]
    public async Task EventsTellOfNewTrialsAndAPageThatComesBackGetsOnlyWhatItMissed()
    {
        await using LiveSearch live = await Begin(Endless);

        var events = await live.ListenAsync(null, data => Trials(data) > 20);
        events[0].Data.TryGetProperty("figures", out _).ShouldBeTrue("first comes all");
        long[] ids = [.. events.Select(one => long.Parse(one.Id))];
        ids.ShouldBeInOrder();

        // Resumed while its state is still kept: changes alone; later, or with a wrong id: all of it.
        var more = await live.ListenAsync(events[^1].Id, _ => true);
        if (more[0].Data.TryGetProperty("changes", out JsonElement changes))
        {
            long.Parse(more[0].Id).ShouldBeGreaterThan(ids[^1]);
            changes.EnumerateArray().ShouldAllBe(change => change.GetProperty("id").GetString() != null);
        }

        var foreign = await live.ListenAsync("123456789", _ => true);
        foreign[0].Data.TryGetProperty("figures", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task PausedResumedAndStoppedFromThePageItHasTheRowsOfASearchWithoutOne()
    {
        await using LiveSearch live = await Begin(Endless);
        await live.ListenAsync(null, data => Trials(data) > 5);

        (await live.AskAsync(HttpMethod.Post, "/pause", live.Token)).Status.ShouldBe(HttpStatusCode.OK);
        await live.AwaitStateAsync("paused");
        (await live.AskAsync(HttpMethod.Post, "/pause", live.Token)).Status.ShouldBe(HttpStatusCode.Conflict, "it is paused");
        (await live.AskAsync(HttpMethod.Post, "/resume", live.Token)).Status.ShouldBe(HttpStatusCode.OK);
        await live.AwaitStateAsync("running");
        (await live.AskAsync(HttpMethod.Post, "/pause", live.Token)).Status.ShouldBe(HttpStatusCode.OK);
        await live.AwaitStateAsync("paused");
        (await live.AskAsync(HttpMethod.Post, "/stop", live.Token)).Status.ShouldBe(HttpStatusCode.OK, "a paused search can be stopped");

        Invocation run = await live.EndAsync();
        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        string[] rows = File.ReadAllLines(_scratch.File("run/chain-0.csv"));
        rows.Length.ShouldBeGreaterThan(5);
        Invocation plain = SearchVerbTests.Search(_configuration, "--out", _scratch.File("plain"), "-D", $"search.trials={rows.Length - 1}");
        plain.ExitCode.ShouldBe(0, plain.Error);
        File.ReadAllLines(_scratch.File("plain/chain-0.csv")).ShouldBe(rows);
    }

    [Fact]
    public async Task APageThatIsReadAllTheTimeChangesNoByte()
    {
        SearchVerbTests.Search(_configuration, "--out", _scratch.File("plain"), "-D", "search.trials=300").ExitCode.ShouldBe(0);
        await using LiveSearch live = await Begin("-D", "search.trials=300");
        string last = (await live.ListenAsync(null, _ => false))[^1].Kind;

        last.ShouldBe("end");
        (await live.EndAsync()).ExitCode.ShouldBe(0);
        foreach (string name in (string[])["chain-0.csv", "accepted-0.extxyz", "best.extxyz", "final.extxyz"])
        {
            File.ReadAllBytes(_scratch.File("run/" + name)).ShouldBe(File.ReadAllBytes(_scratch.File("plain/" + name)), name);
        }
    }

    [Fact]
    public void ABusyPortIsToldBeforeTheRunBegins()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        Invocation.Run("search", _configuration, "--out", _scratch.File("run"), "--dashboard", $"{port}")
            .ShouldBeRefused($"127.0.0.1:{port}", "0 has one chosen");
        Invocation.Run("search", _configuration, "--out", _scratch.File("run"), "--dashboard", "often").ShouldBeRefused("--dashboard", "'often'");

        _scratch.ShouldHoldOnly("search.conf", "small.extxyz");
    }

    [Fact]
    public async Task TheVerbShowsAFinishedFolderToReadersOnly()
    {
        SearchVerbTests.Search(_configuration, "--out", _scratch.File("run")).ExitCode.ShouldBe(0);
        await using LiveSearch live = await new LiveSearch("dashboard", _scratch.File("run")).OpenAsync();
        await live.AwaitStateAsync("finished");

        JsonElement state = JsonDocument.Parse((await live.AskAsync(HttpMethod.Get, "/state")).Text).RootElement;
        Trials(state).ShouldBe(12);
        state.GetProperty("actions").GetArrayLength().ShouldBe(0);
        state.GetProperty("figures").EnumerateArray().Select(figure => figure.GetProperty("id").GetString()).ShouldContain("energy");
        (await live.AskAsync(HttpMethod.Post, "/stop", live.Token)).Status.ShouldBe(HttpStatusCode.Conflict);
        (await live.StopAsync()).ExitCode.ShouldBe(0);
        Invocation.Run("dashboard", _scratch.File("nowhere")).ShouldBeRefused("there is no such run folder");
        Invocation.Run("dashboard").ShouldBeRefused("no run is given");
    }

    private static long Trials(JsonElement state) =>
        state.GetProperty("facts").EnumerateArray().Where(fact => fact.GetProperty("label").GetString() == "Trials")
            .Select(fact => long.Parse(fact.GetProperty("value").GetString()!.Split(' ')[0], System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture)).Single();

    private Task<LiveSearch> Begin(params string[] more) =>
        new LiveSearch(["search", _configuration, "--json", "--threads", "1", "--out", _scratch.File("run"), "--dashboard", "0", .. more]).OpenAsync();
}
