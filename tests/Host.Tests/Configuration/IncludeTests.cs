using Glasswright.Host.Configuration.Hocon;
using Glasswright.Kernels;

namespace Glasswright.Host.Tests.Configuration;

/// <summary>Section "Includes" of the HOCON specification, with the named deviation that a missing file is an error.</summary>
public sealed class IncludeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-include-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("include \"foo.conf\"")]
    [InlineData("include\n\n\"foo.conf\"")]
    [InlineData("include file(\"foo.conf\")")]
    [InlineData("include required(\"foo.conf\")")]
    [InlineData("include required(file( \"foo.conf\" ))")]
    [InlineData("include \"foo\"")]
    public void EveryFormOfTheStatementReadsTheFile(string statement)
    {
        Write("foo.conf", "x = 1");
        ReadMain(statement + "\ny = 2").ShouldEqualJson("""{"x":1,"y":2}""");
    }

    [Fact]
    public void AnIncludedKeyOverridesWhatStoodBeforeAndIsOverriddenByWhatFollows()
    {
        Write("foo.conf", "a = 2, b = 2, o { y = 2 }");
        ReadMain("a = 1, o { x = 1 }\ninclude \"foo.conf\"\nb = 3").ShouldEqualJson("""{"a":2,"o":{"x":1,"y":2},"b":3}""");
    }

    [Fact]
    public void ASubstitutionInAnIncludedFileIsLookedUpBelowTheIncludeFirst()
    {
        Write("foo.conf", "{ x : 10, y : ${x} }");
        ReadMain("{ a : { include \"foo.conf\" } }").ShouldEqualJson("""{"a":{"x":10,"y":10}}""");
        ReadMain("{ a : { include \"foo.conf\" }\n a : { x : 42 } }").ShouldEqualJson("""{"a":{"x":42,"y":42}}""");
        ReadMain("x = 7, a : { include \"foo.conf\" }").ShouldEqualJson("""{"x":7,"a":{"x":10,"y":10}}""");
    }

    [Fact]
    public void ASubstitutionInAnIncludedFileReachesTheRootToo()
    {
        Write("foo.conf", "y : ${x}");
        ReadMain("x = 7, a : { include \"foo.conf\" }").ShouldEqualJson("""{"x":7,"a":{"y":7}}""");
    }

    [Fact]
    public void AnIncludeIsRelativeToTheFileThatHoldsIt()
    {
        Write("sub/one.conf", "one = 1, include \"two.conf\"");
        Write("sub/two.conf", "two = 2");
        ReadMain("include \"sub/one.conf\"").ShouldEqualJson("""{"one":1,"two":2}""");
    }

    [Fact]
    public void ANameWithoutExtensionReadsJsonFirstAndHoconOverIt()
    {
        Write("foo.json", """{ "a" : 1, "b" : 1 }""");
        Write("foo.conf", "b = 2");
        ReadMain("include \"foo\"").ShouldEqualJson("""{"a":1,"b":2}""");
    }

    [Fact]
    public void EveryValueKnowsItsFileAndLine()
    {
        Write("sub/foo.conf", "# comment\nx = \"\"\"two\nlines\"\"\"\n\ny = 1");
        var tree = (ConfigObject)ReadMain("\ninclude \"sub/foo.conf\"\n\nz = ${y}").Node;
        tree.Find("y")!.Origin.ToString().ShouldBe(Path.Combine("sub", "foo.conf") + ":5");
        tree.Find("y")!.Origin.Directory.ShouldBe(Path.Combine(_folder, "sub"));
        tree.Find("z")!.Origin.Line.ShouldBe(5);
        tree.FindField("z")!.KeyOrigin.ToString().ShouldBe("main.conf:4");
    }

    [Fact]
    public void AMissingFileIsAnErrorAtTheStatement()
    {
        InputException error = Should.Throw<InputException>(() => ReadMain("a = 1\ninclude \"none.conf\""));
        error.Problem.ShouldBe("an included file does not exist");
        error.Line.ShouldBe(2);
        error.Found.ShouldBe("none.conf");
    }

    [Fact]
    public void ALoopIsAnErrorThatNamesItsFiles()
    {
        Write("a.conf", "include \"b.conf\"");
        Write("b.conf", "\ninclude \"a.conf\"");
        InputException error = Should.Throw<InputException>(() => ReadMain("include \"a.conf\""));
        error.Problem.ShouldBe("the includes form a loop");
        error.File.ShouldBe("b.conf");
        error.Line.ShouldBe(2);
        error.Found.ShouldBe("main.conf -> a.conf -> b.conf -> a.conf");
    }

    [Fact]
    public void AFileMayBeIncludedTwiceSideBySide()
    {
        Write("foo.conf", "x = 1, y = ${x}");
        ReadMain("a { include \"foo.conf\" }, b { include \"foo.conf\" }, b.x = 2")
            .ShouldEqualJson("""{"a":{"x":1,"y":1},"b":{"x":2,"y":2}}""");
    }

    [Fact]
    public void AnIncludedListIsAnError()
    {
        Write("foo.conf", "[1]");
        Should.Throw<InputException>(() => ReadMain("include \"foo.conf\"")).Problem.ShouldBe("an included file holds a list");
    }

    [Fact]
    public void AFileThatIsNotUtf8IsAnError()
    {
        File.WriteAllBytes(Path.Combine(_folder, "main.conf"), [(byte)'a', (byte)'=', 0xFF]);
        Should.Throw<InputException>(() => HoconReader.ReadFile("main.conf", _folder)).Problem.ShouldBe("the file is not UTF-8 text");
    }

    [Fact]
    public void AFileThatDoesNotExistIsAnError() =>
        Should.Throw<InputException>(() => HoconReader.ReadFile("none.conf", _folder)).Message
            .ShouldBe("none.conf: the configuration file does not exist; expected an existing file");

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private Result ReadMain(string text)
    {
        Write("main.conf", text);
        return new Result(HoconReader.ReadFile("main.conf", _folder, _ => null));
    }

    private sealed record Result(ConfigNode Node)
    {
        public void ShouldEqualJson(string json) => HoconJson.ShouldEqual(Node, json);
    }
}
