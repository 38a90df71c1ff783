using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Kernels.Tests.Minimization;

public class ConjugateGradientTests
{
    [Fact]
    public void ExactQuadraticIsSolvedInAsManyLinesAsItHasStiffnesses()
    {
        // f = ½ Σ k_i (x_i - 1)², three different k: conjugate directions end after about three lines.
        var objective = new Quadratic(i => 1 + (i % 3));
        var search = new ConjugateGradientSearch(objective.Coordinates.Length);
        var settings = new MinimizerSettings { ForceTolerance = 1e-10, MaxMove = 100, InitialStep = 0.5 };

        MinimizationResult result = search.Minimize(objective, settings, CancellationToken.None);

        result.Outcome.ShouldBe(MinimizationOutcome.Converged);
        objective.Coordinates.ShouldAllBe(x => Math.Abs(x - 1) < 1e-10);
        result.Iterations.ShouldBeLessThan(20);
    }

    /// <summary>
    /// tests/data/lammps/swaps-864.csv: LAMMPS 29 Sep 2021, <c>min_style cg</c>, <c>minimize 0 1e-4</c> after each of twelve swaps.
    /// </summary>
    [Fact]
    public void SwapsRelaxToLammpsMinimaWithFewerEvaluations()
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var minimizer = new ConjugateGradient(field, glass.Count);
        var reference = new ReferenceEam(ReferenceData.CopperZirconium);
        int same = 0, evaluations = 0, theirs = 0;
        foreach (double[] row in ReferenceData.Csv("swaps-864.csv"))
        {
            AtomicStructure structure = glass.Clone();
            structure.SwapSpecies(structure.IndexOf((long)row[0]), structure.IndexOf((long)row[1]));

            MinimizationResult result = minimizer.Minimize(structure, new MinimizerSettings(), CancellationToken.None);

            result.Outcome.ShouldBe(MinimizationOutcome.Converged);
            result.EnergyInitial.ShouldBe(row[2], 1e-8);
            RecomputedNorm(reference, structure).ShouldBeLessThanOrEqualTo(1.0001e-4);
            same += Math.Abs(result.Energy - row[3]) < 1e-4 ? 1 : 0;
            evaluations += result.Evaluations;
            theirs += (int)row[5];
        }

        same.ShouldBeGreaterThanOrEqualTo(9);
        evaluations.ShouldBeLessThan(theirs);
    }

    [Fact]
    public void EvaluationLimitLeavesTheBestPointFound()
    {
        AtomicStructure structure = Swapped();
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var minimizer = new ConjugateGradient(field, structure.Count);

        MinimizationResult result =
            minimizer.Minimize(structure, new MinimizerSettings { MaxEvaluations = 20 }, CancellationToken.None);

        result.Outcome.ShouldBe(MinimizationOutcome.EvaluationLimit);
        result.Evaluations.ShouldBe(20);
        result.Energy.ShouldBeLessThan(result.EnergyInitial);
        var check = new ForceResult(structure.Count);
        field.Evaluate(structure, check, ForceParts.Energy).ShouldBe(result.Energy, 1e-9);
    }

    [Fact]
    public void ResultDependsOnlyOnTheStartNotOnWhatTheMinimizerDidBefore()
    {
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        AtomicStructure first = Swapped();
        var minimizer = new ConjugateGradient(field, first.Count);
        MinimizationResult fresh = minimizer.Minimize(first, new MinimizerSettings(), CancellationToken.None);

        AtomicStructure other = ReferenceData.Sample("cu50zr50-864-p0.data");
        other.SwapSpecies(3, 200);
        minimizer.Minimize(other, new MinimizerSettings { MaxEvaluations = 37 }, CancellationToken.None);
        AtomicStructure second = Swapped();
        MinimizationResult again = minimizer.Minimize(second, new MinimizerSettings(), CancellationToken.None);

        again.ShouldBe(fresh);
        second.Coordinates.ShouldBe(first.Coordinates);
    }

    [Fact]
    public void CanceledMinimizationSaysSo()
    {
        AtomicStructure structure = Swapped();
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        new ConjugateGradient(field, structure.Count)
            .Minimize(structure, new MinimizerSettings(), cancel.Token).Outcome.ShouldBe(MinimizationOutcome.Canceled);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void NonFiniteEnergyEndsWithItsName(double energy)
    {
        var objective = new Quadratic(_ => 1) { BreakAfter = 3, BrokenValue = energy };
        new ConjugateGradientSearch(objective.Coordinates.Length)
            .Minimize(objective, new MinimizerSettings(), CancellationToken.None)
            .Outcome.ShouldBe(MinimizationOutcome.NonFiniteEnergy);
    }

    [Fact]
    public void ForcesThatPointUphillEndAsNoDescent()
    {
        var objective = new Quadratic(_ => 1) { Uphill = true };
        new ConjugateGradientSearch(objective.Coordinates.Length)
            .Minimize(objective, new MinimizerSettings(), CancellationToken.None)
            .Outcome.ShouldBe(MinimizationOutcome.NoDescent);
    }

    [Fact]
    public void AMinimizationAllocatesNothing()
    {
        AtomicStructure start = Swapped();
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var minimizer = new ConjugateGradient(field, start.Count);
        AtomicStructure structure = start.Clone();
        var settings = new MinimizerSettings { MaxEvaluations = 60 };
        minimizer.Minimize(structure, settings, CancellationToken.None);
        structure.CopyFrom(start);
        long before = GC.GetAllocatedBytesForCurrentThread();
        minimizer.Minimize(structure, settings, CancellationToken.None);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static AtomicStructure Swapped()
    {
        AtomicStructure structure = ReferenceData.Glass("cu50zr50-864.data");
        structure.SwapSpecies(structure.IndexOf(383), structure.IndexOf(665));
        return structure;
    }

    private static double RecomputedNorm(ReferenceEam reference, AtomicStructure structure)
    {
        var result = new ForceResult(structure.Count);
        reference.Evaluate(structure, result, ForceParts.Forces);
        return Math.Sqrt(result.Forces.Sum(f => f * f));
    }

    private sealed class Quadratic(Func<int, double> stiffness) : IObjective
    {
        private int _evaluations;

        public double[] Coordinates { get; } = new double[24];

        public double[] Forces { get; } = new double[24];

        public int BreakAfter { get; init; } = int.MaxValue;

        public double BrokenValue { get; init; }

        public bool Uphill { get; init; }

        public double Evaluate()
        {
            double energy = 0;
            for (int i = 0; i < Coordinates.Length; i++)
            {
                double x = Coordinates[i] - 1;
                energy += 0.5 * stiffness(i) * x * x;
                Forces[i] = (Uphill ? 1 : -1) * stiffness(i) * x;
            }

            return ++_evaluations > BreakAfter ? BrokenValue : energy;
        }

        public bool Converged(MinimizerSettings settings) =>
            Forces.Sum(f => f * f) <= settings.ForceTolerance * settings.ForceTolerance;
    }
}
