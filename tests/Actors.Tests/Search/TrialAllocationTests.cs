using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Storage;
using Glasswright.Tests.Support;
using MinimizerSettings = Glasswright.Kernels.Minimization.MinimizerSettings;

namespace Glasswright.Actors.Tests.Search;

/// <summary>The physics of a trial, relaxation and network together, works in buffers that are made once.</summary>
public sealed class TrialAllocationTests
{
    private static readonly string Model = Repository.Data("models", "cu50zr50.safetensors");

    [Theory]
    [InlineData(nameof(MinimizerKind.ConjugateGradient))]
    [InlineData(nameof(MinimizerKind.LimitedMemory))]
    [InlineData(nameof(MinimizerKind.PreconditionedLimitedMemory))]
    public void ATrialAllocatesNothingAfterTheFirst(string kind)
    {
        AtomicStructure glass = StructureFile.Read(Repository.Data("glasses", "cu50zr50-864-p0.data"), ["Cu", "Zr"]).Structure;
        EamTables tables = SetflFile.Read(Repository.Data("potentials", "CuZr_mm.eam.fs"));
        var settings = new MinimizerSettings { Kind = Enum.Parse<MinimizerKind>(kind), ForceTolerance = 0.02 };
        using var evaluator = new GlassEvaluator(tables, new GnnDecider(ModelFile.Read(Model)), settings);
        ChainVersion version = ChainVersion.Evaluate(
            evaluator, TargetSet.PaperDefault, new ProposalSettings(), 0, 0, CanonicalStructure.WrapAndEncode(glass));
        AtomPair[] pairs = [.. Pairs(version.Structure).Take(4)];
        foreach (AtomPair pair in pairs)
        {
            evaluator.RelaxSwap(version, pair, null, CancellationToken.None).Outcome.ShouldBe(TrialOutcome.Converged);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (AtomPair pair in pairs)
        {
            evaluator.RelaxSwap(version, pair, null, CancellationToken.None);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static IEnumerable<AtomPair> Pairs(AtomicStructure glass)
    {
        int[] first = [.. Enumerable.Range(0, glass.Count).Where(i => glass.Species[i] == 0)];
        int[] second = [.. Enumerable.Range(0, glass.Count).Where(i => glass.Species[i] == 1)];
        return Enumerable.Range(0, 100).Select(k => new AtomPair(first[7 * k % first.Length], second[11 * k % second.Length]));
    }
}
