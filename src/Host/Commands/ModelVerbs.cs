using System.CommandLine;
using System.Globalization;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Binding;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
using Glasswright.Kernels.Formats;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Commands;

/// <summary><c>model import</c>: weights from PyTorch and an architecture become a model file.</summary>
internal sealed class ModelImportVerb : Verb
{
    private readonly Option<string> _weights = Options.Value("--weights", "FILE", "safetensors with PyTorch's parameter names.");
    private readonly Option<string> _architecture = Options.Value("--architecture", "FILE", "Configuration file with an architecture group.");
    private readonly Option<string> _out = Options.Out("The model file.");

    /// <summary>Describes the verb.</summary>
    public ModelImportVerb()
        : base("import", "Make a model file of weights from PyTorch.") => Take(_weights, _architecture, _out);

    /// <inheritdoc/>
    public override string? Group => "model";

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        string weights = arguments.Required(_weights), file = arguments.Required(_architecture), path = arguments.Required(_out);
        OutputFile.RequireWritable(path);
        Architecture architecture = Located.In(
            file, () => ConfigurationReader.ReadArchitecture(file).ToArchitecture().Validate(file));
        var model = new PropertyModel(ModelFile.ImportWeights(SafeTensors.Read(weights), architecture), file: path);
        ModelFile.Write(path, model);
        session.Print(new Report()
            .Text("model", "model", path)
            .Text("sha256", "SHA-256", model.Sha256)
            .Whole("parameters", "trained parameters", model.Parameters.Layout.TrainableCount));
        return 0;
    }
}

/// <summary><c>model export</c>: the weights as PyTorch takes them, and the architecture beside them.</summary>
internal sealed class ModelExportVerb : Verb
{
    private readonly Option<string> _model = Options.Model();
    private readonly Option<string> _weights = Options.Value("--weights", "FILE", "Where the safetensors for PyTorch go.");
    private readonly Option<string> _architecture = Options.Value("--architecture", "FILE", "Where the architecture goes.");

    /// <summary>Describes the verb.</summary>
    public ModelExportVerb()
        : base("export", "Write a model's weights and architecture for PyTorch.") => Take(_model, _weights, _architecture);

    /// <inheritdoc/>
    public override string? Group => "model";

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        string source = arguments.Required(_model), weights = arguments.Required(_weights), file = arguments.Required(_architecture);
        OutputFile.RequireWritable(weights);
        OutputFile.RequireWritable(file);
        PropertyModel model = ModelFile.Read(source);
        byte[] tensors = ModelFile.ExportWeights(model.Parameters).ToBytes();
        byte[] text = System.Text.Encoding.UTF8.GetBytes(
            ConfigurationReader.WriteArchitecture(ArchitectureSettings.From(model.Architecture)));
        AtomicFile.Write(weights, stream => stream.Write(tensors));
        AtomicFile.Write(file, stream => stream.Write(text));
        session.Print(new Report().Text("weights", "weights", weights).Text("architecture", "architecture", file));
        return 0;
    }
}

/// <summary><c>model show</c>: the card of a model.</summary>
internal sealed class ModelShowVerb : Verb
{
    private readonly Option<string> _model = Options.Model();

    /// <summary>Describes the verb.</summary>
    public ModelShowVerb()
        : base("show", "Show what a model is, what its values mean and where it comes from.") => Take(_model);

    /// <inheritdoc/>
    public override string? Group => "model";

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        PropertyModel model = ModelFile.Read(arguments.Required(_model));
        Architecture shape = model.Architecture;
        Report report = new Report()
            .Text("file", "file", model.File)
            .Text("sha256", "SHA-256", model.Sha256)
            .Texts("species", "species", shape.Species)
            .Whole("parameters", "trained parameters", model.Parameters.Layout.TrainableCount)
            .Group("architecture", "architecture", new Report()
                .Whole("node_width", "node width", shape.NodeWidth)
                .Whole("edge_width", "edge width", shape.EdgeWidth)
                .Whole("heads", "heads", shape.Heads)
                .Whole("head_width", "head width", shape.HeadWidth)
                .Whole("layers", "layers", shape.Layers)
                .Number("cutoff_A", "neighbor cutoff", shape.Cutoff, "Å")
                .Text("activation", "activation", Word(shape.Activation))
                .Text("pooling", "pooling", Word(shape.Pooling))
                .Number("pooling_steps", shape.PoolingSteps is null ? null : "queries", shape.PoolingSteps)
                .Text("remember", "remember", Word(shape.Remember))
                .Texts("class_levels", shape.ClassLevels is null ? null : "class levels", Texts(shape.ClassLevels))
                .Texts("class_bounds", shape.ClassBounds is null ? null : "labels there", Texts(shape.ClassBounds)))
            .Number("target_mean", "target mean", shape.Target.Mean)
            .Number("target_std", "target standard deviation", shape.Target.Std)
            .Text("potential_sha256", "potential", model.PotentialSha256);
        report.Group("label", "labels", Describe(model.Label));
        report.Group("provenance", "provenance", Describe(model.Provenance));
        session.Print(report);
        return 0;
    }

    private static IEnumerable<string> Texts(IReadOnlyList<double>? values) =>
        (values ?? []).Select(value => value.ToString("G9", CultureInfo.InvariantCulture));

    private static string Word(Enum name) =>
        SettingSchema.NamesOf(name.GetType()).First(entry => entry.Value.Equals(name)).Key;

    private static Report Describe(LabelDefinition? label) => label is null ? new Report() : new Report()
        .Text("quantity", "quantity", label.Quantity)
        .Number("strain", "strain", label.Strain)
        .Number("step", "strain step", label.Step)
        .Text("lateral", "lateral lengths", label.Lateral)
        .Texts("modes", "modes", label.Modes)
        .Number("d2min_cutoff_A", "D2min cutoff", label.D2MinCutoff, "Å")
        .Text("d2min_normalization", "D2min normalization", label.D2MinNormalization);

    private static Report Describe(ModelProvenance? provenance) => provenance is null ? new Report() : new Report()
        .Text("program", "program", provenance.Program)
        .Text("numerics", "numerics of the training", provenance.Numerics)
        .Text("label_numerics", "numerics of the labels", provenance.LabelNumerics)
        .Text("split", "split", provenance.Split)
        .Text("seed", "seed", provenance.Seed?.ToString(CultureInfo.InvariantCulture))
        .Map("metrics", "score", provenance.Metrics, "", "G5")
        .Texts("files", "files", provenance.Files.Select(file => $"{file.Part}: {file.Name}"))
        .Text("notes", "notes", provenance.Notes);
}
