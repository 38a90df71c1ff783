using System.Globalization;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Models.Network;

namespace Glasswright.Host.Commands;

/// <summary>What a cell of the suite trains: settings beside the configuration's, and its place in the table.</summary>
/// <param name="Name">Of its models' files.</param>
/// <param name="Section">Of its rows.</param>
/// <param name="Strain">Of its labels.</param>
/// <param name="Variant">What differs, for people.</param>
/// <param name="Defines">What differs, as -D takes it.</param>
internal sealed record SuiteCell(string Name, string Section, double Strain, string Variant, string[] Defines)
{
    /// <summary>The class of the atoms with the largest labels.</summary>
    public const string Softest = "softest";

    /// <summary>The class of the atoms with the smallest labels.</summary>
    public const string Hardest = "hardest";

    /// <summary>The class that a classifier is to find; null for a regression.</summary>
    public string? Extreme { get; init; }

    /// <summary>Its share of the atoms.</summary>
    public double Fraction { get; init; } = double.NaN;
}

/// <summary>What <c>evaluate --suite</c> is going to train and judge, with all refused that can be refused before anything is written.</summary>
internal sealed class SuitePlan
{
    private readonly string _file;
    private readonly IReadOnlyList<string> _defines;

    /// <summary>Reads the configuration and the headers of the labels.</summary>
    /// <exception cref="InputException">A setting or file cannot be used.</exception>
    public SuitePlan(string file, IReadOnlyList<string> defines)
    {
        (_file, _defines) = (file, defines);
        Configuration = ConfigurationReader.Resolve(file, defines);
        Suite = Configuration.Settings.Suite;
        if (Configuration.Settings.Train.Split.Test.Count == 0)
        {
            throw Configuration.Fault("train.split.test", "names no glass", "glasses to judge the models by");
        }

        foreach (GlassSettings glass in Suite.Transfer.SelectMany(set => set.Glasses))
        {
            _ = glass.Labels ?? throw Configuration.Fault("suite.transfer", $"has no labels for {glass.Name}", "labels for every glass");
        }

        RequireUnseen();
        Cells = [.. AllCells()];
        foreach (GlassSettings glass in Used(Configuration.Settings).Where(glass => glass.Labels is not null))
        {
            IReadOnlyList<double> strains = LabelFile.ReadHeader(glass.Labels!).Definition.Strains;
            foreach (SuiteCell cell in Cells.Where(cell => !strains.Any(strain => Math.Abs(strain - cell.Strain) <= 1e-9)))
            {
                throw new InputException(
                    $"the labels of {glass.Name} do not hold this strain", glass.Labels,
                    expected: cell.Strain.ToString(CultureInfo.InvariantCulture),
                    found: string.Join(", ", strains.Select(strain => strain.ToString(CultureInfo.InvariantCulture))));
            }
        }
    }

    /// <summary>The configuration that the cells vary.</summary>
    public ResolvedConfiguration Configuration { get; }

    /// <summary>Its group <c>suite</c>.</summary>
    public SuiteSettings Suite { get; }

    /// <summary>What is trained, in the order of the table.</summary>
    public IReadOnlyList<SuiteCell> Cells { get; }

    /// <summary>The settings, data and network of a cell.</summary>
    public (ResolvedConfiguration Configuration, TrainingData Data, Architecture Architecture) Read(SuiteCell cell)
    {
        ResolvedConfiguration configuration = ConfigurationReader.Resolve(
            _file, [.. _defines, .. cell.Defines, FormattableString.Invariant($"train.strain={cell.Strain}")]);
        return (configuration, TrainingData.Read(configuration), configuration.Settings.Architecture.ToArchitecture().Validate(_file));
    }

    /// <summary>What a model learned from, or was stopped by, says nothing of what it knows of others. Files that are missing are told where they are read.</summary>
    private void RequireUnseen()
    {
        TrainSettings train = Configuration.Settings.Train;
        Dictionary<string, string> seen = [];
        string[] learned = [.. train.Split.Train, .. train.Split.Validation];
        foreach (GlassSettings glass in train.Data.Where(glass => learned.Contains(glass.Name) && File.Exists(glass.Structure)))
        {
            seen[FileDigest.Sha256(glass.Structure)] = glass.Name;
        }

        foreach ((TransferSettings set, GlassSettings glass) in Suite.Transfer.SelectMany(set => set.Glasses.Select(glass => (set, glass))))
        {
            if (File.Exists(glass.Structure) && seen.TryGetValue(FileDigest.Sha256(glass.Structure), out string? name))
            {
                throw Configuration.Fault(
                    "suite.transfer", $"judges by a glass that the models learn from: {glass.Name} of '{set.Name}' is {name}", "glasses that train.split.train and train.split.validation do not hold");
            }
        }
    }

