using Glasswright.Actors.Proposal;
using Glasswright.Kernels;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Proposal;

public class SwapProposalTests
{
    private static readonly double[] Values = [0.3, -0.2, 0.9, 0.1, 0.5, -0.4, 0.2];

    private static AtomicStructure Structure(params int[] species)
    {
        var structure = new AtomicStructure(species.Length, Cell.Orthorhombic(9, 9, 9), ["A", "B", "C"]);
        species.CopyTo(structure.Species, 0);
        return structure;
    }

    [Fact]
    public void DrawsFollowEquationFive()
    {
        const int Draws = 200_000;
        AtomicStructure structure = Structure(0, 1, 0, 1, 0, 1, 1);
        var proposal = new SwapProposal(structure, Values, 3);
        var counts = new int[7];
        for (int t = 0; t < Draws; t++)
        {
            AtomPair pair = Draw(proposal, t);
            counts[pair.A]++;
            counts[pair.B]++;
        }

        foreach (int species in new[] { 0, 1 })
        {
            int[] atoms = [.. Enumerable.Range(0, 7).Where(i => structure.Species[i] == species)];
            double total = atoms.Sum(i => Math.Exp(3 * Values[i]));
            foreach (int i in atoms)
            {
                double p = Math.Exp(3 * Values[i]) / total;
                double error = Math.Sqrt(p * (1 - p) / Draws);
                ((double)counts[i] / Draws).ShouldBe(p, 5 * error);
            }
        }
    }

    [Fact]
    public void SpeciesPairsComeWithTheProductOfTheirNumbers()
    {
        const int Draws = 100_000;
        AtomicStructure structure = Structure(0, 1, 1, 1, 2, 2, 2);
        var proposal = new SwapProposal(structure, [], 6);
        var counts = new int[3, 3];
        for (int t = 0; t < Draws; t++)
        {
            AtomPair pair = Draw(proposal, t);
            counts[structure.Species[pair.A], structure.Species[pair.B]]++;
        }

        // N_A N_B: 3, 3, 9 of 15.
        ((double)counts[0, 1] / Draws).ShouldBe(0.2, 0.007);
        ((double)counts[0, 2] / Draws).ShouldBe(0.2, 0.007);
        ((double)counts[1, 2] / Draws).ShouldBe(0.6, 0.008);
        (counts[0, 1] + counts[0, 2] + counts[1, 2]).ShouldBe(Draws);
    }

    [Fact]
    public void HastingsIsTheRatioOfBackAndForthByHand()
    {
        AtomicStructure x = Structure(0, 1, 0, 1, 0, 1, 1);
        var proposal = new SwapProposal(x, Values, 2);
        AtomicStructure y = x.Clone();
        y.SwapSpecies(2, 5);
        double[] zy = [0.1, 0.7, -0.3, 0.2, 0.6, 0.8, -0.1];
        double forth = P(x, Values, 2) * P(x, Values, 5);
        double back = P(y, zy, 5) * P(y, zy, 2);
        proposal.LogHastings(new AtomPair(2, 5), x, y, zy).ShouldBe(Math.Log(back / forth), 1e-12);

        static double P(AtomicStructure s, double[] z, int atom) =>
            Math.Exp(2 * z[atom]) /
            Enumerable.Range(0, 7).Where(i => s.Species[i] == s.Species[atom]).Sum(i => Math.Exp(2 * z[i]));
    }

    [Fact]
    public void AHugeExponentDoesNotOverflow()
    {
        AtomicStructure x = Structure(0, 1, 0, 1, 0, 1, 1);
        var proposal = new SwapProposal(x, Values, 5000);
        Draw(proposal, 1).ShouldBe(new AtomPair(2, 6));
        double.IsFinite(proposal.LogProbability(new AtomPair(0, 1), x)).ShouldBeTrue();
    }

    [Fact]
    public void WithoutValuesTheDrawIsUniformAndSymmetric()
    {
        AtomicStructure x = Structure(0, 1, 0, 1, 0, 1, 1);
        var proposal = new SwapProposal(x, [], 6);
        proposal.EffectiveAtoms.ToArray().ShouldBe([3, 4, 0], 1e-12);
        AtomicStructure y = x.Clone();
        y.SwapSpecies(0, 1);
        proposal.LogHastings(new AtomPair(0, 1), x, y, []).ShouldBe(0);
    }

    [Fact]
    public void OneSpeciesHasNoPairAndIsRefusedWhereTheCompositionIsFixed()
    {
        AtomicStructure pure = Structure(1, 1, 1);
        Draw(new SwapProposal(pure, [1, 2, 3], 6), 1).ShouldBe(AtomPair.None);
        Should.Throw<InputException>(() => SwapProposal.RequirePairs(pure)).Message.ShouldContain("two species");
    }

    private static AtomPair Draw(SwapProposal proposal, long trial) => proposal.Draw(
        RandomStreams.Uniform(5, RandomStream.SelfTest, 0, trial, 0),
        RandomStreams.Uniform(5, RandomStream.SelfTest, 0, trial, 1),
        RandomStreams.Uniform(5, RandomStream.SelfTest, 0, trial, 2));
}
