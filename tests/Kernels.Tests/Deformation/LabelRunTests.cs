using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Formats;

namespace Glasswright.Kernels.Tests.Deformation;

public sealed class LabelRunTests : IDisposable
{
    private static readonly string[] ModeNames = ["xy+", "xz-", "x+", "z-"];
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void NeitherTheOrderOfUnitsNorThreadsAreSeenInTheFiles()
    {
        LabelRun forward = Run("forward"), backward = Run("backward"), threaded = Run("threaded");
        foreach (LabelUnit unit in forward.Units)
        {
            unit.Run().Outcome.ShouldBe(QuasistaticOutcome.Completed);
        }

        foreach (LabelUnit unit in backward.Units.Reverse())
        {
            unit.Run();
        }

        Parallel.ForEach(threaded.Units, unit => unit.Run());
        forward.Assemble();
        backward.Assemble();
        threaded.Assemble();
        foreach (LabelRun other in (LabelRun[])[backward, threaded])
        {
            File.ReadAllBytes(other.LabelPath).ShouldBe(File.ReadAllBytes(forward.LabelPath));
            File.ReadAllBytes(other.ModePath).ShouldBe(File.ReadAllBytes(forward.ModePath));
        }
    }

    [Fact]
    public void AFinishedModeIsNotComputedAgain()
    {
        Run("out").Units[2].Run();
        int made = 0;
        LabelRun again = Run("out", onField: () => made++);
        foreach (LabelUnit unit in again.Units)
        {
            (unit.Finished() is not null).ShouldBe(unit == again.Units[2]);
            unit.Run();
        }

        made.ShouldBe(3);
        again.State().ShouldBe(LabelState.Missing);
        again.Assemble();
        again.State().ShouldBe(LabelState.Finished);
        Directory.EnumerateFiles(Path.Combine(again.Folder, ".partial")).ShouldBeEmpty();
    }

