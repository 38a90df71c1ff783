using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Graphs;
using Glasswright.Models.Inference;
using Glasswright.Models.Inference.Devices;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Commands;

/// <summary><c>predict</c>: a model's value of every atom.</summary>
internal sealed class PredictVerb : Verb
{
    private static readonly double[] Levels = [0.10, 0.25, 0.50, 0.75, 0.90];

    private readonly Option<string> _structure = Options.Structure();
    private readonly Option<string> _model = Options.Models();
    private readonly Option<string> _species = Options.Species();
    private readonly Option<string> _potential = Options.Value(
        "--potential", "FILE", "The potential that relaxed the structure, to be compared with the model's.");

    private readonly Option<string> _out = Options.Out("Value of every atom: .csv (id,value) or .extxyz; of an ensemble its spread too.");
    private readonly Option<bool> _jitter = new("--jitter")
    {
        Description = "Also tell the largest change of a value when every coordinate moves by up to 1e-4 Å.",
    };

    private readonly Option<string> _backend = Options.Backend();
    private readonly Option<string> _device = Options.Device();
    private readonly Option<string> _threads = Options.Threads();

    /// <summary>Describes the verb.</summary>
    public PredictVerb()
        : base("predict", "Predict the property of every atom with a trained model.") =>
        Take(_structure, _model, _species, _potential, _out, _jitter, _backend, _device, _threads);

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        string structurePath = arguments.Required(_structure), modelPath = arguments.Required(_model);
        string? path = arguments.Text(_out);
        var backend = Backend.Read(arguments, _backend, _threads, _device);
        if (path is not null)
        {
            OutputFile.RequireWritable(path, ".csv", ".extxyz");
        }

        IReadOnlyList<PropertyModel> models = ModelList.Read(modelPath);
        PropertyModel model = models[0];
        if (models.Count > 1 && (backend.IsReference || backend.Device is not null || arguments.Has(_jitter)))
        {
            throw new InputException(
                $"{(backend.IsReference ? "--backend reference" : backend.Device is not null ? "--backend opencl" : "--jitter")} is for one model", expected: "one file after --model",
                found: FormattableString.Invariant($"{models.Count} models"));
        }

        AtomicStructure structure = StructureFile.Read(structurePath, arguments.Names(_species)).Structure;
        Located.In(structurePath, () => model.RequireSpecies(structure));
        ModelUse.WarnOfQuantity(session, model);
        if (arguments.Text(_potential) is { } potential)
        {
            ModelUse.WarnOfPotential(session, model, SetflFile.Read(potential).Sha256, potential);
        }

        var values = new double[structure.Count];
        if (models.Count > 1)
        {
            return PredictByEnsemble(models, structure, structurePath, values, path, session);
        }

        using var engine = new InferenceEngine(model);
        Located.In(structurePath, () => engine.Predict(structure, values));
        long start = Stopwatch.GetTimestamp();
        if (backend.IsReference)
        {
            PredictByReference(model, engine, values);
        }
        else if (backend.Device is not null)
        {
            start = PredictOnDevice(backend.Device, model, engine.Graph, values);
        }
        else
        {
            engine.Predict(engine.Graph, values);
        }

        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (path is not null)
        {
            Write(path, structure, values, null);
        }

        Report report = Summarize(values, elapsed);
        if (arguments.Has(_jitter))
        {
            JitterSensitivity jitter = JitterSensitivity.Measure(engine, structure);
            report.Number("jitter_change", "largest change under ±1e-4 Å", jitter.LargestChange, "", "G3");
        }

        session.Print(report);
        return 0;
    }

    /// <summary>Predicts twice, since the first time a device takes what it needs; when the second began.</summary>
    private static long PredictOnDevice(ComputeDevice device, PropertyModel model, NeighborGraph graph, double[] values)
    {
        using var queue = new DeviceQueue(device);
        using var inference = new OpenClInference(queue, model.Parameters);
        inference.Predict(graph, values);
        long start = Stopwatch.GetTimestamp();
        inference.Predict(graph, values);
        return start;
    }

    private static int PredictByEnsemble(
        IReadOnlyList<PropertyModel> models, AtomicStructure structure, string structurePath, double[] values, string? path, Session session)
    {
        var spreads = new double[values.Length];
        using var ensemble = new ModelEnsemble(models);
        Located.In(structurePath, () => ensemble.Predict(structure, values, spreads));
        long start = Stopwatch.GetTimestamp();
        ensemble.Predict(structure, values, spreads);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (path is not null)
        {
            Write(path, structure, values, spreads);
        }

        double sum = 0, largest = 0;
        foreach (double spread in spreads)
        {
            sum += spread;
            largest = Math.Max(largest, spread);
        }

        session.Print(Summarize(values, elapsed)
            .Whole("models", "models of the ensemble", models.Count)
            .Number("spread_mean", "mean spread of an atom", sum / values.Length, "", "F6")
            .Number("spread_max", "largest spread", largest, "", "F6"));
        return 0;
    }

    private static void PredictByReference(PropertyModel model, InferenceEngine engine, double[] values)
    {
        double[] outputs = new ReferenceNetwork(model.Parameters).Evaluate(engine.Graph);
        TargetNormalization target = model.Architecture.Target;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = target.Mean + (target.Std * outputs[i]);
        }
    }

    private static Report Summarize(double[] values, double elapsed)
    {
        double sum = 0, largest = double.NegativeInfinity;
        foreach (double value in values)
        {
            sum += value;
            largest = Math.Max(largest, value);
        }

        var quantiles = new double[Levels.Length];
        Quantiles.Of([.. values], Levels, quantiles);
        return new Report()
            .Whole("atoms", "atoms", values.Length)
            .Number("mean", "mean", sum / values.Length, "", "F6")
            .Number("max", "maximum", largest, "", "F6")
            .Map(
                "quantiles", "quantile",
                Levels.Select((q, k) => KeyValuePair.Create(q.ToString("0.00", CultureInfo.InvariantCulture), quantiles[k])), "", "F6")
            .Number("elapsed_s", "one pass", elapsed, "s", "G4");
    }

    private static void Write(string path, AtomicStructure structure, double[] values, double[]? spreads)
    {
        if (Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
        {
            AtomicFile.Write(path, stream =>
            {
                using var csv = new CsvWriter(stream);
                csv.Header(spreads is null ? ["id", "value"] : ["id", "value", "spread"]);
                for (int i = 0; i < values.Length; i++)
                {
                    CsvWriter row = csv.Cell(structure.Ids[i]).Cell(values[i]);
                    (spreads is null ? row : row.Cell(spreads[i])).EndRow();
                }
            });
            return;
        }

        var frame = new StructureFrame(structure);
        frame.Columns["value"] = values;
        if (spreads is not null)
        {
            frame.Columns["spread"] = spreads;
        }

        StructureFile.Write(path, frame);
    }
}
