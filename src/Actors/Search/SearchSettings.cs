using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Learning;
using Glasswright.Kernels;
using Glasswright.Kernels.Minimization;

namespace Glasswright.Actors.Search;

/// <summary>Everything that decides what a search does; paths and rendering are the caller's. Immutable.</summary>
internal sealed record SearchSettings
{
    /// <summary>The longest <see cref="CheckpointEvery"/>: what a timer can count.</summary>
    public static readonly TimeSpan LongestCheckpointInterval = TimeSpan.FromDays(49);

    /// <summary>Trials of each replica.</summary>
    public required long Trials { get; init; }

    /// <summary>The key of every random stream.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Number of samplers; null stands for one per core of the process's affinity mask.</summary>
    public int? Samplers { get; init; }

    /// <summary>Number of Markov chains, each with its own random numbers.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>What evaluates a trial.</summary>
    public DeciderSettings Decider { get; init; } = new();

    /// <summary>How a trial is made.</summary>
    public ProposalSettings Proposal { get; init; } = new();

    /// <summary>The targets; null stands for the paper's seven, and for the energy with the decider <c>energy</c>.</summary>
    public IReadOnlyList<Target>? Targets { get; init; }

    /// <summary>What the composition costs; null where it is fixed.</summary>
    public CompositionSettings? Composition { get; init; }

    /// <summary>Whether given C of mean and quantiles are per 16,000 atoms.</summary>
    public bool ScaleConstantsPerAtom { get; init; } = true;

    /// <summary>Pilot trials that set the constants; null takes them as written.</summary>
    public CalibrationSettings? Calibration { get; init; } = new();

    /// <summary>When a chain ends before its last trial.</summary>
    public StopSettings Stop { get; init; } = new();

    /// <summary>How a trial is relaxed.</summary>
    public MinimizerSettings Minimizer { get; init; } = new();

    /// <summary>Whether trials are judged while they relax.</summary>
    public ScreeningSettings Screening { get; init; } = new();

    /// <summary>The ladder of constants.</summary>
    public TemperingSettings Tempering { get; init; } = new();

    /// <summary>When and how the model is fine-tuned on the way; null for never.</summary>
    public LearningSettings? Learning { get; init; }

    /// <summary>When decisions about the model fall.</summary>
    public LearningPlan LearningPlan => new(Learning?.Every, Trials);

    /// <summary>The longest time between two writes of the store; a write is never an event of the chain.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Serializes and reloads the state after every commit; the answer is the same bytes.</summary>
    public bool RoundTripEveryCommit { get; init; }

    /// <summary>The samplers to start.</summary>
    public int SamplerCount => Samplers ?? Environment.ProcessorCount;

    /// <summary>
    /// The calibration in force: with <c>relax = off</c> there is none, since C = k_B·T is a physical temperature there, and chance has no
    /// constants.
    /// </summary>
    public CalibrationSettings? EffectiveCalibration => Proposal.Relax && Decider.Kind != DeciderKind.Random ? Calibration : null;

    /// <summary>
    /// The targets in force. A decider <c>energy</c> without targets has the energy, with C = k_B·T or as given; chance has the energy too,
    /// by which the best structure is told and nothing is decided. Where the composition may vary, the decider <c>energy</c> adds what it costs
    /// to the energy; any other has it as one more target, the last.
    /// </summary>
    public TargetSet TargetSet => Composition is { } composition ? new TargetSet(Vary(FixedTargets, composition), Decider.PropertyNames) : FixedTargets;

    private TargetSet FixedTargets
    {
        get
        {
            IEnumerable<Target> targets = Targets is { Count: > 0 }
                ? Targets.Select(WithEnergyConstant)
                : Decider.Kind switch
                {
                    DeciderKind.Energy => [Target.Energy(Decider.EnergyConstant)],
                    DeciderKind.Random => [Target.Energy(1)],
                    _ => TargetSet.PaperTargets,
                };
            return new TargetSet(targets, Decider.PropertyNames);
        }
    }