    private IEnumerable<SuiteCell> AllCells()
    {
        TrainSettings train = Configuration.Settings.Train;
        IReadOnlyList<double> strains = Suite.Strains ?? CommonStrains();
        foreach (double strain in strains)
        {
            string text = strain.ToString(CultureInfo.InvariantCulture);
            yield return new SuiteCell($"strain-{text}", "strain", strain, "", []);
        }

        ScanSettings scan = Suite.Scan;
        foreach (int layers in scan.Layers)
        {
            yield return Scan("layers", layers, FormattableString.Invariant($"architecture.layers={layers}"));
        }

        foreach (double cutoff in scan.Cutoff)
        {
            yield return Scan("cutoff", cutoff, FormattableString.Invariant($"architecture.cutoff={cutoff}"));
        }

        foreach (int width in scan.NodeWidth)
        {
            IEnumerable<int> embedding = [.. Configuration.Settings.Architecture.Embedding.SkipLast(1), width];
            yield return Scan(
                "node-width", width, FormattableString.Invariant($"architecture.node-width={width}"),
                $"architecture.embedding=[{string.Join(',', embedding)}]");
        }

        foreach (int count in scan.TrainingGlasses)
        {
            if (count > train.Split.Train.Count)
            {
                throw Configuration.Fault(
                    "suite.scan.training-glasses", "asks for more glasses than there are",
                    $"at most {train.Split.Train.Count}, the length of train.split.train", $"{count}");
            }

            yield return Scan(
                "training-glasses", count,
                $"train.split.train=[{string.Join(',', train.Split.Train.Take(count).Select(name => $"\"{name}\""))}]");
        }

        // Two classes each: the softest part and the rest, the hardest part and the rest.
        foreach (double part in scan.Classifiers)
        {
            yield return Classifier(SuiteCell.Softest, part, 1 - part);
            yield return Classifier(SuiteCell.Hardest, part, part);
        }

        SuiteCell Classifier(string extreme, double part, double level)
        {
            string bound = level.ToString(CultureInfo.InvariantCulture);
            return new SuiteCell(
                FormattableString.Invariant($"classifier-{extreme}-{part}"), "classifier", train.Strain, $"class-levels = {bound}",
                [$"architecture.class-levels=[{bound}]"])
            { Extreme = extreme, Fraction = part };
        }

        SuiteCell Scan(string name, IFormattable value, params string[] defines)
        {
            string text = value.ToString(null, CultureInfo.InvariantCulture);
            return new SuiteCell($"{name}-{text}", "scan", train.Strain, $"{name} = {text}", defines);
        }
    }

    private double[] CommonStrains()
    {
        IEnumerable<double>? common = null;
        foreach (GlassSettings glass in Used(Configuration.Settings))
        {
            string labels = glass.Labels ?? throw Configuration.Fault(
                "suite.strains", $"cannot be found without labels for {glass.Name}", "label files for every glass, or strains");
            IReadOnlyList<double> here = LabelFile.ReadHeader(labels).Definition.Strains;
            common = common is null ? here : common.Where(strain => here.Any(other => Math.Abs(other - strain) <= 1e-9));
        }

        double[] strains = [.. common ?? []];
        return strains.Length > 0 ? strains : throw Configuration.Fault("suite.strains", "finds no strain that all labels hold", "labels of the same strains");
    }

    private static IEnumerable<GlassSettings> Used(ExperimentSettings settings)
    {
        SplitSettings split = settings.Train.Split;
        HashSet<string> names = [.. split.Train, .. split.Validation, .. split.Test];
        return settings.Train.Data.Where(glass => names.Contains(glass.Name)).Concat(settings.Suite.Transfer.SelectMany(set => set.Glasses));
    }
}
