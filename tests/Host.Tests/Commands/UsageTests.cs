using Glasswright.Host.Commands;
using Glasswright.Host.Output;

namespace Glasswright.Host.Tests.Commands;

/// <summary>Mistakes on the command line, and the ways to ask for help.</summary>
public sealed class UsageTests
{
    [Fact]
    public void MisspelledVerbIsNamedWithTheNearest() => Invocation.Run("enrgy").ShouldBeRefused("'enrgy'", "did you mean energy?");

    [Theory]
    [InlineData("'energie'", "energy", "energie", "--structure", "x")]
    [InlineData("'serch'", "search", "--json", "serch", "file.conf", "--out", "x")]
    [InlineData("model has no verb 'shwo'", "show", "model", "shwo", "--model", "w")]
    public void MisspelledVerbIsNamedThoughFlagsFollow(string part, string nearest, params string[] line)
    {
        Invocation run = Invocation.Run(line);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(part);
        run.Error.ShouldContain($"did you mean {nearest}?");
    }

    [Fact]
    public void FlagBeforeTheVerbIsNamedAsAFlag() => Invocation.Run("--structure", "x").ShouldBeRefused("no flag --structure");

    [Fact]
    public void MisspelledFlagIsNamedWithTheNearest() =>
        Invocation.Run("energy", "--struture", "x").ShouldBeRefused("--struture", "did you mean --structure?");

    [Fact]
    public void MissingVerbListsTheVerbs() => Invocation.Run().ShouldBeRefused("a verb is missing", "energy", "minimize");

    [Theory]
    [InlineData("--json")]
    [InlineData("--json=true")]
    public void MissingVerbOfAGroupIsNamedInJsonToo(string flag)
    {
        Invocation run = Invocation.Run("model", flag);

        run.ExitCode.ShouldBe(2);
        run.Json.GetProperty("error").GetProperty("message").GetString()
            .ShouldBe("a verb is missing; expected glasswright model with one of import, export, show");
    }

    [Fact]
    public void StrainBeyondTheEndOfARunTellsTheEnd() =>
        Invocation.Run("deform", "--structure", "x", "--potential", "y", "--mode", "xy+", "--strain", "1.5", "--out", "d")
            .ShouldBeRefused("--strain", "at most 1", "'1.5'");

    [Fact]
    public void StrayArgumentIsRefused() => Invocation.Run("energy", "stray").ShouldBeRefused("takes no argument 'stray'");

    [Fact]
    public void ForgottenValueIsNoticed() =>
        Invocation.Run("energy", "--structure", "--potential", "x").ShouldBeRefused("--structure");

    [Fact]
    public void ForgottenFlagIsNamed() => Invocation.Run("energy", "--structure", "x").ShouldBeRefused("--potential is not given");

    [Fact]
    public void UnknownChoiceIsNamedWithTheNearest() =>
        Invocation.Run("minimize", "--structure", "x", "--potential", "y", "--cell", "ful").ShouldBeRefused("'ful'", "did you mean full?");