    /// <summary>Checks what no single setting can: combinations.</summary>
    /// <exception cref="InputException">Settings that contradict each other or ask for what this release does not have.</exception>
    public SearchSettings Validated()
    {
        Require(Trials >= 1, "search.trials", "at least 1", Trials);
        Require(Replicas >= 1, "replicas", "at least 1", Replicas);
        Require(Samplers is null or >= 1, "search.samplers", "auto or at least 1", Samplers);
        RequireTempering();
        Require(
            double.IsFinite(Proposal.BiasExponent) && Proposal.BiasExponent >= 0,
            "search.proposal.bias-exponent", "a number not below 0", Proposal.BiasExponent);
        Require(
            Calibration is null or { Acceptance: > 0 and < 1, Pilot: >= 2 },
            "search.calibrate", "an acceptance between 0 and 1 and at least 2 pilot trials", Calibration);
        Require(
            Stop.Accepted is null or >= 1, "search.stop.accepted", "none or at least 1", Stop.Accepted);
        Require(
            CheckpointEvery > TimeSpan.Zero && CheckpointEvery <= LongestCheckpointInterval,
            "search.checkpoint-every",
            FormattableString.Invariant($"more than 0 s and at most {LongestCheckpointInterval.TotalDays} d"),
            CheckpointEvery);
        RequireScreening();
        RequireDecider();
        RequireComposition();
        RequireLearning();
        TargetSet targets = TargetSet;
        if (Proposal.Relax)
        {
            Require(
                Proposal.DisplacementShare is null or 0,
                "search.proposal.displacement.fraction",
                "0 with relax = on: a displaced atom only falls back",
                Proposal.DisplacementShare);
            string? without = Enumerable.Range(0, targets.Count)
                .Select(k => targets[k]).FirstOrDefault(target => target.Constant is null)?.Name;
            Require(
                Calibration is not null || without is null,
                "search.calibrate",
                "C of every target where calibrate = off",
                $"the target {without} without one");
        }
        else
        {
            Require(
                Decider.Kind == DeciderKind.Energy && Decider.Models.Count == 0 && Decider.Properties.Count == 0,
                "search.proposal.relax",
                "decider.kind = energy without a model or properties where relax = off (Eq. 6)",
                Decider.Kind);
            Require(
                Enumerable.Range(0, targets.Count).All(k => targets[k].Constant is not null),
                "search.decider", "a temperature (K) or C (eV) where relax = off", "none");
            Require(
                !Proposal.Hastings && !Proposal.Reversible,
                "search.proposal", "hastings = off and reversible = off where relax = off: its moves are symmetric", "on");
            Require(
                Proposal.EffectiveDisplacementShare is >= 0 and <= 1,
                "search.proposal.displacement.fraction", "a share between 0 and 1", Proposal.DisplacementShare);
            Require(
                Proposal.EffectiveDisplacementShare + Proposal.TransmutationShare <= 1,
                "search.proposal.displacement.fraction", "at most 1 together with search.proposal.transmutation.fraction", Proposal.DisplacementShare);
            Require(
                Proposal.DisplacementStep is > 0 and <= ProposalSettings.LongestDisplacementStep,
                "search.proposal.displacement.step",
                FormattableString.Invariant($"a length of at most {ProposalSettings.LongestDisplacementStep} Å"),
                Proposal.DisplacementStep);
            Require(
                Proposal.RecomputeEvery >= 1, "search.proposal.recompute-every", "at least 1", Proposal.RecomputeEvery);
        }

        bool hasValues = Decider.GivesValues;
        Require(
            hasValues || !targets.NeedsValues,
            "search.targets", "targets of the energy or of named properties only, or a model", "targets of z without a model");
        Require(
            hasValues || Stop.MeanBelow is null, "search.stop.mean-below", "none without a model", Stop.MeanBelow);
        return this;
    }

