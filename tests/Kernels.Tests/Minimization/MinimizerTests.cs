using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Kernels.Tests.Minimization;

/// <summary>One body for all methods of minimization.</summary>
public class MinimizerTests
{
    [Fact]
    public void ExactQuadraticIsSolvedInAsManyLinesAsItHasStiffnesses()
    {
        // f = ½ Σ k_i (x_i - 1)², three different k: conjugate directions end after about three lines.
        var objective = new Quadratic(i => 1 + (i % 3));
        var search = new ConjugateGradientSearch(objective.Coordinates.Length);
        var settings = new MinimizerSettings { ForceTolerance = 1e-10, MaxMove = 100, InitialStep = 0.5 };

        MinimizationResult result = search.Minimize(objective, settings, continued: false, CancellationToken.None);

        result.Outcome.ShouldBe(MinimizationOutcome.Converged);
        objective.Coordinates.ShouldAllBe(x => Math.Abs(x - 1) < 1e-10);
        result.Iterations.ShouldBeLessThan(20);
    }

    /// <summary>
    /// tests/data/lammps/swaps-864.csv: LAMMPS 29 Sep 2021, <c>min_style cg</c>, <c>minimize 0 1e-4</c> after each of twelve swaps.
    /// </summary>
    [Theory]
    [InlineData(nameof(MinimizerKind.ConjugateGradient))]
    [InlineData(nameof(MinimizerKind.LimitedMemory))]
    [InlineData(nameof(MinimizerKind.PreconditionedLimitedMemory))]
    public void SwapsRelaxToLammpsMinimaWithFewerEvaluations(string kind)
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var minimizer = Relaxation(field, glass, kind);
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

    [Theory]
    [InlineData(nameof(MinimizerKind.ConjugateGradient))]
    [InlineData(nameof(MinimizerKind.LimitedMemory))]
    [InlineData(nameof(MinimizerKind.PreconditionedLimitedMemory))]
    public void EvaluationLimitLeavesTheBestPointFound(string kind)
    {
        AtomicStructure structure = Swapped();
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var minimizer = Relaxation(field, structure, kind);

        MinimizationResult result =
            minimizer.Minimize(structure, new MinimizerSettings { MaxEvaluations = 20 }, CancellationToken.None);

        result.Outcome.ShouldBe(MinimizationOutcome.EvaluationLimit);
        result.Evaluations.ShouldBe(20);
        result.Energy.ShouldBeLessThan(result.EnergyInitial);
        var check = new ForceResult(structure.Count);
        field.Evaluate(structure, check, ForceParts.Energy).ShouldBe(result.Energy, 1e-9);
    }

    [Theory]
    [InlineData(nameof(MinimizerKind.ConjugateGradient))]
    [InlineData(nameof(MinimizerKind.LimitedMemory))]
    [InlineData(nameof(MinimizerKind.PreconditionedLimitedMemory))]
    public void ResultDependsOnlyOnTheStartNotOnWhatTheMinimizerDidBefore(string kind)
    {
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        AtomicStructure first = Swapped();
        var minimizer = Relaxation(field, first, kind);
        MinimizationResult fresh = minimizer.Minimize(first, new MinimizerSettings(), CancellationToken.None);

        AtomicStructure other = ReferenceData.Sample("cu50zr50-864-p0.data");
        other.SwapSpecies(3, 200);
        minimizer.Minimize(other, new MinimizerSettings { MaxEvaluations = 37 }, CancellationToken.None);
        AtomicStructure second = Swapped();
        MinimizationResult again = minimizer.Minimize(second, new MinimizerSettings(), CancellationToken.None);

        again.ShouldBe(fresh);
        second.Coordinates.ShouldBe(first.Coordinates);
    }

