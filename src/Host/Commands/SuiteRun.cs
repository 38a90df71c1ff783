using System.Diagnostics;
using System.Globalization;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
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
    private readonly SuitePlan _plan;
    private readonly Session _session;
    private readonly ThreadTeam _team;
    private readonly CancellationToken _stop;
    private readonly SuiteFolder _folder;
    private readonly List<SuiteRow> _rows = [];
    private int _trained;

    private SuiteRun(SuitePlan plan, string path, Session session, ThreadTeam team, CancellationToken stop)
    {
        (_plan, _session, _team, _stop) = (plan, session, team, stop);
        _folder = SuiteFolder.Open(path, plan.Configuration);
    }

    /// <summary>Runs a suite to its end or until it is stopped.</summary>
    public static int Execute(SuitePlan plan, string path, Session session, ThreadTeam team, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        var run = new SuiteRun(plan, path, session, team, stop);
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
        foreach (SuiteCell cell in _plan.Cells)
        {
            (ResolvedConfiguration configuration, TrainingData data, Architecture architecture) = _plan.Read(cell);
            TrainingSet set = data.ToSet(architecture);
            if (Train(cell, configuration, data, architecture, set) is not { } models)
            {
                return false;
            }

            Judge(cell, configuration.Settings, set, models);
        }

        return true;
    }

    private List<PropertyModel>? Train(
        SuiteCell cell, ResolvedConfiguration configuration, TrainingData data, Architecture architecture, TrainingSet set)
    {
        TrainingSettings training = TrainVerb.Translate(configuration.Settings.Train);
        var models = new List<PropertyModel>();
        string path = _folder.Models(cell.Name);
        for (int member = 1; member <= _plan.Suite.Ensemble; member++)
        {
            bool alone = _plan.Suite.Ensemble == 1;
            string file = EnsembleTraining.PathOf(path, member);
            DateTime before = File.Exists(file) ? File.GetLastWriteTimeUtc(file) : default;
            _session.Say($"{cell.Section} {(cell.Variant.Length > 0 ? cell.Variant : FormattableString.Invariant($"{cell.Strain}"))}: {Path.GetFileName(file)}");
            long start = Stopwatch.GetTimestamp();
            PropertyModel? model = EnsembleTraining.Member(
                training, architecture, data, set, _team, path, member, _plan.Suite.Ensemble, _session, _stop, bagged: !alone);
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

    private void Judge(SuiteCell cell, ExperimentSettings settings, TrainingSet set, List<PropertyModel> models)
    {
        IReadOnlyList<GlassSample> training = set.Part(DataPart.Training);
        TrainSettings train = settings.Train;
        GlassSettings[] test = [.. train.Split.Test.Select(name => train.Data.First(glass => glass.Name == name))];
        SuiteRow row = Row(cell.Section, "test", test);
        if (cell.Extreme is { } extreme)
        {
            row = row with
            {
                Extreme = extreme,
                Fraction = cell.Fraction,
                Class = (extreme == SuiteCell.Softest ? row.Scores.Softest : row.Scores.Hardest)[cell.Fraction],
            };
        }

        _rows.Add(row);
        if (cell.Section != "strain")
        {
            return;
        }

        foreach ((string name, IReadOnlyDictionary<double, RankingScore> scores) in
            new[] { (SuiteCell.Softest, row.Scores.Softest), (SuiteCell.Hardest, row.Scores.Hardest) })
        {
            _rows.AddRange(scores.OrderBy(entry => entry.Key).Select(
                entry => row with { Section = "class", Extreme = name, Fraction = entry.Key, Class = entry.Value }));
        }

        foreach (TransferSettings other in _plan.Suite.Transfer)
        {
            _rows.Add(Row("transfer", other.Name, [.. other.Glasses]));
        }

        SuiteRow Row(string section, string name, GlassSettings[] glasses)
        {
            Judgment judgment = Predict(models, glasses, cell, train, settings.Species);
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
                Interval = GlassBootstrap.Pearson(judgment.Glasses, _plan.Suite.Bootstrap, train.Seed),
                Reliability = GlassReliability.Mean([.. glasses.Select(glass => glass.Labels)], cell.Strain),
                TrainingSeconds = _folder.SecondsOf(models),
                PredictionSeconds = judgment.SecondsPerThousand,
            };
        }
    }

    private sealed record Judgment(GroupScores Scores, List<(double[] Predicted, double[] True)> Glasses, double SecondsPerThousand);

    private Judgment Predict(
        List<PropertyModel> models, GlassSettings[] glasses, SuiteCell cell, TrainSettings train, IReadOnlyList<string>? names)
    {
        double strain = cell.Strain;
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
            truth, predicted, Enumerable.Repeat(true, truth.Length).ToArray(), new int[truth.Length], [],
            [.. _plan.Suite.Fractions.Union(cell.Extreme is null ? [] : [cell.Fraction])])[0];

        // Log-odds are no estimate of the label, so their distance from it says nothing.
        return new Judgment(models[0].Architecture.ClassLevels is null ? scores : scores with { MeanAbsoluteError = double.NaN }, pairs, least);
    }
}