    [Theory]
    [InlineData("energy")]
    [InlineData("minimize")]
    [InlineData("deform")]
    [InlineData("label")]
    [InlineData("prepare")]
    [InlineData("anneal")]
    [InlineData("train")]
    [InlineData("search")]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("analyze")]
    [InlineData("model", "import")]
    [InlineData("model", "export")]
    [InlineData("model", "show")]
    [InlineData("store", "init")]
    [InlineData("store", "start")]
    [InlineData("store", "stop")]
    [InlineData("store", "status")]
    [InlineData("node")]
    [InlineData("status")]
    [InlineData("cancel")]
    [InlineData("export")]
    [InlineData("cite")]
    public void EveryVerbTakesTheCommonFlags(params string[] verb)
    {
        string[] common =
        [
            "--structure", "a", "--potential", "b", "--species", "Cu,Zr", "--model", "c", "--out", "d", "--backend", "cpu", "--threads", "1",
            "--seed", "1",
        ];
        Invocation run = Invocation.Run([.. verb, .. common]);

        // It fails at what is not there, never at a flag.
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldNotContain("has no flag");
        run.Error.ShouldNotContain("no argument");
    }

    [Fact]
    public void CommonFlagThatChangesNothingIsToldInOneWarning()
    {
        Invocation run = Invocation.Run(
            "energy", "--json", "--structure", Samples.StressFreeGlass, "--potential", Samples.Potential, "--species", "Cu,Zr", "--seed", "1");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldBe("warning: energy makes no use of --seed\n");
        Invocation.Run("energy", "--sed", "1").Error.ShouldNotContain("did you mean --seed");
    }

    [Theory]
    [InlineData("energy", "--threads", "0")]
    [InlineData("energy", "--threads", "two")]
    [InlineData("minimize", "--force-tolerance", "-1")]
    [InlineData("minimize", "--force-tolerance", "nan")]
    [InlineData("minimize", "--max-evaluations", "1e3")]
    [InlineData("minimize", "--minimizer", "fire")]
    public void UnusableValueIsRefusedBeforeAnythingIsRead(string verb, string flag, string value) =>
        Invocation.Run(verb, "--structure", "missing", "--potential", "missing", flag, value).ShouldBeRefused(flag, $"'{value}'");

    [Fact]
    public void DeviceWithoutItsBackendIsRefused() =>
        Invocation.Run("energy", "--structure", "x", "--potential", "y", "--device", "0").ShouldBeRefused("--device", "--backend opencl");

    [Fact]
    public void JsonTellsAFailureInItsParts()
    {
        Invocation run = Invocation.Run("minimize", "--structure", "x", "--potential", "y", "--cell", "ful", "--json");

        run.ExitCode.ShouldBe(2);
        System.Text.Json.JsonElement error = run.Json.GetProperty("error");
        error.EnumerateObject().Select(entry => entry.Name).ShouldBe(["code", "message", "file", "line", "expected", "found", "nearest"]);
        error.GetProperty("code").GetInt32().ShouldBe(2);
        error.GetProperty("found").GetString().ShouldBe("'ful'");
        error.GetProperty("nearest").GetString().ShouldBe("full");
        error.GetProperty("line").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Theory]
    [InlineData("--json=true", true)]
    [InlineData("--json:true", true)]
    [InlineData("--json=false", false)]
    public void EverySpellingOfJsonIsAnsweredInJson(string flag, bool json)
    {
        Invocation run = Invocation.Run("energy", flag, "--structure", "nowhere", "--potential", "nowhere");

        run.ExitCode.ShouldBe(2);
        run.Output.Length.ShouldBe(json ? run.Output.TrimEnd('\n').Length + 1 : 0);
        if (json)
        {
            run.Json.GetProperty("error").GetProperty("file").GetString().ShouldBe("nowhere");
        }
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--json=false")]
    public void OutputThatCannotBeWrittenIsAFailureInOneLine(string flag)
    {
        using var output = new FullDevice();
        using var error = new StringWriter { NewLine = "\n" };
        int exitCode = CommandLine.Run(
            ["energy", flag, "--structure", Samples.StressFreeGlass, "--potential", Samples.Potential, "--species", "Cu,Zr"],
            new Terminal(output, error, stop: CancellationToken.None));

        exitCode.ShouldBe(1);
        error.ToString().Count(c => c == '\n').ShouldBe(1);
        error.ToString().ShouldContain("No space left on device");
    }

    [Fact]
    public void HelpThatCannotBeWrittenIsAFailureInOneLine()
    {
        using var output = new FullDevice();
        using var error = new StringWriter { NewLine = "\n" };
        CommandLine.Run(["--help"], new Terminal(output, error, stop: CancellationToken.None)).ShouldBe(1);
        error.ToString().Count(c => c == '\n').ShouldBe(1, error.ToString());
    }

    /// <summary>What <c>/dev/full</c> does.</summary>
    private sealed class FullDevice : StringWriter
    {
        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }

    [Theory]
    [InlineData]
    [InlineData("energy")]
    [InlineData("minimize")]
    [InlineData("deform")]
    [InlineData("label")]
    [InlineData("prepare")]
    [InlineData("anneal")]
    [InlineData("train")]
    [InlineData("search")]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("analyze")]
    [InlineData("model")]
    [InlineData("model", "import")]
    [InlineData("model", "export")]
    [InlineData("model", "show")]
    public void EveryVerbExplainsItself(params string[] verb)
    {
        Invocation run = Invocation.Run([.. verb, "--help"]);

        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("Usage:");
        run.Error.ShouldBeEmpty();
    }
}
