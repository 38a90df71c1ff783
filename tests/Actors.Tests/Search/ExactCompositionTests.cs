using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Actors.Tests.Search;

/// <summary>
/// Eight atoms of a real potential on fixed sites: 256 ways to be copper or zirconium, whose energies are computed one by one by the
/// textbook force field. Traditional Monte Carlo of swaps and transmutations must have the mean and the variance of the composition that the
/// Boltzmann sum over all of them gives.
/// </summary>
public sealed class ExactCompositionTests
{
    private const int Sites = 8, Trials = 60_000, Blocks = 50;
    private const double Temperature = 3000;

    // The largest of two or so deviations over a few seeds would be below 3; a wrong rule is far above.
    private const double Tolerance = 4;

    private static readonly EamTables Potential = SetflFile.Read(Repository.Data("potentials", "CuZr_mm.eam.fs"));
    private static readonly double C = MetalUnits.BoltzmannConstant * Temperature;
    private static readonly double[] Energies = [.. Enumerable.Range(0, 1 << Sites).Select(code => Energy(Cluster(code)))];

    // What makes one species as likely as the other on average: else there is nothing to see.
    private static readonly double Balanced = (Energies[^1] - Energies[0]) / Sites;

    [Theory]
    [InlineData(0)]
    [InlineData(0.12)]
    [InlineData(-0.2)]
    public void TheSemiGrandCompositionIsThatOfTheBoltzmannSum(double shift) =>
        ShouldAgree(CompositionTerm.SemiGrand(new Dictionary<string, double> { ["Cu"] = 1, ["Zr"] = 1 + Balanced + shift }));

    [Theory]
    [InlineData(0.5, 0.4)]
    [InlineData(0.25, 4)]
    public void TheVarianceConstrainedCompositionHasTheMeanAndVarianceOfTheBoltzmannSum(double share, double kappa) =>
        ShouldAgree(CompositionTerm.VarianceConstrained(new Dictionary<string, double> { ["Zr"] = share }, kappa));

    [Fact]
    public void WithAnotherPotentialThanTheSumsTheCheckFails()
    {
        CompositionTerm Term(double shift) =>
            CompositionTerm.SemiGrand(new Dictionary<string, double> { ["Cu"] = 0, ["Zr"] = Balanced + shift });
        (double mean, double variance) = Deviations(Term(0.05), Exact(Term(0)));
        Math.Max(mean, variance).ShouldBeGreaterThan(2 * Tolerance);
    }

    [Fact]
    public void AChainThatRunsIntoOneSpeciesComesOutAgain()
    {
        // So strong a pull that half of the time all atoms are zirconium, where no swap is possible.
        var term = CompositionTerm.SemiGrand(new Dictionary<string, double> { ["Cu"] = 0, ["Zr"] = Balanced + 1 });
        double pure = Exact(term)[Sites];
        pure.ShouldBeInRange(0.2, 0.95);
        List<TrialRecord> rows = Run(term);
        double failed = rows.Count(row => row.Outcome == TrialOutcome.NoPair) / (double)Trials;
        failed.ShouldBe(0.5 * pure, 0.05);
        rows.Where(row => row.Outcome == TrialOutcome.NoPair).ShouldAllBe(row => !row.Accepted && row.AtomA == 0 && row.AtomB == 0);
        ShouldAgree(term);
    }

    private static void ShouldAgree(CompositionTerm term)
    {
        double[] exact = Exact(term);
        (double mean, double variance) = Deviations(term, exact);
        mean.ShouldBeLessThan(Tolerance, $"mean; exact {Mean(exact)} zirconium atoms");
        variance.ShouldBeLessThan(Tolerance, "variance");
    }

    /// <summary>Probability of 0, 1, … zirconium atoms: the sum of exp(-(E + W)/C) over all configurations.</summary>
    private static double[] Exact(CompositionTerm term)
    {
        double[] exponents = [.. Energies.Select((energy, code) => -(energy + term.Of(Cluster(code))) / C)];
        double largest = exponents.Max();
        var probabilities = new double[Sites + 1];
        for (int code = 0; code < exponents.Length; code++)
        {
            probabilities[int.PopCount(code)] += Math.Exp(exponents[code] - largest);
        }

        double total = probabilities.Sum();
        return [.. probabilities.Select(p => p / total)];
    }

