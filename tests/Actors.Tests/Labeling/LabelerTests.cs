using Glasswright.Actors.Labeling;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Actors.Tests.Labeling;

public sealed class LabelerTests : IDisposable
{
    private static readonly Lazy<EamTables> Potential =
        new(() => SetflFile.Read(Repository.Data("potentials", "CuZr_mm.eam.fs")));

    private static readonly AtomicStructure Glass =
        StructureFile.Read(Repository.Data("glasses", "cu50zr50-864-p0.data"), ["Cu", "Zr"]).Structure;

    private readonly string _root = Directory.CreateTempSubdirectory("glasswright-labels-").FullName;
    private int _fields;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task LabelsAreTheSameBytesOnAnyNumberOfThreadsAndFinishedModesAreNotRepeated()
    {
        LabelRun[] one = Runs("one");
        LabelingResult result = await Labeler.RunAsync(one, 1, null, CancellationToken.None);
        result.Finished.ShouldBeTrue();
        result.Tables.ShouldAllBe(t => t != null);

        // The second mode of each structure waits for the stop, so that no structure is finished before.
        using var stop = new CancellationTokenSource();
        LabelRun[] three = [Run("three", "a", WithASecondThatWaits(stop.Token)), Run("three", "b", WithASecondThatWaits(stop.Token))];
        var progress = new Recorder(p =>
        {
            if (p.StepsHere >= 3)
            {
                stop.Cancel();
            }
        });
        LabelingResult stopped = await Labeler.RunAsync(three, 3, progress, stop.Token);
        stopped.Finished.ShouldBeFalse();
        int kept = three.Sum(r => r.Units.Count(u => u.Finished() is not null));

        _fields = 0;
        LabelRun[] again = Runs("three");
        long total = 0;
        (await Labeler.RunAsync(again, 3, new Recorder(p => total = p.StepsTotal), CancellationToken.None)).Finished.ShouldBeTrue();
        _fields.ShouldBe(4 - kept);
        total.ShouldBe(8);
        foreach ((LabelRun expected, LabelRun found) in one.Zip(again))
        {
            File.ReadAllBytes(found.LabelPath).ShouldBe(File.ReadAllBytes(expected.LabelPath));
            File.ReadAllBytes(found.ModePath).ShouldBe(File.ReadAllBytes(expected.ModePath));
        }

        _fields = 0;
        (await Labeler.RunAsync(Runs("three"), 2, null, CancellationToken.None)).Finished.ShouldBeTrue();
        _fields.ShouldBe(0);
    }

    [Fact]
    public async Task AFailureReachesTheCallerAfterTheWorkersHaveEnded()
    {
        LabelRun run = Run("failing", "a", () => throw new InputException("no force field today"));
        (await Should.ThrowAsync<InputException>(() => Labeler.RunAsync([run], 2, null, CancellationToken.None)))
            .Message.ShouldBe("no force field today");
    }

    private LabelRun[] Runs(string folder) =>
        [Run(folder, "a", MakeField), Run(folder, "b", MakeField)];

    private LabelRun Run(string folder, string name, Func<IForceField> field)
    {
        AtomicStructure structure = Glass.Clone();
        if (name == "b")
        {
            structure.SwapSpecies(0, Array.IndexOf(structure.Species, 1 - structure.Species[0]));
        }

        return new LabelRun(
            new LabelInputs
            {
                Name = name,
                Structure = structure,
                ForceField = field,
                PotentialSha256 = "p",
                Numerics = "n",
            },
            new LabelSettings
            {
                Definition = new LabelDefinition
                {
                    Strains = [0.002],
                    Step = 1e-3,
                    ForceTolerance = 1e-2,
                    Modes = [LoadingMode.All[0], LoadingMode.All[6]],
                },
            },
            Path.Combine(_root, folder));
    }

    private VectorEam MakeField()
    {
        Interlocked.Increment(ref _fields);
        return new VectorEam(Potential.Value);
    }

    private Func<IForceField> WithASecondThatWaits(CancellationToken stop)
    {
        int made = 0;
        return () => Interlocked.Increment(ref made) == 1 ? MakeField() : new WaitingField(MakeField(), stop);
    }

    /// <summary>A force field whose evaluations end only when the run is stopped.</summary>
    private sealed class WaitingField(VectorEam inner, CancellationToken stop) : IForceField, IDisposable
    {
        public double Cutoff => inner.Cutoff;

        public void Bind(AtomicStructure structure) => inner.Bind(structure);

        public double Evaluate(AtomicStructure structure, ForceResult result, ForceParts parts)
        {
            stop.WaitHandle.WaitOne();
            return inner.Evaluate(structure, result, parts);
        }

        public void Dispose() => inner.Dispose();
    }

    private sealed class Recorder(Action<LabelProgress> action) : IProgress<LabelProgress>
    {
        public void Report(LabelProgress value) => action(value);
    }
}
