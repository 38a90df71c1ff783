using System.Text.Json;
using Glasswright.Actors.Storage;

namespace Glasswright.Host.Tests.Commands;

/// <summary><c>status</c> of a run folder; of a store with nodes the integration tests tell.</summary>
public sealed class StatusVerbTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void RunFolderShowsWhatRunJsonSaysOfLaddersAndChains()
    {
        string folder = Search("[1, 3]", replicas: 4);

        Invocation status = Invocation.Run("status", folder, "--json");

        status.ExitCode.ShouldBe(0, status.Error);
        JsonElement document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement;
        foreach (string key in (string[])["tempering", "convergence"])
        {
            status.Json.GetProperty(key).GetRawText().ShouldBe(JsonSerializer.Serialize(document.GetProperty(key)), key);
        }

        JsonElement run = status.Json.GetProperty("runs")[0];
        run.GetProperty("run").GetString().ShouldBe(document.GetProperty("run").GetString());
        run.GetProperty("state").GetString().ShouldBe("finished");
        run.GetProperty("trials").GetInt64().ShouldBe(48);
        status.Json.GetProperty("chains").GetArrayLength().ShouldBe(4);
    }

    [Fact]
    public void PeopleSeeRungsExchangesAndSpread()
    {
        string text = Invocation.Run("status", Search("[1, 3]", replicas: 2)).Output;

        foreach (string part in (string[])["replica", "exchanges with the next", "barrier", "round trips", "over the chains"])
        {
            text.ShouldContain(part);
        }

        text.ShouldNotContain("node", Case.Sensitive, "a folder has none");
    }

    [Fact]
    public void ARunThatAProcessHoldsIsShown()
    {
        string folder = Search("[1]", replicas: 1);
        using RunFolder held = RunFolder.Open(folder);

        Invocation status = Invocation.Run("status", folder, "--json");

        status.ExitCode.ShouldBe(0, status.Error);
        status.Json.GetProperty("tempering").ValueKind.ShouldBe(JsonValueKind.Null, "independent chains have no ladder");
        status.Json.GetProperty("convergence").GetProperty("trials").GetInt64().ShouldBe(12);
    }

    [Fact]
    public void LookingChangesNothing()
    {
        string folder = Search("[1, 3]", replicas: 2);
        var before = Contents(folder);

        Invocation.Run("status", folder).ExitCode.ShouldBe(0);

        Contents(folder).ShouldBe(before);
    }

    [Fact]
    public void WhatIsNoRunIsNamed()
    {
        Invocation.Run("status", _scratch.File("absent")).ShouldBeRefused("there is no such run folder", "--store URL");
        Invocation.Run("status", _scratch.Folder).ShouldBeRefused("holds no run", _scratch.Folder);
        Invocation.Run("status").ShouldBeRefused("--store");
        Invocation.Run("status", "--watch", "--json", "--store", "postgres://nobody@127.0.0.1:1/none").ExitCode.ShouldBe(2);
        Invocation.Run("status", Search("[1]", replicas: 1), "--store", "postgres://nobody@127.0.0.1:1/none")
            .ShouldBeRefused("lies in its folder");
    }

    private string Search(string scales, int replicas)
    {
        string folder = _scratch.File("run");
        Invocation search = Invocation.Run(
            "search", SearchVerbTests.Write(_scratch), "--out", folder,
            "-D", $"replicas={replicas}", "-D", $"tempering.scales={scales}", "-D", "tempering.every=3");
        search.ExitCode.ShouldBe(0, search.Error);
        return folder;
    }

    private static SortedDictionary<string, string> Contents(string folder) => new(
        Directory.GetFiles(folder)
            .Where(path => !Path.GetFileName(path).StartsWith("run.db", StringComparison.Ordinal))
            .ToDictionary(path => path, File.ReadAllText),
        StringComparer.Ordinal);
}
