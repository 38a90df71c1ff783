using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Binding;
using Glasswright.Host.Configuration.Hocon;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Models.Network;
using Glasswright.Tests.Support;

namespace Glasswright.Host.Tests.Configuration;

/// <summary>The reference configuration and the records say the same.</summary>
public sealed class ReferenceConfigurationTests
{
    private static readonly string[] ListElementRecords = [nameof(TargetSettings), nameof(GlassSettings), nameof(TransferSettings)];

    private static ConfigObject Reference =>
        (ConfigObject)HoconReader.ReadText(ConfigurationReader.ReferenceText(), ConfigurationReader.ReferenceName);

    [Fact]
    public void EverySettingOfARecordHasADefaultThere()
    {
        string[] missing =
            [.. SettingSchema.Paths(typeof(ExperimentSettings)).Where(path => Reference.Find(path.Split('.')) is null)];
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void EveryKeyThereBindsToARecord()
    {
        var known = SettingSchema.Paths(typeof(ExperimentSettings)).ToHashSet(StringComparer.Ordinal);
        Paths(Reference, string.Empty).Where(path => !known.Contains(path)).ShouldBeEmpty();
        ConfigurationReader.Resolve(null).Settings.Search.Trials.ShouldBe(10000);
    }

    [Fact]
    public void EverySettingsRecordIsReachedFromTheRoot()
    {
        var reached = new HashSet<Type> { typeof(ExperimentSettings) };
        Reach(typeof(ExperimentSettings), reached);
        typeof(ExperimentSettings).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(ExperimentSettings).Namespace && SettingSchema.IsGroup(type)
                && type.Name.EndsWith("Settings", StringComparison.Ordinal))
            .Where(type => !reached.Contains(type))
            .ShouldBeEmpty();
    }

    [Fact]
    public void EveryKeyThereIsGivenOnceAndExplainedAboveIt()
    {
        string[] lines = ConfigurationReader.ReferenceText().Split('\n');
        var unexplained = new List<string>();
        for (int i = 1; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            bool isKey = line.Length > 0 && line[0] is not ('#' or '}' or '{');
            if (isKey && !lines[i - 1].TrimStart().StartsWith('#'))
            {
                unexplained.Add(line);
            }
        }

        unexplained.ShouldBeEmpty();
        int assignments = lines.Count(line => !line.TrimStart().StartsWith('#') && line.Contains('='));
        int leaves = Paths(Reference, string.Empty).Count(path => Reference.Find(path.Split('.')) is not ConfigObject);
        int onOneLine = 4 + 3 - 2; // gaussian and target hold seven settings on two lines
        assignments.ShouldBe(leaves - onOneLine);
    }

    [Fact]
    public void TheKeysOfListElementsAreExplainedThere()
    {
        string comments = string.Join('\n', ConfigurationReader.ReferenceText().Split('\n').Where(line => line.TrimStart().StartsWith('#')));
        foreach (Type record in typeof(ExperimentSettings).Assembly.GetTypes().Where(type => ListElementRecords.Contains(type.Name)))
        {
            SettingSchema.Of(record).Settings.ShouldAllBe(setting => comments.Contains(setting.Key, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void TheEmbeddedFileIsTheOneThatLiesInConfig() =>
        ConfigurationReader.ReferenceText().ShouldBe(File.ReadAllText(Path.Combine(Repository.Root, "config", "reference.conf")));

    [Fact]
    public void TheArchitectureIsThePapers() =>
        ConfigurationReader.Resolve(null).Settings.Architecture.ToArchitecture().ShouldBe(new Architecture());

    [Fact]
    public void DefaultsAreThoseOfTheMethod()
    {
        ExperimentSettings settings = ConfigurationReader.Resolve(null).Settings;
        settings.Search.Proposal.ShouldBe(new ProposalSettings
        {
            BiasExponent = 6,
            Relax = true,
            RecomputeEvery = 1000,
            Displacement = new DisplacementSettings { Step = 0.1 },
        });
        settings.Search.Calibrate.ShouldBe(new CalibrationSettings { Acceptance = 0.012, Pilot = 200 });
        settings.Search.Minimizer.ShouldBe(new MinimizerSettings { ForceTolerance = 1e-4, MaxEvaluations = 5000 });
        settings.Search.Targets.ShouldBeNull();
        settings.Search.Samplers.ShouldBeNull();
        settings.Search.CheckpointEvery.ShouldBe(TimeSpan.FromMinutes(1));
        settings.StoreLease.ShouldBe(TimeSpan.FromSeconds(3));
        settings.Label.Strains.ShouldBe(Kernels.Deformation.LabelDefinition.DefaultStrains);
        settings.Label.Modes.ShouldBe(Kernels.Deformation.LoadingMode.All.Select(mode => mode.Name));
        settings.Label.NeighborCutoff.ShouldBe(5.0);
    }

    private static IEnumerable<string> Paths(ConfigObject group, string prefix)
    {
        foreach (ConfigField field in group.Fields)
        {
            yield return prefix + field.Key;
            foreach (string path in field.Value is ConfigObject inner ? Paths(inner, prefix + field.Key + ".") : [])
            {
                yield return path;
            }
        }
    }

    private static void Reach(Type type, HashSet<Type> reached)
    {
        foreach (Setting setting in SettingSchema.Of(type).Settings)
        {
            Type value = setting.ElementType ?? setting.ValueType;
            if (SettingSchema.IsGroup(value) && reached.Add(value))
            {
                Reach(value, reached);
            }
        }
    }
}