    [Fact]
    public void ACanceledUnitKeepsNothingAndRunsToTheSameResultLater()
    {
        using var source = new CancellationTokenSource();
        LabelRun canceled = Run("out", onEvaluation: n =>
        {
            if (n == 40)
            {
                source.Cancel();
            }
        });
        canceled.Units[0].Run(null, source.Token).Outcome.ShouldBe(QuasistaticOutcome.Canceled);
        canceled.Units[0].Finished().ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => canceled.Assemble());
        ModeResult later = Run("out").Units[0].Run(), elsewhere = Run("elsewhere").Units[0].Run();
        later.Outcome.ShouldBe(QuasistaticOutcome.Completed);
        later.LnD2Min[1].ShouldBe(elsewhere.LnD2Min[1]);
    }

    [Fact]
    public void ADamagedOrForeignPartialIsComputedAgain()
    {
        LabelRun run = Run("out");
        ModeResult result = run.Units[0].Run();
        byte[] bytes = File.ReadAllBytes(run.Units[0].PartialPath);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(run.Units[0].PartialPath, bytes);
        run.Units[0].Finished().ShouldBeNull();
        run.Units[0].Run().LnD2Min[0].ShouldBe(result.LnD2Min[0]);
        run.Units[0].Finished()!.LnD2Min[0].ShouldBe(result.LnD2Min[0]);
        ModeResultFile.TryRead(run.Units[0].PartialPath, run.Units[1].Key).ShouldBeNull();
    }

    [Fact]
    public void EveryInputChangesTheKey()
    {
        AtomicStructure swapped = SoftSpheres.Packing();
        swapped.SwapSpecies(0, 1);
        string[] keys =
        [
            Run("out").Key,
            Run("out", change: inputs => inputs with { Structure = swapped }).Key,
            Run("out", change: inputs => inputs with { PotentialSha256 = "other" }).Key,
            Run("out", change: inputs => inputs with { Numerics = "other" }).Key,
            Run("out", definition: d => d with { Lateral = LateralCondition.Fixed }).Key,
            Run("out", definition: d => d with { Cutoff = 4 }).Key,
            Run("out", definition: d => d with { DividedByNeighbors = true }).Key,
            Run("out", definition: d => d with { Strains = [0.01] }).Key,
            Run("out", definition: d => d with { Step = 5e-4 }).Key,
            Run("out", definition: d => d with { ForceTolerance = 2e-5 }).Key,
        ];
        keys.Distinct().Count().ShouldBe(keys.Length);
        Run("out").Units.Select(unit => unit.Key).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void LabelsOfOtherSettingsAreNotTakenForFinished()
    {
        LabelRun run = Run("out");
        foreach (LabelUnit unit in run.Units)
        {
            unit.Run();
        }

        run.Assemble();
        Run("out", definition: d => d with { Cutoff = 4 }).State().ShouldBe(LabelState.Different);
        File.WriteAllText(run.LabelPath, "not a label file");
        run.State().ShouldBe(LabelState.Different);
    }

    [Fact]
    public void AModeThatDoesNotConvergeMakesItsLabelsInvalidAndNamesTheOutcome()
    {
        LabelRun run = Run("out", maxEvaluations: 12);
        foreach (LabelUnit unit in run.Units)
        {
            unit.Run().Outcome.ShouldBe(QuasistaticOutcome.EvaluationLimit);
        }

        LabelTable labels = run.Assemble().Average();
        labels.Valid.ShouldAllBe(valid => !valid);
        LabelTable read = LabelFile.ReadLabels(run.LabelPath);
        read.Valid.ShouldAllBe(valid => !valid);
        read.Header.Outcomes[0].ShouldBe(new ModeOutcome(LoadingMode.Parse("xy+"), QuasistaticOutcome.EvaluationLimit, 0));
    }

    [Fact]
    public void LabelsAreMeansOfLogarithmsOverTheModes()
    {
        LabelRun run = Run("out");
        ModeResult[] results = [.. run.Units.Select(unit => unit.Run())];
        LabelTable labels = run.Assemble().Average();
        QuasistaticResult x = new QuasistaticRun(new SoftSpheres(), SoftSpheres.Packing()).Run(new QuasistaticSettings
        {
            Mode = LoadingMode.Parse("x+"),
            Step = 1e-3,
            Strain = 0.02,
            Snapshots = [0.01],
            ForceTolerance = 1e-6,
        });
        var d2Min = new double[x.Reference.Count];
        new NonaffineDisplacement(x.Reference, 3.5).Compute(x.Snapshots[0].Structure, d2Min);
        int valid = 0;
        for (int i = 0; i < d2Min.Length; i++)
        {
            if (labels.Valid[i])
            {
                valid++;
                results[2].LnD2Min[0][i].ShouldBe(Math.Log(d2Min[i]), 1e-12);
                labels.Values[1][i].ShouldBe(results.Average(result => result.LnD2Min[1][i]), 1e-12);
            }
        }

        valid.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void NamesThatLeaveTheFolderAreRefused()
    {
        Should.Throw<InputException>(() => Run("out", change: inputs => inputs with { Name = "../evil" }));
        Should.Throw<InputException>(() => Run("out", definition: d => d with { Strains = [0.02, 0.01] }));
        Should.Throw<InputException>(() => Run("out", definition: d => d with { Step = null }));
    }

    private LabelRun Run(
        string folder, Func<LabelInputs, LabelInputs>? change = null, Func<LabelDefinition, LabelDefinition>? definition = null,
        Action? onField = null, Action<int>? onEvaluation = null, int maxEvaluations = 50_000)
    {
        string path = _scratch.File(folder);
        Directory.CreateDirectory(path);
        var inputs = new LabelInputs
        {
            Name = "packing",
            Structure = SoftSpheres.Packing(),
            PotentialSha256 = "soft spheres",
            Numerics = "1",
            ForceField = () =>
            {
                onField?.Invoke();
                return new SoftSpheres { Evaluating = onEvaluation };
            },
        };
        var defined = new LabelDefinition
        {
            Strains = [0.01, 0.02],
            Modes = [.. ModeNames.Select(name => LoadingMode.Parse(name))],
            Step = 1e-3,
            Cutoff = 3.5,
            ForceTolerance = 1e-6,
        };
        return new LabelRun(
            change?.Invoke(inputs) ?? inputs,
            new LabelSettings { Definition = definition?.Invoke(defined) ?? defined, MaxEvaluations = maxEvaluations },
            path);
    }
}
