using FsCheck.Fluent;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Binding;
using Glasswright.Host.Configuration.Hocon;

namespace Glasswright.Host.Tests.Configuration;

/// <summary>A resolved configuration written back, and what identifies a run.</summary>
public sealed class ResolvedConfigurationTests : IDisposable
{
    private const string Text = """
        structure = glass.data, potential = p.fs, species = [Cu, Zr]
        search {
          trials = 1e3
          decider { kind = gnn, model = m.safetensors }
          targets = [ { kind = mean, C = 0.001 }, { kind = quantile, q = 0.9, direction = toward, value = -0.25 } ]
          calibrate = off
          checkpoint-every = 1500 ms
        }
        run.name = "two words \"quoted\""
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-resolved-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WhatIsWrittenReadsBackToTheSameTree()
    {
        ResolvedConfiguration first = Resolve(Text);
        ResolvedConfiguration again = Resolve(first.ToHocon());
        again.ToHocon().ShouldBe(first.ToHocon());
        ConfigNode.SameValue(SettingTree.From(first.Settings), again.Tree).ShouldBeTrue();
    }

    [Fact]
    public void WhatIsWrittenInAnotherFolderNamesTheSameFiles()
    {
        ResolvedConfiguration first = Resolve(Text);
        string runFolder = Directory.CreateDirectory(Path.Combine(_folder, "runs", "a")).FullName;
        File.WriteAllText(Path.Combine(runFolder, "config.conf"), first.ToHocon());
        ResolvedConfiguration again = ConfigurationReader.Resolve("config.conf", [], runFolder, _ => null);
        again.Settings.Structure.ShouldBe(first.Settings.Structure);
        again.Settings.Out.ShouldBe(first.Settings.Out);
    }

    [Theory]
    [InlineData("out=elsewhere")]
    [InlineData("out-exists=number")]
    [InlineData("store=postgres://host/db")]
    [InlineData("store-lease=300 ms")]
    [InlineData("threads=7")]
    [InlineData("search.samplers=3")]
    [InlineData("search.checkpoint-every=1 h")]
    [InlineData("define.note=anything")]
    [InlineData("search.trials=1000")]
    [InlineData("search.targets=[ { C = 1e-3, kind = mean, direction = lower }, { kind = quantile, q = 0.90, direction = toward, value = -2.5e-1, C = auto } ]")]
    public void TheIdentityOfARunDoesNotKnow(string assignment) =>
        Resolve(Text, assignment).CanonicalHash(_ => "x").ShouldBe(Resolve(Text).CanonicalHash(_ => "x"));

    [Theory]
    [InlineData("search.seed=2")]
    [InlineData("search.trials=1001")]
    [InlineData("run.name=other")]
    [InlineData("search.targets=[ { kind = quantile, q = 0.9, direction = toward, value = -0.25 }, { kind = mean, C = 0.001 } ]")]
    [InlineData("search.calibrate={}")]
    [InlineData("search.decider.model=null")]
    [InlineData("search.proposal.hastings=on")]
    public void TheIdentityOfARunDependsOn(string assignment) =>
        Resolve(Text, assignment).CanonicalHash(_ => "x").ShouldNotBe(Resolve(Text).CanonicalHash(_ => "x"));

    [Fact]
    public void NumbersByNameHaveOneSpellingAndReadBack()
    {
        string Given(string potentials) =>
            $"search {{ proposal.transmutation.fraction = 0.5, composition {{ kind = semi-grand, chemical-potential {{ {potentials} }} }} }}";
        ResolvedConfiguration first = Resolve(Given("Zr = 5e-1, Cu = 0.0")), other = Resolve(Given("Cu = 0, \"Zr\" = 0.50"));
        other.CanonicalHash(_ => "x").ShouldBe(first.CanonicalHash(_ => "x"));
        Resolve(Given("Cu = 0, Zr = 0.6")).CanonicalHash(_ => "x").ShouldNotBe(first.CanonicalHash(_ => "x"));
        ResolvedConfiguration again = Resolve(first.ToHocon());
        again.ToHocon().ShouldBe(first.ToHocon());
        again.Settings.Search.Composition.ChemicalPotential.ShouldBe(
            new Dictionary<string, double> { ["Cu"] = 0, ["Zr"] = 0.5 }, ignoreOrder: true);
    }

    [Fact]
    public void TheIdentityOfARunKnowsTheContentOfInputsAndNotTheirNames()
    {
        ResolvedConfiguration first = Resolve(Text);
        ResolvedConfiguration renamed = Resolve(Text, "structure=other/name.data");
        renamed.CanonicalHash(_ => "x").ShouldBe(first.CanonicalHash(_ => "x"));
        renamed.CanonicalHash(Path.GetFileName!).ShouldNotBe(first.CanonicalHash(Path.GetFileName!));
        first.ToCanonicalText(_ => "sha256").ShouldContain("\nstructure = sha256\n");
    }

    [Fact]
    public void AHashIsSha256InLowerCaseHexadecimal() => Resolve(Text).CanonicalHash(_ => "x").ShouldMatch("^[0-9a-f]{64}$");

    [Fact]
    public void AnyTextSurvivesBeingWrittenAsKeyAndValue() =>
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
            (FsCheck.NonNull<string> key, FsCheck.NonNull<string> value) =>
            {
                var origin = new Origin("x", 1, "/");
                var tree = new ConfigObject(
                    [
                        new ConfigField(key.Get, origin, new ConfigObject(
                            [new ConfigField("a.b", origin, new ConfigScalar(ScalarKind.Text, value.Get, origin))], origin)),
                        new ConfigField(key.Get + "-list", origin, new ConfigArray(
                            [new ConfigScalar(ScalarKind.Text, value.Get, origin), new ConfigArray([], origin)], origin)),
                    ],
                    origin);
                return ConfigNode.SameValue(HoconReader.ReadText(HoconWriter.Write(tree)), tree);
            }));

    [Fact]
    public void AnyNumberSurvivesBeingWritten() =>
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll((double value) =>
            !double.IsFinite(value)
            || ScalarConversion.Convert(ScalarConversion.ToScalar(value, new Origin("x", 1, "/")), typeof(double), isSize: false)!.Equals(value)));

    private ResolvedConfiguration Resolve(string text, params string[] overrides)
    {
        File.WriteAllText(Path.Combine(_folder, "run.conf"), text);
        return ConfigurationReader.Resolve("run.conf", overrides, _folder, _ => null);
    }
}