    private void RequireDecider()
    {
        Require(
            double.IsFinite(Decider.Kappa) && (Decider.Kappa == 0 || Decider.Models.Count > 1),
            "search.decider.kappa", "0, or a number with two models or more, whose spread it weighs", Decider.Kappa);
        foreach (PropertySettings property in Decider.Properties)
        {
            Require(
                double.IsFinite(property.Kappa) && (property.Kappa == 0 || property.Models.Count > 1),
                "search.decider.properties", $"kappa of {property.Name} 0, or a number with two models or more", property.Kappa);
        }

        Require(
            Decider.PropertyNames.Distinct(StringComparer.Ordinal).Count() == Decider.Properties.Count,
            "search.decider.properties", "every name once", string.Join(", ", Decider.PropertyNames));
        Require(
            Decider.Kind == DeciderKind.Random ? Decider.Acceptance is > 0 and <= 1 : Decider.Acceptance is null,
            "search.decider.acceptance", "a probability up to 1 with the decider random alone", Decider.Acceptance);
        if (Decider.Kind == DeciderKind.Random)
        {
            Require(Targets is null, "search.targets", "auto with the decider random, which has none", "targets");
            Require(!Screening.Estimates, "search.screening", "off with the decider random, which no estimate tells anything", Screening.Mode);
            Require(!Proposal.Hastings, "search.proposal.hastings", "off with the decider random, which obeys no rule", "on");
            Require(Tempering.Scales.Count == 1, "tempering.scales", "[1] with the decider random, which has no constants", Tempering.Scales.Count);
        }

        if (Decider.Kind == DeciderKind.Aqs)
        {
            Require(
                Decider.Loading is { Definition.Strains.Count: 1 }, "search.decider.strain", "one strain for aqs", Decider.Loading?.Definition.Strains.Count);
            Require(Decider.Models.Count == 0, "search.decider.model", "none with aqs, whose own values bias the pairs", "a model");
            Require(!Screening.Estimates, "search.screening", "off with aqs: an estimate would cost as much as what it saves", Screening.Mode);
        }
    }

    private void RequireComposition()
    {
        Require(Proposal.TransmutationShare is >= 0 and <= 1, "search.proposal.transmutation.fraction", "a share between 0 and 1", Proposal.TransmutationShare);
        if (Composition is not { } composition)
        {
            Require(
                Proposal.TransmutationShare == 0,
                "search.proposal.transmutation.fraction", "0 with search.composition.kind = off, or what the composition costs", Proposal.TransmutationShare);
            return;
        }

        Require(
            Proposal.TransmutationShare > 0,
            "search.composition", "off without transmutations: search.proposal.transmutation.fraction is 0, and nothing else changes a composition", "on");
        Require(Decider.Kind != DeciderKind.Random, "search.composition", "off with the decider random, which obeys no rule", "on");
        Require(
            Decider.Kind != DeciderKind.Energy || composition.EffectiveConstant is null,
            "search.composition", "no temperature or C of its own with the decider energy, whose constant weighs both", composition.EffectiveConstant);
        Require(
            Decider.Kind != DeciderKind.Energy || FixedTargets[0] is { Kind: not TargetKind.Energy } or { Direction: TargetDirection.Lower },
            "search.composition", "an energy that is lowered, to which it can be added", FixedTargets[0].Direction);
    }

