using System.Diagnostics;
using System.Globalization;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Models.Training;

namespace Glasswright.Host.Commands;

/// <summary>
/// <c>evaluate --suite</c>: an ensemble for every strain and for every value of a scan, judged on the test glasses and on those of the
/// transfer sets. Models that are there are not trained again, so the same command goes on where it was stopped; what it writes beside the
/// times is a function of configuration and data.
/// </summary>
internal sealed class SuiteRun
{
    private readonly string _file;
    private readonly IReadOnlyList<string> _defines;
    private readonly Session _session;
    private readonly ThreadTeam _team;
    private readonly CancellationToken _stop;
    private readonly ResolvedConfiguration _configuration;
    private readonly SuiteSettings _suite;
    private readonly SuiteFolder _folder;
    private readonly Cell[] _cells;
    private readonly List<SuiteRow> _rows = [];
    private int _trained;

    private SuiteRun(string file, IReadOnlyList<string> defines, string path, Session session, ThreadTeam team, CancellationToken stop)
    {
        (_file, _defines, _session, _team, _stop) = (file, defines, session, team, stop);
        _configuration = ConfigurationReader.Resolve(file, defines);
        _suite = _configuration.Settings.Suite;
        if (_configuration.Settings.Train.Split.Test.Count == 0)
        {
            throw _configuration.Fault("train.split.test", "names no glass", "glasses to judge the models by");
        }

        foreach (GlassSettings glass in _suite.Transfer.SelectMany(set => set.Glasses))
        {
            _ = glass.Labels ?? throw _configuration.Fault("suite.transfer", $"has no labels for {glass.Name}", "labels for every glass");
        }

        // All that can be refused is refused before anything is written.
        _cells = [.. Cells()];
        foreach (GlassSettings glass in Used(_configuration.Settings).Where(glass => glass.Labels is not null))
        {
            IReadOnlyList<double> strains = LabelFile.ReadHeader(glass.Labels!).Definition.Strains;
            foreach (Cell cell in _cells.Where(cell => !strains.Any(strain => Math.Abs(strain - cell.Strain) <= 1e-9)))
            {
                throw new InputException(
                    $"the labels of {glass.Name} do not hold this strain", glass.Labels,
                    expected: cell.Strain.ToString(CultureInfo.InvariantCulture),
                    found: string.Join(", ", strains.Select(strain => strain.ToString(CultureInfo.InvariantCulture))));
            }
        }

        _folder = SuiteFolder.Open(path, _configuration);
    }

    /// <summary>What a cell trains: settings beside the configuration's, and its place in the table.</summary>
    /// <param name="Name">Of its models' files.</param>
    /// <param name="Section">Of its rows.</param>
    /// <param name="Strain">Of its labels.</param>
    /// <param name="Variant">What differs, for people.</param>
    /// <param name="Defines">What differs, as -D takes it.</param>
    private sealed record Cell(string Name, string Section, double Strain, string Variant, string[] Defines);

    /// <summary>Runs a suite to its end or until it is stopped.</summary>
    public static int Execute(
        string file, IReadOnlyList<string> defines, string path, Session session, ThreadTeam team, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        var run = new SuiteRun(file, defines, path, session, team, stop);
        bool stopped = !run.All();
        SuiteTable.WriteCsv(run._folder.Csv, run._rows);
        SuiteTable.WriteMarkdown(run._folder.Markdown, run._rows);
        SuiteRow[] strains = [.. run._rows.Where(row => row.Section == "strain")];
        string[] names = [.. strains.Select(row => row.Strain.ToString(CultureInfo.InvariantCulture))];
        session.Print(new Report()
            .Text("outcome", "outcome", stopped ? "stopped" : "finished")
            .Whole("rows", "rows", run._rows.Count)
            .Whole("trained", "models trained now", run._trained)
            .Map("pearson", "Pearson at strain", names.Zip(strains, (name, row) => KeyValuePair.Create(name, row.Scores.Pearson)), "", "F4")
            .Map(
                "pearson_over_sqrt_reliability", "over √reliability at strain",
                names.Zip(strains, (name, row) => KeyValuePair.Create(name, SuiteTable.Corrected(row))), "", "F4")
            .Text("csv", "all numbers", run._folder.Csv)
            .Text("table", "table", run._folder.Markdown)
            .Number("elapsed_s", "time", Stopwatch.GetElapsedTime(start).TotalSeconds, "s", "G4"));
        if (stopped)
        {
            session.Say("stopped; the same command goes on with the model that was under way");
        }

        return 0;
    }

