using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Devices.Eam;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Integration.Tests.Devices;

/// <summary>Threads that share a device through one service.</summary>
public sealed class DeviceMechanicsTests
{
    private static readonly MinimizerSettings Settings = new() { Kind = MinimizerKind.ConjugateGradient, ForceTolerance = 1e-3 };

    [Fact]
    public void PauseThatGoesOnChangesNoBitAndIsAskedOnce()
    {
        AtomicStructure plain = Cell(1), paused = Cell(1);
        using IMechanics mechanics = Pool(1).Make(plain.Count);
        MinimizationResult expected = mechanics.Minimize(plain, Settings, CancellationToken.None);
        double energy = mechanics.EvaluateRelaxed(plain, new ForceResult(plain.Count));
        int asked = 0;
        MinimizationResult found = mechanics.Minimize(paused, Settings, CancellationToken.None, new MinimizationPause(
            Settings with { ForceTolerance = 0.5 },
            (at, evaluations) =>
            {
                asked++;
                Judge(paused, at, 0.5);
                evaluations.ShouldBeLessThan(expected.Evaluations);
                return true;
            }));
        asked.ShouldBe(1);
        found.ShouldBe(expected);
        paused.Coordinates.ShouldBe(plain.Coordinates);
        energy.ShouldBe(expected.Energy, 1e-9);
    }

    [Fact]
    public void PauseThatIsDismissedEndsThere()
    {
        AtomicStructure structure = Cell(2);
        using IMechanics mechanics = Pool(1).Make(structure.Count);
        MinimizationResult result = mechanics.Minimize(
            structure, Settings, CancellationToken.None, new MinimizationPause(Settings with { ForceTolerance = 0.5 }, (_, _) => false));
        result.Outcome.ShouldBe(MinimizationOutcome.Dismissed);
        Judge(structure, result.Energy, 0.5);
        mechanics.Minimize(structure, Settings, CancellationToken.None).Outcome.ShouldBe(MinimizationOutcome.Converged);
    }

    [Fact]
    public async Task MoreThreadsThanPlacesGetWhatEachGetsAlone()
    {
        DevicePool pool = Pool(2);
        AtomicStructure[] together = [.. Enumerable.Range(1, 6).Select(Cell)];
        await Task.WhenAll(together.Select(structure => Task.Factory.StartNew(
            () =>
            {
                using IMechanics mechanics = pool.Make(structure.Count);
                mechanics.Minimize(structure, Settings, CancellationToken.None).Outcome.ShouldBe(MinimizationOutcome.Converged);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        using IMechanics alone = Pool(1).Make(together[0].Count);
        for (int k = 0; k < together.Length; k++)
        {
            AtomicStructure structure = Cell(k + 1);
            alone.Minimize(structure, Settings, CancellationToken.None);
            together[k].Coordinates.ShouldBe(structure.Coordinates);
        }
    }

    [Fact]
    public void CanceledRelaxationEnds()
    {
        AtomicStructure structure = Cell(3);
        using IMechanics mechanics = Pool(1).Make(structure.Count);
        mechanics.Minimize(structure, Settings with { ForceTolerance = 0 }, new CancellationToken(canceled: true)).Outcome.ShouldBe(MinimizationOutcome.Canceled);
        mechanics.Minimize(structure, Settings, CancellationToken.None).Outcome.ShouldBe(MinimizationOutcome.Converged);
    }

    [Fact]
    public void EvaluationIsThatOfTheProcessor()
    {
        AtomicStructure structure = Cell(4);
        using IMechanics mechanics = Pool(1).Make(structure.Count);
        using var processor = new ProcessorMechanics(ReferenceData.CopperZirconium, structure.Count, MinimizerKind.ConjugateGradient);
        var found = new ForceResult(structure.Count);
        var expected = new ForceResult(structure.Count);
        mechanics.Evaluate(structure, found, CancellationToken.None).ShouldBe(processor.Evaluate(structure, expected, CancellationToken.None), 1e-9);
        found.AtomEnergies.Zip(expected.AtomEnergies, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-10);
        found.Virial.Zip(expected.Virial, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-8);
    }

    [Fact]
    public void FailureOnTheDevicesThreadReachesWhoeverAsks()
    {
        using IMechanics mechanics = Pool(1).Make(Cell(1).Count);
        Should.Throw<InvalidOperationException>(() => mechanics.Minimize(SmallCells.Random(90, 12, 1), Settings, CancellationToken.None))
            .Message.ShouldContain("The device failed");
        Should.Throw<InvalidOperationException>(() => mechanics.Minimize(Cell(1), Settings, CancellationToken.None))
            .Message.ShouldContain("The device failed");
    }

    private static AtomicStructure Cell(int seed) => SmallCells.Random(54, 10, seed);

    private static DevicePool Pool(int places) => new(ComputeDevice.Choose(null), ReferenceData.CopperZirconium, places);

    /// <summary>Energy and forces are those that were told of the point.</summary>
    private static void Judge(AtomicStructure structure, double energy, double tolerance)
    {
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var forces = new ForceResult(structure.Count);
        field.Bind(structure);
        field.Evaluate(structure, forces, ForceParts.Forces).ShouldBe(energy, 1e-9);
        Math.Sqrt(forces.Forces.Select(f => f * f).Sum()).ShouldBeLessThanOrEqualTo(tolerance);
    }
}