    private static double Mean(double[] exact) => exact.Select((p, n) => p * n).Sum();

    /// <summary>Of mean and variance of the number of zirconium atoms from the exact ones, in standard errors of block averages.</summary>
    private static (double Mean, double Variance) Deviations(CompositionTerm term, double[] exact)
    {
        double mean = Mean(exact), variance = exact.Select((p, n) => p * (n - mean) * (n - mean)).Sum();
        var trace = new CompositionTrace(Cluster(0b01010101));
        double[] firsts = new double[Blocks], seconds = new double[Blocks];
        int present = Sites / 2, t = 0;
        foreach (TrialRecord row in Run(term))
        {
            int[] counts = trace.Next(row);
            present = row.Accepted ? counts[1] : present;
            int block = (int)((long)t++ * Blocks / Trials);
            firsts[block] += (double)present * Blocks / Trials;
            seconds[block] += (present - mean) * (present - mean) * Blocks / Trials;
        }

        return (Off(firsts, mean), Off(seconds, variance));
    }

    private static double Off(double[] blocks, double exact)
    {
        double mean = blocks.Average();
        double error = Math.Sqrt(blocks.Sum(b => (b - mean) * (b - mean)) / (Blocks - 1) / Blocks);
        return Math.Abs(mean - exact) / error;
    }

    /// <summary>The chain, in stretches as a replica runs it.</summary>
    private static List<TrialRecord> Run(CompositionTerm term)
    {
        SearchSettings settings = new SearchSettings
        {
            Trials = Trials,
            Seed = 21,
            Decider = new DeciderSettings { Kind = DeciderKind.Energy, Temperature = Temperature },
            Proposal = new ProposalSettings { Relax = false, DisplacementShare = 0, TransmutationShare = 0.5, RecomputeEvery = 5000 },
            Composition = new CompositionSettings { Term = term },
        }.Validated();
        using ITrialEvaluator evaluator = GlassEvaluator.Factory(settings, Cluster(0b01010101), Potential, [])();
        var rule = new MultiTargetRule(settings.TargetSet, [C]);
        var rows = new List<TrialRecord>();
        ChainVersion version = Evaluate(CanonicalStructure.WrapAndEncode(Cluster(0b01010101)), 0);
        while (rows.Count < Trials)
        {
            var segment = new TraditionalSegment(
                settings, 0, 0, rule, rule, version, rows.Count + 1, Trials, 0, double.NegativeInfinity);
            rows.AddRange(segment.Run(evaluator.LocalEnergy, CancellationToken.None, out double energy)!);
            version = Evaluate(CanonicalStructure.WrapAndEncode(evaluator.LocalEnergy.Structure), version.Number + 1);
            TraditionalSegment.RequireNoDrift(energy, version.Evaluation.Energy, rows.Count);
        }

        return rows;

        ChainVersion Evaluate(byte[] bytes, long number) =>
            ChainVersion.Evaluate(evaluator, settings.TargetSet, settings.Proposal, number, rows.Count, bytes);
    }

    /// <summary>The corners of a cube, slightly off, bit i of the code telling whether site i is zirconium.</summary>
    private static AtomicStructure Cluster(int code)
    {
        var structure = new AtomicStructure(Sites, Cell.Orthorhombic(24, 24, 24), ["Cu", "Zr"]);
        for (int i = 0; i < Sites; i++)
        {
            structure.Species[i] = (code >> i) & 1;
            structure.SetPosition(i, new Vector3(
                8 + (2.8 * (i & 1)) + (0.1 * i), 8 + (2.8 * ((i >> 1) & 1)) - (0.05 * i), 8 + (2.8 * (i >> 2)) + (0.02 * i * i)));
        }

        return structure;
    }

    private static double Energy(AtomicStructure structure)
    {
        var field = new ReferenceEam(Potential);
        field.Bind(structure);
        return field.Evaluate(structure, new ForceResult(structure.Count), ForceParts.Energy);
    }
}