    private bool All()
    {
        foreach (Cell cell in _cells)
        {
            ResolvedConfiguration configuration = ConfigurationReader.Resolve(
                _file, [.. _defines, .. cell.Defines, FormattableString.Invariant($"train.strain={cell.Strain}")]);
            var data = TrainingData.Read(configuration);
            Architecture architecture = configuration.Settings.Architecture.ToArchitecture().Validate(_file);
            TrainingSet set = data.ToSet(architecture);
            if (Train(cell, configuration, data, architecture, set) is not { } models)
            {
                return false;
            }

            Judge(cell, configuration.Settings, set, models);
        }

        return true;
    }

    private IEnumerable<Cell> Cells()
    {
        TrainSettings train = _configuration.Settings.Train;
        IReadOnlyList<double> strains = _suite.Strains ?? CommonStrains();
        foreach (double strain in strains)
        {
            string text = strain.ToString(CultureInfo.InvariantCulture);
            yield return new Cell($"strain-{text}", "strain", strain, "", []);
        }

        ScanSettings scan = _suite.Scan;
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
            IEnumerable<int> embedding = [.. _configuration.Settings.Architecture.Embedding.SkipLast(1), width];
            yield return Scan(
                "node-width", width, FormattableString.Invariant($"architecture.node-width={width}"),
                $"architecture.embedding=[{string.Join(',', embedding)}]");
        }

