using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Devices.Eam;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Integration.Tests.Devices;

/// <summary>Relaxations side by side on a device: each is what it would be alone, and what the processor makes of it.</summary>
public sealed class EamBatchTests : IDisposable
{
    private static readonly MinimizerSettings Settings = new() { Kind = MinimizerKind.ConjugateGradient, ForceTolerance = 1e-3 };

    private readonly DeviceQueue _queue = new(ComputeDevice.Choose(null));

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void SwapsRelaxToWhereTheProcessorRelaxesThem()
    {
        AtomicStructure[] trials = Swaps(3);
        (MinimizationResult Result, AtomicStructure End)[] found = Relax(trials, places: 3, between: 8);
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        using var relaxation = new AtomRelaxation(field, trials[0].Count, MinimizerKind.ConjugateGradient);
        var forces = new ForceResult(trials[0].Count);
        for (int k = 0; k < trials.Length; k++)
        {
            AtomicStructure expected = trials[k].Clone();
            MinimizationResult processor = relaxation.Minimize(expected, Settings, CancellationToken.None);
            found[k].Result.Outcome.ShouldBe(MinimizationOutcome.Converged);
            found[k].Result.EnergyInitial.ShouldBe(processor.EnergyInitial, 1e-8);
            found[k].Result.Energy.ShouldBe(processor.Energy, 1e-5);

            // What it says of its end is true: energy and forces there, computed anew.
            field.Bind(found[k].End);
            field.Evaluate(found[k].End, forces, ForceParts.Forces).ShouldBe(found[k].Result.Energy, 1e-8);
            double norm = Math.Sqrt(forces.Forces.Select(f => f * f).Sum());
            norm.ShouldBe(found[k].Result.ForceNorm, 1e-9);
            norm.ShouldBeLessThanOrEqualTo(Settings.ForceTolerance);
            found[k].Result.ForceMax.ShouldBe(forces.Forces.Max(Math.Abs), 1e-9);
            LargestStep(expected, found[k].End).ShouldBeLessThan(1e-2);
        }
    }

    /// <summary>Places, companions and how often the host looks leave no trace in any bit.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 16)]
    public void NothingBesideAStructureChangesABitOfIt(int places, int between)
    {
        AtomicStructure[] trials = Swaps(5);
        (MinimizationResult Result, AtomicStructure End)[] together = Relax(trials, places: 4, between: 8);
        (MinimizationResult Result, AtomicStructure End)[] other = Relax(trials.Reverse().ToArray(), places, between).Reverse().ToArray();
        for (int k = 0; k < trials.Length; k++)
        {
            other[k].Result.ShouldBe(together[k].Result);
            other[k].End.Coordinates.ShouldBe(together[k].End.Coordinates);
        }
    }

    [Fact]
    public void CellsOfOneBatchMayDiffer()
    {
        AtomicStructure[] cells = [SmallCells.Random(40, 9, 1), SmallCells.Random(40, 10, 2), SmallCells.Random(40, 13, 3)];
        (MinimizationResult Result, AtomicStructure End)[] together = Relax(cells, places: 3, between: 8);
        for (int k = 0; k < cells.Length; k++)
        {
            together[k].Result.Outcome.ShouldBe(MinimizationOutcome.Converged);
            together[k].End.Coordinates.ShouldBe(Relax([cells[k]], places: 1, between: 8)[0].End.Coordinates);
            using var field = new VectorEam(ReferenceData.CopperZirconium);
            field.Bind(together[k].End);
            field.Evaluate(together[k].End, new ForceResult(40), ForceParts.Energy).ShouldBe(together[k].Result.Energy, 1e-8);
        }
    }

