using System.Text.RegularExpressions;
using System.Xml.Linq;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Architecture;

/// <summary>Imports run one way only: Host → Actors → Models → Kernels.</summary>
public sealed class LayerTests
{
    private static readonly string[] Layers = ["Kernels", "Models", "Actors", "Host"];

    public static TheoryData<string> AllLayers => [.. Layers];

    [Theory]
    [MemberData(nameof(AllLayers))]
    public void ProjectsReferToLowerLayersOnly(string layer) =>
        WrongReferences(layer, SourceTree.Read($"src/{layer}/{layer}.csproj")).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(AllLayers))]
    public void SourceNamesLowerLayersOnly(string layer) =>
        SourceTree.Files($"src/{layer}")
            .SelectMany(file => WrongNames(layer, SourceTree.Read(file)).Select(name => $"{file}: {name}"))
            .ShouldBeEmpty();

    [Fact]
    public void AReferenceUpwardIsFound()
    {
        const string Project = """<Project><ItemGroup><ProjectReference Include="..\Actors\Actors.csproj" /></ItemGroup></Project>""";
        WrongReferences("Models", Project).ShouldBe(["Actors"]);
        WrongReferences("Host", Project).ShouldBeEmpty();
    }

    [Fact]
    public void AUsingLineUpwardIsFound()
    {
        WrongNames("Kernels", "using Glasswright.Models.Graphs;").ShouldBe(["Glasswright.Models"]);
        WrongNames("Models", "var a = new Glasswright.Actors.Search.Replica();").ShouldBe(["Glasswright.Actors"]);
        WrongNames("Models", "// Glasswright.Actors is the caller\nusing Glasswright.Kernels;").ShouldBeEmpty();
    }

    [Fact]
    public void OneSolutionStandsAtTheRoot() =>
        Directory.EnumerateFiles(Repository.Root)
            .Where(file => Path.GetExtension(file) is ".sln" or ".slnx" or ".slnf")
            .Select(Path.GetFileName)
            .ShouldBe(["Engine.sln"]);

    private static IEnumerable<string> WrongReferences(string layer, string project) =>
        XDocument.Parse(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Where(name => Array.IndexOf(Layers, name) is var place && (place < 0 || place >= Array.IndexOf(Layers, layer)));

    private static IEnumerable<string> WrongNames(string layer, string text) =>
        Layers.Skip(Array.IndexOf(Layers, layer) + 1)
            .Select(upper => $"Glasswright.{upper}")
            .Where(name => Regex.IsMatch(SourceTree.Code(text), $@"\b{Regex.Escape(name)}\b"));
}