        foreach (int count in scan.TrainingGlasses)
        {
            if (count > train.Split.Train.Count)
            {
                throw _configuration.Fault(
                    "suite.scan.training-glasses", "asks for more glasses than there are",
                    $"at most {train.Split.Train.Count}, the length of train.split.train", $"{count}");
            }

            yield return Scan(
                "training-glasses", count,
                $"train.split.train=[{string.Join(',', train.Split.Train.Take(count).Select(name => $"\"{name}\""))}]");
        }

        Cell Scan(string name, IFormattable value, params string[] defines)
        {
            string text = value.ToString(null, CultureInfo.InvariantCulture);
            return new Cell($"{name}-{text}", "scan", train.Strain, $"{name} = {text}", defines);
        }
    }

    private double[] CommonStrains()
    {
        IEnumerable<double>? common = null;
        foreach (GlassSettings glass in Used(_configuration.Settings))
        {
            string labels = glass.Labels ?? throw _configuration.Fault(
                "suite.strains", $"cannot be found without labels for {glass.Name}", "label files for every glass, or strains");
            IReadOnlyList<double> here = LabelFile.ReadHeader(labels).Definition.Strains;
            common = common is null ? here : common.Where(strain => here.Any(other => Math.Abs(other - strain) <= 1e-9));
        }

        double[] strains = [.. common ?? []];
        return strains.Length > 0 ? strains : throw _configuration.Fault("suite.strains", "finds no strain that all labels hold", "labels of the same strains");
    }

    private static IEnumerable<GlassSettings> Used(ExperimentSettings settings)
    {
        SplitSettings split = settings.Train.Split;
        HashSet<string> names = [.. split.Train, .. split.Validation, .. split.Test];
        return settings.Train.Data.Where(glass => names.Contains(glass.Name)).Concat(settings.Suite.Transfer.SelectMany(set => set.Glasses));
    }

    private List<PropertyModel>? Train(
        Cell cell, ResolvedConfiguration configuration, TrainingData data, Architecture architecture, TrainingSet set)
    {
        TrainingSettings training = TrainVerb.Translate(configuration.Settings.Train);
        var models = new List<PropertyModel>();
        string path = _folder.Models(cell.Name);
        for (int member = 1; member <= _suite.Ensemble; member++)
        {
            bool alone = _suite.Ensemble == 1;
            string file = EnsembleTraining.PathOf(path, member);
            DateTime before = File.Exists(file) ? File.GetLastWriteTimeUtc(file) : default;
            _session.Say($"{cell.Section} {(cell.Variant.Length > 0 ? cell.Variant : FormattableString.Invariant($"{cell.Strain}"))}: {Path.GetFileName(file)}");
            long start = Stopwatch.GetTimestamp();
            PropertyModel? model = EnsembleTraining.Member(
                training, architecture, data, set, _team, path, member, _suite.Ensemble, _session, _stop, bagged: !alone);
            if (model is null)
            {
                return null;
            }

            if (File.GetLastWriteTimeUtc(file) != before)
            {
                _folder.Add(model, Stopwatch.GetElapsedTime(start).TotalSeconds);
                _trained++;
            }

            models.Add(model);
        }

        return models;
    }

    private void Judge(Cell cell, ExperimentSettings settings, TrainingSet set, List<PropertyModel> models)
    {
        IReadOnlyList<GlassSample> training = set.Part(DataPart.Training);
        TrainSettings train = settings.Train;
        GlassSettings[] test = [.. train.Split.Test.Select(name => train.Data.First(glass => glass.Name == name))];
        SuiteRow row = Row(cell.Section, "test", test);
        _rows.Add(row);
        if (cell.Section != "strain")
        {
            return;
        }

        foreach ((string name, IReadOnlyDictionary<double, RankingScore> scores) in
            new[] { ("softest", row.Scores.Softest), ("hardest", row.Scores.Hardest) })
        {
            _rows.AddRange(scores.OrderBy(entry => entry.Key).Select(
                entry => row with { Section = "class", Extreme = name, Fraction = entry.Key, Class = entry.Value }));
        }

        foreach (TransferSettings other in _suite.Transfer)
        {
            _rows.Add(Row("transfer", other.Name, [.. other.Glasses]));
        }

        SuiteRow Row(string section, string name, GlassSettings[] glasses)
        {
            Judgment judgment = Predict(models, glasses, cell.Strain, train, settings.Species);
            return new SuiteRow
            {
                Section = section,
                Set = name,
                Strain = cell.Strain,
                Variant = cell.Variant,
                Models = models.Count,
                TrainingGlasses = training.Count,
                TrainingAtoms = training.Aggregate(0L, (sum, glass) => sum + glass.ValidCount),
                Parameters = models[0].Parameters.Layout.TrainableCount,
                Glasses = glasses.Length,
                Scores = judgment.Scores,
                Interval = GlassBootstrap.Pearson(judgment.Glasses, _suite.Bootstrap, train.Seed),
                Reliability = GlassReliability.Mean([.. glasses.Select(glass => glass.Labels)], cell.Strain),
                TrainingSeconds = _folder.SecondsOf(models),
                PredictionSeconds = judgment.SecondsPerThousand,
            };
        }
    }

    private sealed record Judgment(GroupScores Scores, List<(double[] Predicted, double[] True)> Glasses, double SecondsPerThousand);

    private Judgment Predict(
        List<PropertyModel> models, GlassSettings[] glasses, double strain, TrainSettings train, IReadOnlyList<string>? names)
    {
        var pairs = new List<(double[] Predicted, double[] True)>();
        double least = double.PositiveInfinity;
        using var ensemble = new ModelEnsemble(models);
        foreach (GlassSettings settings in glasses)
        {
            LabeledGlass glass = settings.Labels is not null && train.Column is null
                ? LabeledGlass.Read(settings.Structure, settings.Labels, strain, names)
                : LabeledGlass.ReadColumn(settings.Structure, train.Column ?? FormattableString.Invariant($"ln_d2min_{strain}"), names);
            if (models[0].Label is { } meaning)
            {
                LabelMeaning.RequireComparable(meaning, glass.Meaning, settings.Labels ?? settings.Structure);
            }

            var values = new double[glass.Structure.Count];
            for (int pass = 0; pass < 3; pass++)
            {
                long start = Stopwatch.GetTimestamp();
                Located.In(settings.Structure, () => ensemble.Predict(glass.Structure, values));
                least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds * 1000 / values.Length / models.Count);
            }

            int[] valid = [.. Enumerable.Range(0, values.Length).Where(i => glass.Valid[i])];
            pairs.Add(([.. valid.Select(i => values[i])], [.. valid.Select(i => glass.Values[i])]));
        }

        double[] predicted = [.. pairs.SelectMany(pair => pair.Predicted)], truth = [.. pairs.SelectMany(pair => pair.True)];
        GroupScores scores = ModelEvaluation.Evaluate(
            truth, predicted, Enumerable.Repeat(true, truth.Length).ToArray(), new int[truth.Length], [], _suite.Fractions)[0];
        return new Judgment(scores, pairs, least);
    }
}
