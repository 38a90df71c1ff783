using System.CommandLine;
using System.Globalization;
using Glasswright.Host.Configuration;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Inference;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Commands;

/// <summary><c>evaluate</c>: a model's predictions against true labels.</summary>
internal sealed class EvaluateVerb : Verb
{
    /// <summary>The class behind <c>auc</c> and <c>average_precision</c>: the softest tenth of the atoms.</summary>
    private const double HeadlineFraction = 0.10;

    private readonly Option<string> _model = Options.Models();
    private readonly Option<string[]> _structures = Many("--structure", "Structures, one or several.");
    private readonly Option<string[]> _labels = Many("--labels", "Their label files, in the same order.");
    private readonly Option<string> _species = Options.Species();
    private readonly Option<string> _target = Options.Value(
        "--target", "COLUMN", "Take the true values from this column of the structures' files instead of label files.");

    private readonly Option<bool> _anyLateral = new("--any-lateral")
    {
        Description = "Take labels of another lateral condition than the model's, knowingly; the result tells which.",
    };

    private readonly Option<string> _suite = Options.Value(
        "--suite", "CONFIG", "Train and judge ensembles over strains, transfer sets and scans as the group suite says; needs --out, goes on where it was stopped.");

    private readonly Option<string> _out = Options.Out("With --suite: the folder of split, models and tables.");
    private readonly Option<string> _threads = Options.Threads();
    private readonly Option<string> _seed = Options.Value("--seed", "N", "With --suite: key of the random numbers, in place of train.seed.");
    private readonly Option<string[]> _define = Options.Define("suite.ensemble=3");
    private readonly Option<bool> _estimate = Options.Estimate();

    /// <summary>Describes the verb.</summary>
    public EvaluateVerb()
        : base("evaluate", "Judge a model on labeled structures: Pearson, error, ranking of the softest and hardest atoms.") =>
        Take(_model, _structures, _labels, _species, _target, _anyLateral, _suite, _out, _threads, _seed, _define, _estimate);

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        if (arguments.Text(_suite) is { } suite)
        {
            return Suite(suite, arguments, session);
        }

        foreach (Option option in new Option[] { _out, _threads, _seed, _define, _estimate }.Where(arguments.IsGiven))
        {
            session.Warn($"evaluate makes no use of {option.Name} without --suite");
        }

        if (arguments.Has(_anyLateral) && arguments.IsGiven(_target))
        {
            session.Warn("evaluate makes no use of --any-lateral with --target");
        }

        IReadOnlyList<PropertyModel> models = ModelList.Read(arguments.Required(_model));
        List<LabeledGlass> glasses = Read(arguments, models[0], session);
        ModelUse.WarnOfSeen(session, models, Files(arguments, _structures));
        string[] species = [.. models[0].Architecture.Species];
        Report report = Summarize(Score(models, glasses, species)).Whole("structures", "structures", glasses.Count);
        if (!arguments.IsGiven(_target))
        {
            report
                .Number("reliability", "split-half reliability of the labels", GlassReliability.Mean([.. Files(arguments, _labels)], StrainOf(models[0])), "", "F4")
                .Text("lateral", arguments.Has(_anyLateral) ? "lateral condition of the labels" : null, glasses[0].Meaning.Lateral);
        }

        if (models.Count > 1)
        {
            report.Whole("models", "models of the ensemble", models.Count);
        }

