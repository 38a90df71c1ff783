using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Host.Sharing;
using Glasswright.Models.Storage;
using Glasswright.Tests.Support;

namespace Glasswright.Host.Tests.Commands;

/// <summary><c>cite</c>: what a run's record says, and nothing that the run did not use.</summary>
public sealed class CiteVerbTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void ParagraphTellsWhatTheRecordSays()
    {
        JsonElement cite = Cite();

        string paragraph = cite.GetProperty("paragraph").GetString()!;
        string version = JsonDocument.Parse(File.ReadAllText(_scratch.File("run/run.json"))).RootElement.GetProperty("version").GetString()!;
        foreach (string part in (string[])
            ["16 atoms (Cu 50 % (8), Zr 50 % (8))", FileDigest.Sha256(Samples.Potential), "at 2000 K", "energy (lowered, C = 0.1723 eV)", "12 trials", "seed 2", "0.0001 eV/Å", version.Split('+')[0], RunNumerics.Current])
        {
            paragraph.ShouldContain(part);
        }

        long accepted = File.ReadLines(_scratch.File("run/chain-0.csv")).Skip(1).Count(row => row.Split(',')[1] == "1");
        cite.GetProperty("accepted").GetInt64().ShouldBe(accepted);
        paragraph.ShouldContain($"of which {accepted} (");
    }

    [Fact]
    public void OnlyWhatTheRunUsedIsCited()
    {
        Keys(Cite()).ShouldBe(["WangZhang2021", "Glasswright", "Mendelev2007", "LiuNocedal1989", "Packwood2016"]);
        Keys(Cite("-D", "search.minimizer.kind=cg", "-D", "replicas=2", "-D", "tempering.scales=[1, 2]", "-D", "tempering.every=3"))
            .ShouldBe(["WangZhang2021", "Glasswright", "Mendelev2007", "Syed2022"]);
    }

    [Fact]
    public void DeciderIsToldWithItsProvenance()
    {
        string model = Samples.SmallModel(_scratch, FileDigest.Sha256(Samples.Potential), new ModelProvenance { Program = "glasswright 9.8.7" });

        JsonElement cite = Cite(
            "-D", $"search.decider={{ kind = gnn, model = {JsonSerializer.Serialize(model)} }}", "-D", "search.targets=[ { kind = quantile, q = 0.9, C = 0.01 } ]",
            "-D", "search.C-scaling=none");

        string paragraph = cite.GetProperty("paragraph").GetString()!;
        paragraph.ShouldContain("drawn within its species with p ∝ exp(6 z)");
        paragraph.ShouldContain("trained by glasswright 9.8.7 on 0 files");
        paragraph.ShouldContain("a property that its file does not name");
        paragraph.ShouldContain("the target 0.90 quantile of z (lowered, C = 0.01)");
        Keys(cite).ShouldNotContain("FalkLanger1998", "nothing says that the value is ln D2min");
    }

    [Fact]
    public void AModelThatChangedAndStructuresThatWereValidatedAreTold()
    {
        string[] models =
        [
            .. new ulong[] { 3, 4 }.Select(seed => Samples.SmallModel(
                _scratch, provenance: new ModelProvenance { Program = "glasswright 9.8.7", Metrics = new SortedDictionary<string, double> { ["test/pearson"] = 0.1 * seed } },
                name: $"m{seed}.safetensors", seed: seed, label: SearchLearningTests.Label)),
        ];
        string paragraph = Cite(
            [.. SearchLearningTests.Settings("limit-pearson = none", models), "-D", "search.validate={ every = 2, step = 0.005 }"]).GetProperty("paragraph").GetString()!;

        string[][] decisions = [.. File.ReadLines(_scratch.File("run/learning.csv")).Skip(1).Select(line => line.Split(','))];
        decisions[^1][6].ShouldNotBe("0");
        paragraph.ShouldContain("an ensemble of 2 graph attention networks");
        paragraph.ShouldContain("trained by glasswright 9.8.7 on 0 files of glasses and labels, the first of them; their Pearson correlations on unseen glasses were 0.30, 0.40.");
        paragraph.ShouldContain("Every 4 trials the structures of all chains were labeled");
        paragraph.ShouldContain("(Adam, 3 epochs, learning rate 0.001)");
        paragraph.ShouldContain($"In {decisions.Length} such decisions the network was replaced {decisions[^1][6]} time");
        paragraph.ShouldContain("the SHA-256 above is that of the first trials");
        int validated = Directory.GetFiles(_scratch.File("run"), "validation-*.csv").Sum(file => File.ReadLines(file).Count() - 1);
        paragraph.ShouldContain($"{validated} accepted structures were labeled by true simulation while the search went on; the Pearson correlation");

        Cite().GetProperty("paragraph").GetString()!.ShouldNotContain("fine-tuned");
    }

    [Fact]
    public void PotentialOfAnUnknownHashIsWarnedOf()
    {
        Invocation.Run("potential", "lj", "--out", _scratch.File("own.eam.alloy"), "--pairs", "Cu-Cu:1:1,Zr-Cu:1:1,Zr-Zr:1:1").ExitCode.ShouldBe(0);
        Search("-D", $"potential={JsonSerializer.Serialize(_scratch.File("own.eam.alloy"))}");

        Invocation cite = Invocation.Run("cite", _scratch.File("run"), "--json");

        cite.ExitCode.ShouldBe(0, cite.Error);
        cite.Error.ShouldContain("own.eam.alloy is not known by its SHA-256");
        cite.Json.GetProperty("potential_citation").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void EveryFormatHoldsTheSameReferences()
    {
        JsonElement json = Cite();
        string run = _scratch.File("run");
        Invocation text = Invocation.Run("cite", run), bibtex = Invocation.Run("cite", run, "--format", "bibtex");

        text.Output.ShouldStartWith(json.GetProperty("paragraph").GetString()!);
        text.Output.ShouldContain("[Packwood2016] David Packwood, ");
        bibtex.Output.TrimEnd().ShouldBe(json.GetProperty("bibtex").GetString());
        text.Output.TrimEnd().ShouldEndWith(bibtex.Output.TrimEnd());
        bibtex.Output.Count(c => c == '@').ShouldBe(Keys(json).Length);
        bibtex.Output.Count(c => c == '{').ShouldBe(bibtex.Output.Count(c => c == '}'));
        bibtex.Output.ShouldAllBe(c => c < 128, "BibTeX of any age reads it");
        Invocation.Run("cite", run, "--format", "json").Json.GetProperty("run").GetString().ShouldBe(json.GetProperty("run").GetString());
        Invocation.Run("cite", run, "--format", "bib").ShouldBeRefused("--format has no such value", "text, bibtex, json");
        Invocation.Run("cite", _scratch.File("absent")).ShouldBeRefused("there is no such run folder");
        Invocation.Run("cite").ShouldBeRefused("no run is given");
    }

    [Fact]
    public void LibraryAgreesWithTheCitationFileAndThePotentialThatShips()
    {
        string file = File.ReadAllText(Path.Combine(Repository.Root, "CITATION.cff"));
        foreach (Publication publication in (Publication[])[Library.Method, Library.MendelevCuZr])
        {
            file.ShouldContain(publication.Doi!);
            file.ShouldContain(publication.Title);
            file.ShouldContain($"year: {publication.Year}");
        }

        file.ShouldContain($"- name: {Library.Software(null).Authors[0]}");
        FileDigest.Sha256(Samples.Potential).ShouldBe(Library.ShippedPotential);
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "potentials.md")).ShouldContain(Library.ShippedPotential);
    }

    private static string[] Keys(JsonElement cite) => [.. cite.GetProperty("references").EnumerateArray().Select(reference => reference.GetProperty("key").GetString()!)];

    private JsonElement Cite(params string[] settings)
    {
        Search(settings);
        Invocation cite = Invocation.Run("cite", _scratch.File("run"), "--json");
        cite.ExitCode.ShouldBe(0, cite.Error);
        return cite.Json;
    }

    private void Search(params string[] settings)
    {
        if (Directory.Exists(_scratch.File("run")))
        {
            Directory.Delete(_scratch.File("run"), recursive: true);
        }

        Invocation search = Invocation.Run(["search", SearchVerbTests.Write(_scratch), "--threads", "1", "--out", _scratch.File("run"), .. settings]);
        search.ExitCode.ShouldBe(0, search.Error);
    }
}