    /// <summary>A droplet in a wide cell: far more neighbors than its mean density lets expect.</summary>
    [Fact]
    public void ListThatRunsOutOfRoomLeavesNoTrace()
    {
        AtomicStructure droplet = Droplet();
        AtomicStructure other = droplet.Clone();
        other.SwapSpecies(0, 1);
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var expected = new ForceResult(droplet.Count);
        var found = new ForceResult(droplet.Count);
        using (var batch = new EamBatch(_queue, ReferenceData.CopperZirconium, droplet.Count, places: 2))
        {
            batch.Put(1, droplet);
            batch.Evaluate(1, found, ForceParts.All);
        }

        field.Bind(droplet);
        field.Evaluate(droplet, expected, ForceParts.All).ShouldBe(found.Energy, 1e-9);
        found.Forces.Zip(expected.Forces, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-9);
        Relax([other, droplet], places: 2, between: 4)[1].End.Coordinates.ShouldBe(Relax([droplet], places: 1, between: 4)[0].End.Coordinates);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void EvaluationsThatRunOutEndAtThePointThatIsReported(int most)
    {
        AtomicStructure trial = Swaps(1)[0];
        (MinimizationResult result, AtomicStructure end) = Relax([trial], places: 1, between: 3, Settings with { MaxEvaluations = most })[0];
        result.Outcome.ShouldBe(MinimizationOutcome.EvaluationLimit);
        result.Evaluations.ShouldBe(most);
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var forces = new ForceResult(trial.Count);
        field.Bind(end);
        field.Evaluate(end, forces, ForceParts.Forces).ShouldBe(result.Energy, 1e-8);
        Math.Sqrt(forces.Forces.Select(f => f * f).Sum()).ShouldBe(result.ForceNorm, 1e-8);
    }

    [Fact]
    public void AtomsInOnePlaceEndWithANamedOutcome()
    {
        AtomicStructure structure = SmallCells.Random(40, 12, 4);
        structure.SetPosition(0, structure.Position(1));
        Relax([structure], places: 1, between: 4)[0].Result.Outcome.ShouldBe(MinimizationOutcome.NonFiniteEnergy);
    }

    [Fact]
    public void LargestForceMayBeTheTolerance()
    {
        (MinimizationResult result, _) = Relax(Swaps(1), places: 1, between: 8, Settings with { MaxForceTolerance = 0.01 })[0];
        result.Outcome.ShouldBe(MinimizationOutcome.Converged);
        result.ForceMax.ShouldBeLessThanOrEqualTo(0.01);
        result.ForceNorm.ShouldBeGreaterThan(Settings.ForceTolerance);
    }

    private static AtomicStructure[] Swaps(int count)
    {
        AtomicStructure glass = ReferenceData.Sample("cu50zr50-864-p0.data");
        return [.. Enumerable.Range(0, count).Select(k =>
        {
            AtomicStructure trial = glass.Clone();
            int a = 31 * k, b = a + 1;
            while (trial.Species[b] == trial.Species[a])
            {
                b++;
            }

            trial.SwapSpecies(a, b);
            return trial;
        })];
    }

    private static AtomicStructure Droplet()
    {
        AtomicStructure dense = SmallCells.Random(60, 9, 5);
        var droplet = new AtomicStructure(60, Cell.Orthorhombic(40, 40, 40), ["Cu", "Zr"]);
        for (int i = 0; i < 60; i++)
        {
            droplet.SetPosition(i, dense.Position(i) + new Vector3(15, 15, 15));
            droplet.Species[i] = dense.Species[i];
        }

        return droplet;
    }

    private static double LargestStep(AtomicStructure a, AtomicStructure b) =>
        Enumerable.Range(0, a.Count).Max(i => (a.Position(i) - b.Position(i)).Length);

    private (MinimizationResult Result, AtomicStructure End)[] Relax(
        AtomicStructure[] structures, int places, int between, MinimizerSettings? settings = null)
    {
        using var batch = new EamBatch(_queue, ReferenceData.CopperZirconium, structures[0].Count, places);
        var results = new (MinimizationResult, AtomicStructure)[structures.Length];
        int[] at = [.. Enumerable.Repeat(-1, places)];
        var statuses = new DescentStatus[places];
        int next = 0, done = 0;
        while (done < structures.Length)
        {
            for (int place = 0; place < places; place++)
            {
                if (at[place] < 0 && next < structures.Length)
                {
                    at[place] = next;
                    batch.Put(place, structures[next++]);
                    batch.Start(place, settings ?? Settings);
                }
            }

            batch.Advance(between);
            batch.Look(statuses);
            for (int place = 0; place < places; place++)
            {
                if (at[place] >= 0 && statuses[place] is not (DescentStatus.Running or DescentStatus.NoRoom))
                {
                    AtomicStructure end = structures[at[place]].Clone();
                    results[at[place]] = (batch.Finish(place, end), end);
                    at[place] = -1;
                    done++;
                }
            }
        }

        return results;
    }
}