    [Theory]
    [InlineData(nameof(MinimizerKind.ConjugateGradient))]
    [InlineData(nameof(MinimizerKind.LimitedMemory))]
    [InlineData(nameof(MinimizerKind.PreconditionedLimitedMemory))]
    public void CanceledMinimizationSaysSo(string kind)
    {
        AtomicStructure structure = Swapped();
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Relaxation(field, structure, kind)
            .Minimize(structure, new MinimizerSettings(), cancel.Token).Outcome.ShouldBe(MinimizationOutcome.Canceled);
    }

    [Theory]
    [InlineData(nameof(MinimizerKind.ConjugateGradient), double.NaN)]
    [InlineData(nameof(MinimizerKind.ConjugateGradient), double.PositiveInfinity)]
    [InlineData(nameof(MinimizerKind.LimitedMemory), double.NaN)]
    [InlineData(nameof(MinimizerKind.LimitedMemory), double.PositiveInfinity)]
    public void NonFiniteEnergyEndsWithItsName(string kind, double energy)
    {
        var objective = new Quadratic(_ => 1) { BreakAfter = 3, BrokenValue = energy };
        Descent(kind, objective)
            .Minimize(objective, new MinimizerSettings(), continued: false, CancellationToken.None)
            .Outcome.ShouldBe(MinimizationOutcome.NonFiniteEnergy);
    }

    [Theory]
    [InlineData(nameof(MinimizerKind.ConjugateGradient))]
    [InlineData(nameof(MinimizerKind.LimitedMemory))]
    [InlineData(nameof(MinimizerKind.PreconditionedLimitedMemory))]
    public void ForcesThatPointUphillEndAsNoDescent(string kind)
    {
        var objective = new Quadratic(_ => 1) { Uphill = true };
        Descent(kind, objective)
            .Minimize(objective, new MinimizerSettings(), continued: false, CancellationToken.None)
            .Outcome.ShouldBe(MinimizationOutcome.NoDescent);
    }

    [Theory]
    [InlineData(nameof(MinimizerKind.ConjugateGradient))]
    [InlineData(nameof(MinimizerKind.LimitedMemory))]
    [InlineData(nameof(MinimizerKind.PreconditionedLimitedMemory))]
    public void AMinimizationAllocatesNothing(string kind)
    {
        AtomicStructure start = Swapped();
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var minimizer = Relaxation(field, start, kind);
        AtomicStructure structure = start.Clone();
        var settings = new MinimizerSettings { MaxEvaluations = 60 };
        minimizer.Minimize(structure, settings, CancellationToken.None);
        structure.CopyFrom(start);
        long before = GC.GetAllocatedBytesForCurrentThread();
        minimizer.Minimize(structure, settings, CancellationToken.None);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Theory]
    [InlineData(nameof(MinimizerKind.ConjugateGradient))]
    [InlineData(nameof(MinimizerKind.LimitedMemory))]
    [InlineData(nameof(MinimizerKind.PreconditionedLimitedMemory))]
    public void PauseChangesNoBitOfTheWayAndADismissalEndsThere(string kind)
    {
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        AtomicStructure straight = Swapped(), paused = Swapped(), dismissed = Swapped();
        AtomRelaxation minimizer = Relaxation(field, straight, kind);
        var settings = new MinimizerSettings();
        MinimizationResult expected = minimizer.Minimize(straight, settings, CancellationToken.None);
        int asked = 0;
        double energyThere = 0;
        int evaluationsThere = 0;
        MinimizationPause Asking(bool answer) => new(settings with { ForceTolerance = 0.1 }, (energy, evaluations) =>
        {
            asked++;
            energyThere = energy;
            evaluationsThere = evaluations;
            return answer;
        });

        minimizer.Minimize(paused, settings, CancellationToken.None, Asking(true)).ShouldBe(expected);
        asked.ShouldBe(1);
        paused.Coordinates.ShouldBe(straight.Coordinates);

        MinimizationResult ended = minimizer.Minimize(dismissed, settings, CancellationToken.None, Asking(false));
        ended.Outcome.ShouldBe(MinimizationOutcome.Dismissed);
        ended.ForceNorm.ShouldBeInRange(1e-4, 0.1);
        ended.Energy.ShouldBe(energyThere);
        ended.Evaluations.ShouldBe(evaluationsThere);
        ended.Evaluations.ShouldBeLessThan(expected.Evaluations);
    }

