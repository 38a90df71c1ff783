using System.Globalization;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Tests.Support;

namespace Glasswright.Actors.Tests.Search;

/// <summary>The law of one answer, and what a chain records, on the 864-atom glass with its real potential.</summary>
public sealed class GlassSearchTests : IDisposable
{
    private static readonly Lazy<EamTables> Potential =
        new(() => SetflFile.Read(Repository.Data("potentials", "CuZr_mm.eam.fs")));

    private readonly string _root = Directory.CreateTempSubdirectory("glasswright-glass-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task BasinHoppingAnswersTheSameBytesForOneAndTwoSamplers()
    {
        var settings = new SearchSettings
        {
            Trials = 6,
            Seed = 3,
            Decider = new DeciderSettings { Kind = DeciderKind.Energy, Constant = 1.5 },
            Calibration = null,
        };
        (string one, SearchResult result) = await RunAsync(settings with { Samplers = 1 }, null);
        (string two, _) = await RunAsync(settings with { Samplers = 2 }, null);
        LawHarness.ShouldAnswerTheSame(two, one);
        result.Trials.ShouldBe(6);
        result.Accepted.ShouldBeInRange(1, 5);
        string[][] rows = Rows(one);
        rows.ShouldAllBe(r => r[4] == nameof(TrialOutcome.Converged) && r[10].Length == 0);
        rows.ShouldAllBe(r => r[1] == "1" || r[9] == "energy");

        // E of the data's README; the search's own relaxation must not have left that minimum.
        result.TargetsStart[0].Value.ShouldBe(-4153.03893987, 1e-6);
        StructureFrame best = ExtendedXyzFile.Read(Path.Combine(one, "best.extxyz"), ["Cu", "Zr"]);
        best.Columns["energy"].Length.ShouldBe(864);
        best.Structure.Species.Count(s => s == 0).ShouldBe(Start().Species.Count(s => s == 0));
        StructureFile.Read(Path.Combine(one, "final.data"), ["Cu", "Zr"]).Structure.Coordinates
            .ShouldBe(ExtendedXyzFile.Read(Path.Combine(one, "final.extxyz"), ["Cu", "Zr"]).Structure.Coordinates);
    }

    [Fact]
    public async Task TheNetworkDecidesTheSameForOneAndTwoSamplers()
    {
        var shape = new Architecture
        {
            NodeWidth = 8,
            EdgeWidth = 12,
            Heads = 2,
            HeadWidth = 4,
            Layers = 2,
            Embedding = [8],
            Readout = [8],
            Gaussian = GaussianBasis.Default with { Count = 12, Step = 0.4 },
        };
        var model = new PropertyModel(ParameterSet.Initialize(new ParameterLayout(shape), 1));
        var settings = new SearchSettings
        {
            Trials = 4,
            Seed = 4,
            Decider = new DeciderSettings { Kind = DeciderKind.Gnn, Models = ["random"] },
            Proposal = new ProposalSettings { BiasExponent = 1, Hastings = true },
            Calibration = new CalibrationSettings(0.5, 3),
        };
        (string one, SearchResult result) = await RunAsync(settings with { Samplers = 1 }, model);
        (string two, _) = await RunAsync(settings with { Samplers = 2 }, model);
        LawHarness.ShouldAnswerTheSame(two, one);
        Rows(one).ShouldAllBe(r => r.Skip(10).All(figure => figure.Length > 0));
        ExtendedXyzFile.Read(Path.Combine(one, "final.extxyz"), ["Cu", "Zr"]).Columns.ShouldContainKey("value");
        result.Calibration.ShouldNotBeNull().Constants.Count.ShouldBe(7);
    }

    [Theory]
    [InlineData(nameof(ScreeningMode.EarlyReject))]
    [InlineData(nameof(ScreeningMode.DelayedAcceptance))]
    public async Task ScreenedBasinHoppingAnswersTheSameBytesForOneAndTwoSamplers(string mode)
    {
        var settings = new SearchSettings
        {
            Trials = 8,
            Seed = 3,
            Decider = new DeciderSettings { Kind = DeciderKind.Energy, Constant = 0.7 },
            Calibration = null,
            Screening = new ScreeningSettings { Mode = Enum.Parse<ScreeningMode>(mode), ForceTolerance = 0.05, Margin = 0.05, AuditShare = 0.5 },
        };
        (string one, SearchResult result) = await RunAsync(settings with { Samplers = 1 }, null);
        (string two, SearchResult again) = await RunAsync(settings with { Samplers = 2 }, null);
        LawHarness.ShouldAnswerTheSame(two, one);
        again.Screening.ShouldBe(result.Screening);
        string[][] rows = Rows(one);
        rows.ShouldContain(r => r[4] == nameof(TrialOutcome.Screened) && r[9] == "energy" && r[5].Length == 0);
        rows.ShouldContain(r => r[1] == "1");
        int Longest(Func<string[], bool> which) => rows.Where(which).Max(r => int.Parse(r[7], CultureInfo.InvariantCulture));
        Longest(r => r[4] == nameof(TrialOutcome.Screened)).ShouldBeLessThan(Longest(r => r[4] == nameof(TrialOutcome.Converged)));
    }

    [Fact]
    public void APauseCountsWhatATrialHasCostByThenAndLeavesNoTrace()
    {
        SearchSettings settings = new() { Trials = 1, Decider = new DeciderSettings { Kind = DeciderKind.Energy } };
        using ITrialEvaluator evaluator = GlassEvaluator.Factory(settings, Start(), Potential.Value, [])();
        var version = ChainVersion.Evaluate(
            evaluator, settings.TargetSet, settings.Proposal, 0, 0, CanonicalStructure.WrapAndEncode(Start()));
        AtomicStructure start = version.Structure;
        var pair = new AtomPair(Array.IndexOf(start.Species, 0), Array.IndexOf(start.Species, 1));
        int asked = 0, counted = 0;
        double seen = 0;
        TrialPause Pause(bool goOn) => new(0.05, (_, energy, _, _, evaluations) =>
        {
            asked++;
            (counted, seen) = (evaluations, energy);
            return goOn;
        });

        Relaxation straight = evaluator.RelaxSwap(version, pair, null, CancellationToken.None);
        double[] end = [.. evaluator.Relaxed.Coordinates];
        Relaxation paused = evaluator.RelaxSwap(version, pair, Pause(true), CancellationToken.None);
        asked.ShouldBe(1);
        seen.ShouldBeGreaterThan(straight.Energy);
        (paused.Energy, paused.PressureBar, paused.Evaluations)
            .ShouldBe((straight.Energy, straight.PressureBar, straight.Evaluations));
        evaluator.Relaxed.Coordinates.ShouldBe(end);

        int before = counted;
        evaluator.GoBack(pair, Pause(false), CancellationToken.None, out int back).ShouldBeTrue();
        back.ShouldBe(counted);
        evaluator.Relaxed.Coordinates.ShouldBe(end);
        Relaxation dismissed = evaluator.RelaxSwap(version, pair, Pause(false), CancellationToken.None);
        dismissed.Outcome.ShouldBe(TrialOutcome.Screened);
        dismissed.Evaluations.ShouldBe(before);
        dismissed.Evaluations.ShouldBeLessThan(straight.Evaluations);
    }

    [Fact]
    public async Task TraditionalSwapMonteCarloAnswersTheSameBytesStoppedAndResumedOnAnyNumberOfSamplers()
    {
        var settings = new SearchSettings
        {
            Trials = 700,
            Seed = 5,
            Replicas = 2,
            Decider = new DeciderSettings { Kind = DeciderKind.Energy, Temperature = 3000 },
            Proposal = new ProposalSettings { Relax = false, DisplacementShare = 0.7, RecomputeEvery = 150 },
        };
        (string one, SearchResult result) = await RunAsync(settings with { Samplers = 1 }, null);
        string three = Path.Combine(_root, "resumed");
        using var stop = new CancellationTokenSource();
        var progress = new StopWhen(p => p.Done >= 300, stop);
        SearchResult stopped = await RunAsync(three, settings with { Samplers = 3 }, null, progress, stop.Token);
        stopped.Outcome.ShouldBe(SearchOutcome.Stopped);
        stopped.Trials.ShouldBeInRange(300, 1399);
        await RunAsync(three, settings with { Samplers = 3 }, null, null, CancellationToken.None);
        LawHarness.ShouldAnswerTheSame(three, one);
        result.Trials.ShouldBe(1400);
        string[][] rows = Rows(one);
        rows.ShouldAllBe(r => r[4] == nameof(TrialOutcome.Unrelaxed));
        rows.ShouldContain(r => r[1] == "1" && r[3] == "0");
        rows.ShouldContain(r => r[3] != "0");

        // Frames at the start and at every recomputation: 150, 300, 450, 600, 700.
        ExtendedXyzFile.ReadFrames(Path.Combine(one, "accepted-0.extxyz"), ["Cu", "Zr"])
            .Select(f => f.Header["trial"]).ShouldBe(["0", "150", "300", "450", "600", "700"]);
    }

    [Fact]
    public async Task StretchOfTraditionalMonteCarloThatAcceptsNothingLeavesNoFrame()
    {
        // At 1 K a swap that raises the energy by less than a millielectronvolt is what it takes.
        var settings = new SearchSettings
        {
            Trials = 120,
            Samplers = 1,
            Decider = new DeciderSettings { Kind = DeciderKind.Energy, Temperature = 1 },
            Proposal = new ProposalSettings { Relax = false, DisplacementShare = 0, RecomputeEvery = 10 },
        };
        (string folder, SearchResult result) = await RunAsync(settings, null);
        result.Trials.ShouldBe(120);
        long[] accepted = [.. Rows(folder).Where(r => r[1] == "1").Select(r => long.Parse(r[0], CultureInfo.InvariantCulture))];
        string[] ends = ["0", .. accepted.Select(t => (t + 9) / 10 * 10).Distinct().Select(t => t.ToString(CultureInfo.InvariantCulture))];
        ends.Length.ShouldBeLessThan(13);
        ExtendedXyzFile.ReadFrames(Path.Combine(folder, "accepted-0.extxyz"), ["Cu", "Zr"])
            .Select(f => f.Header["trial"]).ShouldBe(ends);
        using RunFolder run = RunFolder.Open(folder);
        using RunStore store = run.OpenStore();
        store.ReadSummaries(0).Count.ShouldBe(ends.Length);
        store.ReadChain(0)!.NextTrial.ShouldBe(121);
    }

    [Fact]
    public async Task BestOfATraditionalChainIsItsLowestStructureAlsoWithinAStretch()
    {
        // Raised, so that a glass at its inherent structure is not the best one of its chains.
        var settings = new SearchSettings
        {
            Trials = 300,
            Seed = 5,
            Replicas = 2,
            Targets = [Target.Energy(0.02, TargetDirection.Raise)],
            Decider = new DeciderSettings { Kind = DeciderKind.Energy },
            Proposal = new ProposalSettings { Relax = false, DisplacementShare = 0.8, DisplacementStep = 0.02, RecomputeEvery = 70 },
        };
        (string folder, SearchResult result) = await RunAsync(settings with { Samplers = 1 }, null);
        string stretches = Path.Combine(_root, "other");
        using var stop = new CancellationTokenSource();
        await RunAsync(stretches, settings with { Samplers = 2 }, null, new StopWhen(p => p.Done >= 200, stop), stop.Token);
        await RunAsync(stretches, settings with { Samplers = 2 }, null, null, CancellationToken.None);
        LawHarness.ShouldAnswerTheSame(stretches, folder);

        (string Trial, double Energy) highest = Enumerable.Range(0, 2)
            .SelectMany(r => File.ReadLines(Path.Combine(folder, $"chain-{r}.csv")).Skip(1).Select(l => l.Split(',')))
            .Where(row => row[1] == "1")
            .Select(row => (row[0], double.Parse(row[5], CultureInfo.InvariantCulture)))
            .MaxBy(row => row.Item2);
        StructureFrame best = ExtendedXyzFile.Read(Path.Combine(folder, "best.extxyz"), ["Cu", "Zr"]);
        best.Header["trial"].ShouldBe(highest.Trial);
        double energy = double.Parse(best.Header["energy_eV"], CultureInfo.InvariantCulture);
        energy.ShouldBe(highest.Energy, 1e-6);
        double start = result.TargetsStart.First(t => t.Name == "energy_eV").Value;
        energy.ShouldBeGreaterThan(start);
        (int.Parse(highest.Trial, CultureInfo.InvariantCulture) % 70).ShouldNotBe(0);
    }

    [Fact]
    public void InputsThatDoNotFitTogetherAreRefusedBeforeAnythingIsWritten()
    {
        SearchSettings gnn = new() { Trials = 1, Decider = new DeciderSettings { Models = ["m"] } };
        SearchSettings energy = new() { Trials = 1, Decider = new DeciderSettings { Kind = DeciderKind.Energy } };
        AtomicStructure foreign = Start();
        foreign.NameSpecies(["Cu", "Al"]);
        AtomicStructure single = Start();
        Array.Clear(single.Species);
        var other = new PropertyModel(ParameterSet.Initialize(
            new ParameterLayout(new Architecture { Species = ["Ni", "P"] }), 1));
        Should.Throw<InputException>(() => GlassEvaluator.Factory(gnn, Start(), Potential.Value, []))
            .Message.ShouldContain("model");
        Should.Throw<InputException>(() => GlassEvaluator.Factory(gnn, Start(), Potential.Value, [other]))
            .Message.ShouldContain("other species");
        Should.Throw<InputException>(() => GlassEvaluator.Factory(energy, foreign, Potential.Value, []))
            .Message.ShouldContain("potential lacks");
        Should.Throw<InputException>(() => GlassEvaluator.Factory(energy, single, Potential.Value, []))
            .Message.ShouldContain("two species");
    }

    private static AtomicStructure Start() =>
        StructureFile.Read(Repository.Data("glasses", "cu50zr50-864-p0.data"), ["Cu", "Zr"]).Structure;

    private static string[][] Rows(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "chain-0.csv")).Skip(1).Select(l => l.Split(','))];

    private async Task<(string Folder, SearchResult Result)> RunAsync(SearchSettings settings, PropertyModel? model)
    {
        string folder = Path.Combine(_root, $"samplers-{settings.Samplers}");
        return (folder, await RunAsync(folder, settings, model, null, CancellationToken.None));
    }

    private static async Task<SearchResult> RunAsync(
        string path, SearchSettings settings, PropertyModel? model, IProgress<SearchProgress>? progress, CancellationToken stop)
    {
        using RunFolder folder = RunFolder.HoldsRun(path) ? RunFolder.Open(path) : RunFolder.Create(path, OutExists.Refuse);
        using RunStore store = folder.OpenStore();
        var session = new SearchSession(new SearchParts
        {
            Settings = settings,
            Start = Start(),
            MakeEvaluator = GlassEvaluator.Factory(settings, Start(), Potential.Value, model is null ? [] : [model]),
            Store = store,
            Folder = folder,
            Record = new RunRecord("glass", "glass", "test", "", settings.Replicas),
        });
        return await session.RunAsync(progress, stop);
    }

    private sealed class StopWhen(Func<SearchProgress, bool> condition, CancellationTokenSource stop) : IProgress<SearchProgress>
    {
        public void Report(SearchProgress value)
        {
            if (condition(value))
            {
                stop.Cancel();
            }
        }
    }
}
