using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels.Structure;
using Chain = Glasswright.Actors.Search;
using Configured = Glasswright.Host.Configuration.Settings;

namespace Glasswright.Host.Commands;

/// <summary>The configuration of a search in the words of the actors.</summary>
internal static class SearchTranslation
{
    /// <summary>Translates and checks; nothing is read or written.</summary>
    /// <exception cref="Kernels.InputException">A setting asks for what this build does not have, or settings contradict each other.</exception>
    public static Chain.SearchSettings Translate(ResolvedConfiguration configuration)
    {
        ExperimentSettings all = configuration.Settings;
        Configured.SearchSettings search = all.Search;
        RequireAvailable(configuration);
        return new Chain.SearchSettings
        {
            Trials = search.Trials,
            Seed = search.Seed,
            Samplers = search.Samplers,
            Replicas = all.Replicas,
            Decider = DeciderTranslation.Translate(configuration),
            Proposal = new Chain.ProposalSettings
            {
                BiasExponent = search.Proposal.BiasExponent,
                Hastings = search.Proposal.Hastings,
                Reversible = search.Proposal.Reversible,
                Relax = search.Proposal.Relax,
                RecomputeEvery = search.Proposal.RecomputeEvery,
                DisplacementShare = search.Proposal.Displacement.Fraction,
                DisplacementStep = search.Proposal.Displacement.Step,
                TransmutationShare = search.Proposal.Transmutation.Fraction,
            },
            Targets = search.Targets?.Select(Translate).ToArray(),
            Composition = Translate(search.Composition),
            ScaleConstantsPerAtom = search.ConstantScaling == ConstantScaling.PerAtom,
            Calibration = search.Calibrate is { } calibrate
                ? new Chain.CalibrationSettings(calibrate.Acceptance, calibrate.Pilot)
                : null,
            Stop = new Chain.StopSettings(search.Stop.Accepted, search.Stop.MeanBelow),
            Minimizer = new Kernels.Minimization.MinimizerSettings
            {
                Kind = search.Minimizer.Kind switch
                {
                    MinimizerChoice.Cg => Kernels.Minimization.MinimizerKind.ConjugateGradient,
                    MinimizerChoice.Lbfgs => Kernels.Minimization.MinimizerKind.LimitedMemory,
                    MinimizerChoice.Plbfgs => Kernels.Minimization.MinimizerKind.PreconditionedLimitedMemory,
                    var other => throw new InvalidOperationException($"No minimizer {other}."),
                },
                ForceTolerance = search.Minimizer.ForceTolerance,
                MaxEvaluations = search.Minimizer.MaxEvaluations,
            },
            Screening = new ScreeningSettings
            {
                Mode = search.Screening switch
                {
                    ScreeningChoice.EarlyReject => ScreeningMode.EarlyReject,
                    ScreeningChoice.DelayedAcceptance => ScreeningMode.DelayedAcceptance,
                    _ => ScreeningMode.Off,
                },
                ForceTolerance = search.ScreeningForceTolerance,
                Margin = search.ScreeningMargin,
                AuditShare = search.ScreeningAudit,
            },
            Tempering = new Chain.TemperingSettings
            {
                Scales = all.Tempering.Scales,
                Every = all.Tempering.Every,
                WarmUpRounds = all.Tempering.WarmUpRounds,
            },
            Learning = LearningTranslation.Settings(search.Learn),
            CheckpointEvery = search.CheckpointEvery,
            RoundTripEveryCommit = search.Debug.RoundTrip,
        }.Validated();
    }

    private static void RequireAvailable(ResolvedConfiguration configuration)
    {
        ExperimentSettings all = configuration.Settings;
        if (all.Backend == ForceBackend.Reference)
        {
            throw configuration.Fault("backend", "is not one that a search can use", "cpu or opencl");
        }

        if (all.Backend == ForceBackend.OpenCl && all.Search.Minimizer.Kind != MinimizerChoice.Cg)
        {
            throw configuration.Fault("search.minimizer.kind", "is not one that a device has", "cg with backend = opencl");
        }

        if (all.Backend == ForceBackend.OpenCl && all.Store != "sqlite")
        {
            throw configuration.Fault("store", "cannot be shared by a search on a device", "sqlite with backend = opencl");
        }

        // Only that one is named: a resumed run has kept its bytes, wherever the file is by now.
        if (all.Search.Decider.Kind == DeciderChoice.Gnn)
        {
            configuration.Require("search.decider.model", all.Search.Decider.Model, "the path of a file");
        }
    }

    private static Target Translate(TargetSettings target)
    {
        TargetDirection direction = target.Direction switch
        {
            DirectionChoice.Raise => TargetDirection.Raise,
            DirectionChoice.Toward => TargetDirection.Toward,
            _ => TargetDirection.Lower,
        };
        double goal = target.Value ?? 0;
        Target everywhere = target.Kind switch
        {
            TargetChoice.Max => Target.Maximum(target.Constant, direction, goal),
            TargetChoice.Mean => Target.Mean(target.Constant, direction, goal),
            TargetChoice.Quantile => Target.Quantile(target.Q!.Value, target.Constant, direction, goal),
            _ => Target.Energy(target.Constant, direction, goal),
        };
        return everywhere.Of(target.Property).Within(Pattern(target));
    }

    private static Chain.CompositionSettings? Translate(Configured.CompositionSettings composition) =>
        composition.Kind == CompositionChoice.Off ? null : new Chain.CompositionSettings
        {
            Term = composition.Kind == CompositionChoice.SemiGrand
                ? CompositionTerm.SemiGrand(composition.ChemicalPotential!)
                : CompositionTerm.VarianceConstrained(composition.Target!, composition.Kappa!.Value),
            Temperature = composition.Temperature,
            Constant = composition.Constant,
        };

    private static Pattern? Pattern(TargetSettings target) => target is { Species: null, Region: null } ? null : new Pattern
    {
        Species = target.Species,
        Region = target.Region is { } region
            ? new Region(new Vector3(region.Center[0], region.Center[1], region.Center[2]), region.Radius, region.Softness)
            : null,
    };
}