    /// <summary>The first steps are cut to 0.1 Å a coordinate where forces are huge; their length says nothing of the next line.</summary>
    [Theory]
    [InlineData(nameof(MinimizerKind.ConjugateGradient))]
    [InlineData(nameof(MinimizerKind.LimitedMemory))]
    [InlineData(nameof(MinimizerKind.PreconditionedLimitedMemory))]
    public void AtomsTooCloseComeApart(string kind)
    {
        AtomicStructure structure = ReferenceData.Sample("cu50zr50-864-p0.data");
        structure.SetPosition(10, structure.Position(500) + new Vector3(0.3, 0.1, 0));
        using var field = new VectorEam(ReferenceData.CopperZirconium);

        MinimizationResult result = Relaxation(field, structure, kind)
            .Minimize(structure, new MinimizerSettings(), CancellationToken.None);

        result.EnergyInitial.ShouldBeGreaterThan(0);
        result.Outcome.ShouldBe(MinimizationOutcome.Converged);
        result.Energy.ShouldBeLessThan(-4100);
    }

    [Fact]
    public void LimitedMemorySolvesAnExactQuadratic()
    {
        var objective = new Quadratic(i => 1 + (i % 3));
        var settings = new MinimizerSettings { ForceTolerance = 1e-10, MaxMove = 100, InitialStep = 0.5 };

        MinimizationResult result = Descent(nameof(MinimizerKind.LimitedMemory), objective)
            .Minimize(objective, settings, continued: false, CancellationToken.None);

        result.Outcome.ShouldBe(MinimizationOutcome.Converged);
        objective.Coordinates.ShouldAllBe(x => Math.Abs(x - 1) < 1e-10);
        result.Iterations.ShouldBeLessThan(20);
    }

    [Fact]
    public void WhatWasLearnedOfTheStiffnessSavesEvaluationsAtTheNextStep()
    {
        Evaluations(continued: true).ShouldBeLessThan(Evaluations(continued: false));

        // Shear in four small steps, each begun with the nonaffine displacement of the one before.
        static int Evaluations(bool continued)
        {
            var settings = new MinimizerSettings { ForceTolerance = 1e-5 };
            using var field = new VectorEam(ReferenceData.CopperZirconium);
            AtomicStructure structure = ReferenceData.Sample("cu50zr50-864-p0.data");
            AtomRelaxation relaxation = Relaxation(field, structure, nameof(MinimizerKind.LimitedMemory));
            double[] increment = new double[structure.Coordinates.Length];
            field.Bind(structure);
            int evaluations = 0;
            for (int step = 0; step < 4; step++)
            {
                structure.Deform(new Matrix3(1, 1e-4, 0, 0, 1, 0, 0, 0, 1));
                double[] affine = [.. structure.Coordinates];
                for (int i = 0; i < affine.Length; i++)
                {
                    structure.Coordinates[i] += increment[i];
                }

                MinimizationResult result = relaxation.MinimizeBound(structure, settings, continued && step > 0, CancellationToken.None);
                result.Outcome.ShouldBe(MinimizationOutcome.Converged);
                evaluations += result.Evaluations;
                for (int i = 0; i < affine.Length; i++)
                {
                    increment[i] = structure.Coordinates[i] - affine[i];
                }
            }

            return evaluations;
        }
    }

    private static AtomRelaxation Relaxation(IForceField field, AtomicStructure structure, string kind) =>
        new(field, structure.Count, Enum.Parse<MinimizerKind>(kind));

    private static IDescent Descent(string kind, IObjective objective) =>
        AtomRelaxation.Descent(Enum.Parse<MinimizerKind>(kind), objective.Coordinates.Length);

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