        session.Print(report);
        return 0;
    }

    private int Suite(string file, Arguments arguments, Session session)
    {
        CancellationToken stop = arguments.Has(_estimate) ? CancellationToken.None : session.Stop;
        foreach (Option option in new Option[] { _model, _structures, _labels, _species, _target, _anyLateral }.Where(arguments.IsGiven))
        {
            throw new InputException($"{option.Name} has no place beside --suite", expected: "models, glasses and labels in the configuration");
        }

        List<string> defines = [.. arguments.Repeated(_define)];
        if (arguments.Seed(_seed) is { } seed)
        {
            defines.Add(FormattableString.Invariant($"train.seed={seed}"));
        }

        int threads = (int)(arguments.Whole(_threads, 1, 4096)
            ?? ConfigurationReader.Resolve(file, defines).Settings.Threads ?? Environment.ProcessorCount);
        using var team = new ThreadTeam(threads);
        var plan = new SuitePlan(file, defines);
        if (arguments.Has(_estimate))
        {
            session.Print(SuiteEstimate.Measure(plan, arguments.Required(_out), team));
            return 0;
        }

        return session.Measure(
            Command.Name, plan.Configuration.Settings.Telemetry, () => SuiteRun.Execute(plan, arguments.Required(_out), session, team, stop));
    }

    /// <summary>Scores over the atoms of all glasses together, then by species.</summary>
    internal static IReadOnlyList<GroupScores> Score(
        IReadOnlyList<PropertyModel> models, IReadOnlyList<LabeledGlass> glasses, string[] speciesNames)
    {
        var labels = new List<double>();
        var predictions = new List<double>();
        var valid = new List<bool>();
        var species = new List<int>();
        PropertyModel model = models[0];
        using var ensemble = new ModelEnsemble(models);
        foreach (LabeledGlass glass in glasses)
        {
            int[] map = model.RequireSpecies(glass.Structure);
            var values = new double[glass.Structure.Count];
            ensemble.Predict(glass.Structure, values);
            labels.AddRange(glass.Values);
            predictions.AddRange(values);
            valid.AddRange(glass.Valid);
            species.AddRange(glass.Structure.Species.Select(s => map[s]));
        }

        IReadOnlyList<GroupScores> scores =
            ModelEvaluation.Evaluate([.. labels], [.. predictions], [.. valid], [.. species], speciesNames);

        // Log-odds are no estimate of the label, so their distance from it says nothing.
        return model.Architecture.ClassLevels is null
            ? scores
            : [.. scores.Select(group => group with { MeanAbsoluteError = double.NaN })];
    }

    private static Option<string[]> Many(string name, string description) => new(name)
    {
        HelpName = "FILE …",
        Description = description,
        AllowMultipleArgumentsPerToken = true,
    };

    private static Report Summarize(IReadOnlyList<GroupScores> groups)
    {
        Report report = Describe(groups[0]);
        var bySpecies = new Report();
        foreach (GroupScores group in groups.Skip(1))
        {
            bySpecies.Group(group.Group, group.Group, Describe(group));
        }

        return report.Group("species", "by species", bySpecies);
    }

    private static Report Describe(GroupScores scores)
    {
        RankingScore softest = scores.Softest[HeadlineFraction];
        return new Report()
            .Whole("atoms", "atoms with a valid label", scores.Atoms)
            .Number("pearson", "Pearson", scores.Pearson, "", "F4")
            .Number("mae", "mean absolute error", scores.MeanAbsoluteError, "", "F4")
            .Number("auc", "AUC of the softest 10 %", softest.Auc, "", "F4")
            .Number("average_precision", "average precision of them", softest.AveragePrecision, "", "F4")
            .Group("softest", null, Fractions(scores.Softest))
            .Group("hardest", null, Fractions(scores.Hardest));
    }

    private static Report Fractions(IReadOnlyDictionary<double, RankingScore> scores)
    {
        var report = new Report();
        foreach ((double fraction, RankingScore score) in scores.OrderBy(entry => entry.Key))
        {
            report.Group(fraction.ToString(CultureInfo.InvariantCulture), null, new Report()
                .Whole("positives", null, score.Positives)
                .Number("auc", null, score.Auc)
                .Number("average_precision", null, score.AveragePrecision)
                .Number("precision", null, score.Precision)
                .Number("recall", null, score.Recall)
                .Number("f1", null, score.F1)
                .Number("mcc", null, score.Mcc));
        }

        return report;
    }

    private List<LabeledGlass> Read(Arguments arguments, PropertyModel model, Session session)
    {
        IReadOnlyList<string> structures = Files(arguments, _structures), labels = Files(arguments, _labels);
        string? target = arguments.Text(_target);
        if (structures.Count == 0)
        {
            throw new InputException("--structure is not given", expected: "--structure FILE …");
        }

        if (target is null && labels.Count != structures.Count)
        {
            throw new InputException(
                "structures and labels differ in number",
                expected: FormattableString.Invariant($"{structures.Count} files after --labels, in the order of --structure"),
                found: FormattableString.Invariant($"{labels.Count}"));
        }

        var glasses = new List<LabeledGlass>();
        for (int k = 0; k < structures.Count; k++)
        {
            LabeledGlass glass = target is null
                ? LabeledGlass.Read(structures[k], labels[k], StrainOf(model), arguments.Names(_species))
                : LabeledGlass.ReadColumn(structures[k], target, arguments.Names(_species));
            if (target is null && model.Label is { } meaning)
            {
                LabelMeaning.RequireComparable(
                    arguments.Has(_anyLateral) ? meaning with { Lateral = glass.Meaning.Lateral } : meaning, glass.Meaning, labels[k]);

                // One number over two conditions would mean nothing.
                LabelMeaning.RequireComparable(glasses.FirstOrDefault()?.Meaning ?? glass.Meaning, glass.Meaning, labels[k]);
                ModelUse.WarnOfPotential(session, model, glass.PotentialSha256, $"that of {labels[k]}");
            }

            Located.In(structures[k], () => model.RequireSpecies(glass.Structure));
            glasses.Add(glass);
        }

        if (target is not null)
        {
            ModelUse.WarnOfQuantity(session, model, target);
        }
        else
        {
            ModelUse.WarnOfLabels(session, model, labels.Zip(glasses));
        }

        return glasses;
    }

    /// <summary>Files after a flag, also as one list with commas.</summary>
    private static IReadOnlyList<string> Files(Arguments arguments, Option<string[]> option) =>
        [.. arguments.Repeated(option).SelectMany(text => File.Exists(text) ? [text] : text.Split(','))];

    private static double StrainOf(PropertyModel model) => model.Label?.Strain ?? throw new InputException(
        "the model does not tell the strain of its labels", model.File, expected: "a model trained on labels, or --target COLUMN");
}
