using System.Globalization;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Validation;
using Glasswright.Host.Commands;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Sharing;

/// <summary>
/// The paragraph of a methods section that a run's record supports, sentence by sentence, and the references that it needs. It says what
/// was done and with what; what came of it is for its author to say.
/// </summary>
internal sealed class MethodsParagraph
{
    private readonly RunFacts _facts;
    private readonly SearchSettings _settings;
    private readonly List<string> _sentences = [];
    private readonly List<Publication> _references = [];

    private MethodsParagraph(RunFacts facts)
    {
        _facts = facts;
        _settings = facts.Input.Settings;
    }

    /// <summary>The sentences.</summary>
    public string Text => string.Join(' ', _sentences);

    /// <summary>What they cite, in that order.</summary>
    public IReadOnlyList<Publication> References => _references;

    /// <summary>The usual citation of the potential; null if its hash is unknown.</summary>
    public Publication? Potential { get; private set; }

    /// <summary>Writes the paragraph of a run.</summary>
    public static MethodsParagraph Of(RunFacts facts)
    {
        var paragraph = new MethodsParagraph(facts);
        paragraph.TellProgramAndGlass();
        paragraph.TellPotential();
        paragraph.TellTrial();
        paragraph.TellDecider();
        paragraph.TellProperties();
        paragraph.TellLearning();
        paragraph.TellRule();
        paragraph.TellChains();
        paragraph.TellValidation();
        paragraph.TellRecord();
        return paragraph;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string Count(long number, string one) => Invariant($"{number} {one}{(number == 1 ? "" : "s")}");

    private string Cite(Publication publication)
    {
        if (!_references.Contains(publication))
        {
            _references.Add(publication);
        }

        return $"[{publication.Key}]";
    }

    private void Say(FormattableString sentence) => _sentences.Add(Invariant(sentence));

    private void TellProgramAndGlass()
    {
        AtomicStructure glass = _facts.Input.Glass.Structure;
        string[] parts =
        [
            .. glass.SpeciesNames.Select((name, k) => (Name: name, Count: glass.Species.Count(s => s == k)))
                .Where(species => species.Count > 0)
                .Select(species => Invariant($"{species.Name} {100.0 * species.Count / glass.Count:0.##} % ({species.Count})")),
        ];
        string kind = _settings.Proposal.Relax ? "swap Monte Carlo on inherent structures" : "swap Monte Carlo on instantaneous energies";
        Say($"The structure of a glass of {glass.Count} atoms ({string.Join(", ", parts)}) in a periodic cell was searched by {kind} {Cite(Library.Method)} with Glasswright {Cite(Library.Software(_facts.Version))}.");
    }

    private void TellPotential()
    {
        RunInput file = _facts.Potential;
        Potential = Library.OfPotential(file.Sha256, _facts.PotentialLine);
        string kind = Potential == Library.KobAndersen ? "Kob-Andersen Lennard-Jones potential, tabulated and smoothed at its cutoff" : "embedded-atom potential";
        string paper = Potential is null ? "" : " " + Cite(Potential);
        Say($"Interactions were those of the {kind}{paper} in the file {file.FileName} (SHA-256 {file.Sha256}; cutoff {_facts.Input.Glass.Tables.Cutoff} Å).");
    }

    private void TellTrial()
    {
        ProposalSettings proposal = _settings.Proposal;
        string draw = !_settings.Decider.GivesValues || proposal.BiasExponent == 0
            ? "drawn uniformly"
            : Invariant($"each drawn within its species with p ∝ exp({proposal.BiasExponent} z), z being {(_settings.Decider.Kind == DeciderKind.Aqs ? "its true label" : "the network's prediction")}");
        if (!proposal.Relax)
        {
            Say($"A trial exchanged the species of two atoms of different species, {draw}, or, in a share of {proposal.EffectiveDisplacementShare}, displaced one atom by up to {proposal.DisplacementStep} Å along each axis; nothing was relaxed.");
        }
        else
        {
            MinimizerSettings minimizer = _settings.Minimizer;
            string name = minimizer.Kind switch
            {
                MinimizerKind.ConjugateGradient => "conjugate gradient",
                MinimizerKind.LimitedMemory => $"L-BFGS {Cite(Library.LimitedMemory)}",
                _ => $"L-BFGS {Cite(Library.LimitedMemory)} preconditioned by the stiffness of near pairs {Cite(Library.Preconditioner)}",
            };
            Say($"Each trial exchanged the species of two atoms of different species, {draw}, and relaxed all atoms at fixed cell by {name} until the 2-norm of all force components was at most {minimizer.ForceTolerance} eV/Å, within {minimizer.MaxEvaluations} force evaluations.");
        }

        TellComposition();
        if (proposal.Hastings)
        {
            Say($"The acceptance was corrected for the asymmetry of the biased choice of pairs (Hastings).");
        }

        if (proposal.Reversible)
        {
            Say($"An accepted trial had to return to its origin when the exchange was undone and relaxed.");
        }
    }

    private void TellComposition()
    {
        if (_settings.Composition?.Term is not { } term)
        {
            return;
        }

        string figures = string.Join(", ", term.Figures.OrderBy(figure => figure.Key, StringComparer.Ordinal)
            .Select(figure => Invariant($"{figure.Key} {figure.Value}")));
        string cost = term.Kappa is { } kappa
            ? Invariant($"W = κ N Σ (N_A/N - c_A)² {Cite(Library.VarianceConstraint)} with κ = {kappa} eV and the shares c ({figures})")
            : $"W = -Σ μ_A N_A {Cite(Library.SemiGrand)} with chemical potentials μ in eV ({figures})";
        string place = _settings.Decider.Kind == DeciderKind.Energy ? "added to the energy" : "one more target";
        Say($"In a share of {_settings.Proposal.TransmutationShare} of the trials one atom, drawn uniformly, took another species, drawn uniformly, instead; the composition cost {cost}, {place}.");
    }

    private void TellDecider()
    {
        IReadOnlyList<PropertyModel> models = _facts.Input.Models;
        if (_settings.Decider is { Kind: DeciderKind.Aqs, Loading.Definition: { } loading })
        {
            Say($"Trials were judged by the true simulation, for every atom {Meaning(LabelMeaning.At(loading, loading.Strains[^1]))}.");
        }
        else if (_settings.Decider.Kind == DeciderKind.Random)
        {
            Say($"As a control, trials that converged were accepted by chance with a probability of {_settings.Decider.Acceptance}, whatever they did.");
        }
        else if (_settings.Decider.Kind == DeciderKind.Energy)
        {
            string temperature = _settings.Decider.Constant is null && _settings.Decider.Temperature is { } t ? Invariant($" at {t} K") : "";
            Say($"Trials were judged by the potential energy alone{temperature}.");
        }

        if (models.Count == 0)
        {
            return;
        }

        PropertyModel model = models[0];
        string use = _settings.Decider.Kind == DeciderKind.Gnn ? "Trials were judged by" : "The choice of pairs was biased by";
        if (models.Count > 1)
        {
            Say($"{use} an ensemble of {models.Count} graph attention networks (SHA-256 {string.Join(", ", models.Select(member => member.Sha256))}), z = mean + κ·spread of their predictions with κ = {_settings.Decider.Kappa}, that predict for every atom {Meaning(model.Label)}.");
            string[] scores = [.. models.Select(member => Score(member) is { } r ? Invariant($"{r:0.00}") : "not recorded")];
            ModelProvenance? first = model.Provenance;
            Say(first is null
                ? (FormattableString)$"Where the weights of its first member come from is not recorded in its file."
                : $"Its members were trained by {first.Program} on {Count(Learned(first), "file")} of glasses and labels, the first of them; their Pearson correlations on unseen glasses were {string.Join(", ", scores)}.");
            return;
        }

        Say($"{use} a graph attention network ({new ParameterLayout(model.Architecture).TrainableCount} parameters, neighbors within {model.Architecture.Cutoff} Å; SHA-256 {model.Sha256}) that predicts for every atom {Meaning(model.Label)}.");
        ModelProvenance? provenance = model.Provenance;
        if (provenance is null)
        {
            Say($"Where its weights come from is not recorded in its file.");
            return;
        }

        string score = Score(model) is { } pearson ? Invariant($"; its Pearson correlation on unseen glasses was {pearson:0.00}") : "";
        Say($"It was trained by {provenance.Program} on {Count(Learned(provenance), "file")} of glasses and labels{score}.");
    }

    private static int Learned(ModelProvenance provenance) => provenance.Files.Count(file => file.Part == "training");

    private static double? Score(PropertyModel model) =>
        model.Provenance is { } provenance && provenance.Metrics.TryGetValue("test/pearson", out double pearson) ? pearson : null;

    private void TellLearning()
    {
        if (_settings.Learning is not { } learning)
        {
            return;
        }

        string when = learning.LimitPearson is { } limit ? Invariant($" where their Pearson correlation with it was below {limit}") : "";
        string most = learning.AtMost is { } times ? Invariant($", {Count(times, "time")} at most") : "";
        int replayed = _facts.Input.Configuration.Settings.Search.Learn.Replay.Count;
        string replay = replayed > 0 ? Invariant($" and on those of {replayed} further {(replayed == 1 ? "glass" : "glasses")}") : "";
        int generation = LearningRecord.GenerationAfter(_facts.Learning);
        Say($"Every {learning.Every} trials the structures of all chains were labeled by athermal quasistatic loading, and the network was fine-tuned on all labels so far{replay}{when}{most} (Adam, {Count(learning.Epochs, "epoch")}, learning rate {learning.LearningRate}), and kept if the correlation did not fall.");
        Say($"In {Count(_facts.Learning.Count, "such decision")} the network was replaced {Count(generation, "time")}; the SHA-256 above {(generation == 0 ? "is in force to the end" : "is that of the first trials")}.");
    }

    private void TellValidation()
    {
        if (_facts.Validations.Count == 0)
        {
            return;
        }

        ValidationRecord[] compared = [.. _facts.Validations.Where(record => double.IsFinite(record.Pearson))];
        string range = compared.Length == 0 ? "" : Invariant($"; the Pearson correlation of prediction and label was {compared.Min(record => record.Pearson):0.00} to {compared.Max(record => record.Pearson):0.00}");
        Say($"{Count(_facts.Validations.Count, "accepted structure")} {(_facts.Validations.Count == 1 ? "was" : "were")} labeled by true simulation while the search went on{range}.");
    }

    private void TellProperties()
    {
        foreach ((PropertySettings property, IReadOnlyList<PropertyModel> models) in _settings.Decider.Properties.Zip(_facts.Input.PropertyModels))
        {
            string sums = string.Join(", ", models.Select(model => model.Sha256));
            string network = models.Count == 1
                ? $"a graph attention network (SHA-256 {sums})"
                : Invariant($"an ensemble of {models.Count} graph attention networks (SHA-256 {sums}; mean + κ·spread with κ = {property.Kappa})");
            TargetSet targets = _settings.TargetSet;
            string use = Enumerable.Range(0, targets.Count).Any(k => targets[k].Property == property.Name) ? "" : " and only reported";
            Say($"The property '{property.Name}' of every atom was predicted{use} by {network}: {Meaning(models[0].Label)}.");
        }
    }

    private string Meaning(LabelDefinition? label)
    {
        if (label is null)
        {
            return "a property that its file does not name";
        }

        if (label.Quantity != LabelDefinition.LogD2Min)
        {
            return $"the column '{label.Quantity}' of its training structures";
        }

        string neighbors = label.D2MinCutoff is { } cutoff ? Invariant($", neighbors within {cutoff} Å") : "";
        string step = label.Step is { } size ? Invariant($" in steps of {size}") : "";
        string lateral = label.Lateral is null ? "" : $", {label.Lateral} lateral lengths";
        return Invariant($"ln D²min {Cite(Library.FalkLanger)} at a strain of {label.Strain}, averaged over {Count(label.Modes.Count, "mode")} of athermal quasistatic loading{step}{lateral}{neighbors}");
    }

    private void TellRule()
    {
        if (_settings.Decider.Kind == DeciderKind.Random)
        {
            return;
        }

        TargetSet targets = _settings.TargetSet;
        var parts = new List<string>();
        for (int k = 0; k < targets.Count; k++)
        {
            string direction = targets[k].Direction switch
            {
                TargetDirection.Raise => "raised",
                TargetDirection.Toward => Invariant($"driven toward {targets[k].Goal}"),
                _ => "lowered",
            };
            double? constant = _facts.Calibration?.Constants[k] ?? targets[k].Constant;
            string c = constant is { } value ? Invariant($", C = {value:G4}{(targets[k].Kind is TargetKind.Energy or TargetKind.Composition ? " eV" : "")}") : "";
            parts.Add($"{Name(targets[k])} ({direction}{c})");
        }

        Say($"Trials were accepted with probability exp(-Σ_k max(0, ΔF_k)/C_k) over {(targets.Count == 1 ? "the target" : "the targets")} {string.Join(", ", parts)}.");
        if (_settings.EffectiveCalibration is { } calibrate && _facts.Calibration is { } found)
        {
            string others = found.Outcome == CalibrationOutcome.TooManyDownhill ? " of those that raise a target" : "";
            Say($"The constants were scaled by {found.Scale:G4} in common, found from {calibrate.Pilot} pilot trials for an acceptance of {100 * calibrate.Acceptance:0.###} %{others}; {100 * found.DownhillShare:0.#} % of the pilot trials raised no target.");
        }

        if (_settings.Screening.Mode == ScreeningMode.EarlyReject)
        {
            Say($"Trials that an estimate at a force of {_settings.Screening.ForceTolerance} eV/Å held to be hopeless were rejected there; a share of {_settings.Screening.AuditShare} of them was audited.");
        }
        else if (_settings.Screening.Mode == ScreeningMode.DelayedAcceptance)
        {
            Say($"Acceptance had two stages {Cite(Library.DelayedAcceptance)}, the first at a force of {_settings.Screening.ForceTolerance} eV/Å.");
        }
    }

    private static string Name(Target target) => target.Pattern is { } pattern ? $"{Name(target.Within(null))} over {pattern.Name}" : target.Kind switch
    {
        TargetKind.Maximum => $"maximum of {target.Property ?? "z"}",
        TargetKind.Mean => $"mean of {target.Property ?? "z"}",
        TargetKind.Quantile => Invariant($"{target.QuantileLevel:0.00##} quantile of {target.Property ?? "z"}"),
        TargetKind.Composition => "W of the composition",
        _ => target.CompositionTerm is null ? "energy" : "energy with W of the composition",
    };

    private void TellChains()
    {
        string state = _facts.State switch
        {
            RunState.Finished => "",
            RunState.Live => " so far",
            _ => " before the run ended early",
        };
        double share = _facts.Trials == 0 ? 0 : 100.0 * _facts.Accepted / _facts.Trials;
        Say($"{Count(_settings.Replicas, "chain")} of {_settings.Trials} trials (seed {_settings.Seed}) committed {Count(_facts.Trials, "trial")}{state}, of which {_facts.Accepted} ({share:0.##} %) were accepted.");
        string[] ends =
        [
            .. _settings.Stop.Accepted is { } accepted ? [Count(accepted, "acceptance")] : Array.Empty<string>(),
            .. _settings.Stop.MeanBelow is { } mean ? [Invariant($"a mean of z below {mean}")] : Array.Empty<string>(),
        ];
        if (ends.Length > 0)
        {
            Say($"A chain was to end earlier at {string.Join(" or ", ends)}.");
        }

        if (_settings.Tempering.Scales.Count > 1)
        {
            string warm = _settings.Tempering.WarmUpRounds > 0 ? Invariant($", the inner ones adapting in the first {_settings.Tempering.WarmUpRounds} rounds,") : "";
            Say($"Chains on neighboring rungs of constants C·({string.Join(", ", _settings.Tempering.Scales.Select(s => s.ToString(CultureInfo.InvariantCulture)))}){warm} exchanged them every {_settings.Tempering.Every} trials by deterministic alternation {Cite(Library.Tempering)}.");
        }
    }

    private void TellRecord()
    {
        string version = _facts.Version is null ? "a version that the store does not record" : $"version {_facts.Version.Replace("+", ", commit ", StringComparison.Ordinal)}";
        Say($"The run has the id {_facts.Run}; it was begun with {version}, numerics {string.Join(", then ", _facts.Numerics)}.");
    }
}
