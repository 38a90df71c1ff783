using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Search;

/// <summary>Versions of the toy landscape, made as a sampler makes them.</summary>
internal static class Versions
{
    public static ChainVersion Of(
        ToyLandscape.Options options, AtomicStructure structure, TargetSet targets, double exponent, long number = 0)
    {
        using var landscape = new ToyLandscape(options);
        byte[] bytes = CanonicalStructure.WrapAndEncode(structure.Clone());
        AtomicStructure stored = CanonicalStructure.Decode(bytes);
        StructureEvaluation evaluation = landscape.Evaluate(stored, CancellationToken.None);
        var objectives = new double[targets.Count];
        TargetReport report = targets.Evaluate(evaluation.Energy, evaluation.Values, objectives, stored);
        return new ChainVersion
        {
            Number = number,
            Trial = 0,
            Structure = stored,
            Bytes = bytes,
            Id = CanonicalStructure.Id(bytes),
            Evaluation = evaluation,
            Objectives = objectives,
            Report = report,
            Proposal = new SwapProposal(stored, evaluation.Values, exponent),
        };
    }
}
