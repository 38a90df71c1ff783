using System.Text.Json;
using Glasswright.Host.Output;
using Glasswright.Host.Tests.Commands;

namespace Glasswright.Host.Tests.Output;

/// <summary>The two logs of a run.</summary>
public sealed class RunLogTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void EachLineOfTheTextIsAnObjectThatTellsRunAndNode()
    {
        Invocation run = Search();
        string[] text = File.ReadAllLines(_scratch.File("run/log.txt"));
        JsonElement[] objects = Objects();
        objects.Length.ShouldBe(text.Length);
        foreach ((string line, JsonElement found) in text.Zip(objects))
        {
            line.ShouldMatch("^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} [+-]\\d\\d:\\d\\d \\[INF\\] ");
            Unquoted(line).ShouldEndWith(Unquoted(found.GetProperty("RenderedMessage").GetString()!));
            found.GetProperty("Level").GetString().ShouldBe("Information");
            JsonElement properties = found.GetProperty("Properties");
            properties.GetProperty("run").GetString().ShouldBe(run.Json.GetProperty("id").GetString());
            properties.GetProperty("node").GetString().ShouldBe($"{Environment.MachineName}:{Environment.ProcessId}");
        }
    }

    [Fact]
    public void ALineAboutAnAcceptanceTellsWhichTrialOfWhichReplica()
    {
        Search();
        JsonElement[] accepted = [.. Objects().Where(line => line.GetProperty("MessageTemplate").GetString() == "{trials} trials, {accepted} accepted")];
        (int, long)[] found = [.. accepted.Select(line => line.GetProperty("Properties")).Select(p => (p.GetProperty("replica").GetInt32(), p.GetProperty("trial").GetInt64()))];
        (int, long)[] rows =
        [
            .. Enumerable.Range(0, 2).SelectMany(r => File.ReadLines(_scratch.File($"run/chain-{r}.csv")).Skip(1)
                .Select(row => row.Split(',')).Where(row => row[1] == "1").Select(row => (r, long.Parse(row[0])))),
        ];
        rows.Length.ShouldBeGreaterThan(3);
        found.Order().ShouldBe(rows.Order());
    }

    [Fact]
    public void AResumedRunAppendsAndALineThatWasCutStandsAlone()
    {
        Search();
        int lines = Objects().Length;
        File.AppendAllText(_scratch.File("run/log.jsonl"), "{\"Timestamp\":\"20");
        Invocation.Run("search", "--json", "--resume", _scratch.File("run")).ExitCode.ShouldBe(0);
        string[] after = File.ReadAllLines(_scratch.File("run/log.jsonl"));
        after[lines].ShouldBe("{\"Timestamp\":\"20");
        after.Length.ShouldBeGreaterThan(lines + 1);
        after.Skip(lines + 1).ShouldAllBe(line => JsonDocument.Parse(line, default).RootElement.GetProperty("Properties").GetProperty("run").GetString()!.Length > 0);
    }

    [Fact]
    public void AFailureIsInBoth()
    {
        var log = new RunLog(_scratch.File("log.txt"), "a", "b");
        using var error = new StringWriter();
        FailureReport.Tell(new InvalidOperationException("out of luck"), new Terminal(TextWriter.Null, error), json: false, ["search"], log).ShouldBe(1);
        error.ToString().ShouldContain($"details in {log.TextPath}");
        File.ReadAllText(log.TextPath).ShouldContain("out of luck");
        JsonElement told = JsonDocument.Parse(File.ReadAllText(log.JsonPath)).RootElement;
        told.GetProperty("Level").GetString().ShouldBe("Fatal");
        told.GetProperty("Exception").GetString().ShouldNotBeNull().ShouldContain("out of luck");
        told.GetProperty("Properties").GetProperty("run").GetString().ShouldBe("a");
    }

    [Fact]
    public void OnTheConsoleTheLogIsAllThatStandardErrorGets()
    {
        Invocation run = Search("--log-console", "json", "-D", "replicas=2", "-D", "tempering.scales=[1,2]", "-D", "tempering.every=100");
        JsonElement[] console = [.. run.Error.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        console.ShouldAllBe(line => line.GetProperty("Properties").GetProperty("node").GetString() == $"{Environment.MachineName}:{Environment.ProcessId}");

        // Every line of the file in its order, and what is told to people besides.
        string[] kept = [.. Objects().Select(line => line.GetRawText())];
        console.Select(line => line.GetRawText()).Where(kept.Contains).ShouldBe(kept);
        console.Select(line => line.GetProperty("RenderedMessage").GetString()).ShouldContain(text => text!.StartsWith($"run {run.Json.GetProperty("id")} in "));
        JsonElement warning = console.Where(line => line.GetProperty("RenderedMessage").GetString()!.Contains("the rungs never exchange")).ShouldHaveSingleItem("told once");
        warning.GetProperty("Level").GetString().ShouldBe("Warning");
    }

    [Fact]
    public void OnTheConsoleAsTextItHasTheLinesOfTheFile()
    {
        Invocation run = Search("--log-console", "text");
        string[] console = run.Error.TrimEnd('\n').Split('\n');
        console.ShouldAllBe(line => System.Text.RegularExpressions.Regex.IsMatch(line, "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} [+-]\\d\\d:\\d\\d \\[(INF|WRN)\\] "));
        File.ReadLines(_scratch.File("run/log.txt")).Select(Unquoted).Except(console.Select(Unquoted)).ShouldBeEmpty();
    }

    [Fact]
    public void ALogOnTheConsoleChangesNoByteOfTheRun()
    {
        Search("--log-console", "json");
        byte[] chain = File.ReadAllBytes(_scratch.File("run/chain-0.csv"));
        Directory.Delete(_scratch.File("run"), recursive: true);
        Search();
        File.ReadAllBytes(_scratch.File("run/chain-0.csv")).ShouldBe(chain);
    }

    [Fact]
    public void AFormatThatIsNoneIsRefused() =>
        Invocation.Run("search", SearchVerbTests.Write(_scratch), "--log-console", "jsn").ShouldBeRefused("--log-console has no such value", "text, json", "'jsn'", "did you mean json?");

    public void Dispose() => _scratch.Dispose();

    // Of the first line: texts in it are quoted in the object only.
    private static string Unquoted(string text) => text.Replace("\"", "", StringComparison.Ordinal);

    private JsonElement[] Objects() => [.. File.ReadLines(_scratch.File("run/log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    private Invocation Search(params string[] more)
    {
        Invocation run = Invocation.Run(
            ["search", SearchVerbTests.Write(_scratch), "--json", "--out", _scratch.File("run"), "--threads", "2", "-D", "replicas=2", "-D", "search.decider.temperature=1e5", .. more]);
        run.ExitCode.ShouldBe(0, run.Error);
        return run;
    }
}
