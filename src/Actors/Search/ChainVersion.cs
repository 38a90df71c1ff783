using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Search;

/// <summary>
/// The canonical structure after a number of commits, with all that is computed in full from its stored bytes. Shared by all
/// samplers and never written after it was made; a trial of this version depends on nothing else.
/// </summary>
internal sealed record ChainVersion
{
    /// <summary>Number of commits v; 0 is the start.</summary>
    public required long Number { get; init; }

    /// <summary>The trial whose acceptance made it; 0 of the start.</summary>
    public required long Trial { get; init; }

    /// <summary>The atoms, decoded from <see cref="Bytes"/>.</summary>
    public required AtomicStructure Structure { get; init; }

    /// <summary>The canonical bytes.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>SHA-256 of the canonical bytes, lower-case hexadecimal.</summary>
    public required string Id { get; init; }

    /// <summary>The models that z is by: 0 for the run's own, then one more for each change.</summary>
    public int Generation { get; init; }

    /// <summary>Energy, pressure and z in full.</summary>
    public required StructureEvaluation Evaluation { get; init; }

    /// <summary>F_k, <c>[K]</c>.</summary>
    public required double[] Objectives { get; init; }

    /// <summary>The seven figures of z.</summary>
    public required TargetReport Report { get; init; }

    /// <summary>How pairs are drawn from it.</summary>
    public required SwapProposal Proposal { get; init; }

    /// <summary>Evaluates a structure in full from its canonical bytes.</summary>
    /// <param name="evaluator">Evaluates; the caller's own.</param>
    /// <param name="targets">The targets.</param>
    /// <param name="proposal">How pairs are drawn.</param>
    /// <param name="number">The version that it will be.</param>
    /// <param name="trial">The trial that made it.</param>
    /// <param name="bytes">Canonical bytes.</param>
    /// <param name="cancel">Gives up, where the decider takes long.</param>
    /// <exception cref="OperationCanceledException">It was.</exception>
    public static ChainVersion Evaluate(
        ITrialEvaluator evaluator, TargetSet targets, ProposalSettings proposal, long number, long trial, byte[] bytes,
        CancellationToken cancel = default)
    {
        AtomicStructure structure = CanonicalStructure.Decode(bytes);
        StructureEvaluation evaluation = evaluator.Evaluate(structure, cancel);
        var objectives = new double[targets.Count];
        TargetReport report = targets.Evaluate(evaluation.Energy, evaluation.Values, objectives, structure, evaluation.Properties);
        return new ChainVersion
        {
            Number = number,
            Trial = trial,
            Structure = structure,
            Bytes = bytes,
            Id = CanonicalStructure.Id(bytes),
            Evaluation = evaluation,
            Objectives = objectives,
            Report = report,
            Proposal = new SwapProposal(structure, evaluation.Values, proposal.BiasExponent),
        };
    }
}

/// <summary>What one structure evaluates to.</summary>
/// <param name="Energy">Potential energy, eV.</param>
/// <param name="PressureBar">Mean of the diagonal of the potential part of the pressure, bar.</param>
/// <param name="AtomEnergies">Energy of every atom, eV.</param>
/// <param name="Values">z of every atom; empty without a model.</param>
internal sealed record StructureEvaluation(double Energy, double PressureBar, double[] AtomEnergies, double[] Values)
{
    /// <summary>The further properties of every atom, <c>[P, N]</c>.</summary>
    public double[] Properties { get; init; } = [];
}