    private void RequireTempering()
    {
        IReadOnlyList<double> scales = Tempering.Scales;
        Require(
            scales.Count > 0 && scales[0] == 1 && scales.Zip(scales.Skip(1)).All(pair => pair.First < pair.Second && double.IsFinite(pair.Second)),
            "tempering.scales",
            "1 first, then larger and larger scales",
            FormattableString.Invariant($"[{string.Join(", ", scales)}]"));
        Require(Replicas % scales.Count == 0, "replicas", $"a multiple of the number of tempering.scales, {scales.Count}", Replicas);
        if (scales.Count == 1)
        {
            return;
        }

        Require(Tempering.Every >= 1, "tempering.every", "at least 1", Tempering.Every);
        Require(Tempering.WarmUpRounds >= 0, "tempering.warm-up-rounds", "at least 0", Tempering.WarmUpRounds);
        Require(
            Stop == new StopSettings(),
            "search.stop",
            "none with a ladder: a chain that ended before the others would leave its neighbors without a partner",
            Stop.Accepted is not null ? "accepted" : "mean-below");
    }

    private void RequireLearning()
    {
        if (Learning is not { } learning)
        {
            return;
        }

        Require(learning.Every >= 1, "search.learn.every", "off or at least 1", learning.Every);
        Require(learning.LimitPearson is null or (>= -1 and <= 1), "search.learn.limit-pearson", "none or a number from -1 to 1", learning.LimitPearson);
        Require(learning.AtMost is null or >= 1, "search.learn.at-most", "none or at least 1", learning.AtMost);
        Require(learning.Epochs >= 1, "search.learn.epochs", "at least 1", learning.Epochs);
        Require(
            double.IsFinite(learning.LearningRate) && learning.LearningRate > 0, "search.learn.learning-rate", "more than 0", learning.LearningRate);
        Require(Decider.Kind == DeciderKind.Gnn, "search.learn.every", "off where the decider has no model to fine-tune", Decider.Kind);
        Require(
            Stop == new StopSettings(),
            "search.stop",
            "none with search.learn: a chain that ended before the others would leave them waiting for a decision",
            Stop.Accepted is not null ? "accepted" : "mean-below");
        if (Tempering.Scales.Count > 1)
        {
            Require(learning.Every % Tempering.Every == 0, "search.learn.every", $"a multiple of tempering.every, {Tempering.Every}", learning.Every);
            Require(
                learning.Every >= (long)Tempering.WarmUpRounds * Tempering.Every,
                "search.learn.every",
                $"at least the {(long)Tempering.WarmUpRounds * Tempering.Every} trials of tempering's warm-up, whose counts belong to one model",
                learning.Every);
        }
    }

    private void RequireScreening()
    {
        if (!Screening.Estimates)
        {
            return;
        }

        Require(Proposal.Relax, "search.screening", "off where relax = off: there is no relaxation to pause", Screening.Mode);
        Require(
            double.IsFinite(Screening.ForceTolerance) && Screening.ForceTolerance > Minimizer.ForceTolerance,
            "search.screening-force-tolerance", "more than search.minimizer.force-tolerance", Screening.ForceTolerance);
        Require(
            double.IsFinite(Screening.Margin) && Screening.Margin >= 0,
            "search.screening-margin", "a number not below 0", Screening.Margin);
        Require(Screening.AuditShare is >= 0 and <= 1, "search.screening-audit", "a share between 0 and 1", Screening.AuditShare);
    }

    private IEnumerable<Target> Vary(TargetSet targets, CompositionSettings composition)
    {
        IEnumerable<Target> present = Enumerable.Range(0, targets.Count).Select(k => targets[k]);
        return Decider.Kind == DeciderKind.Energy
            ? present.Select(target => target.Kind == TargetKind.Energy ? target.With(composition.Term) : target)
            : present.Append(Target.Composition(composition.Term, composition.EffectiveConstant));
    }

    /// <summary>An energy without a constant of its own takes the decider's.</summary>
    private Target WithEnergyConstant(Target target) =>
        target is { Kind: TargetKind.Energy, Constant: null } && Decider.EnergyConstant is { } constant
            ? Target.Energy(constant, target.Direction, target.Goal)
            : target;

    private static void Require(bool holds, string setting, string expected, object? found)
    {
        if (!holds)
        {
            throw new InputException(
                $"{setting} cannot be used as it stands",
                expected: expected,
                found: Convert.ToString(found, System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
