using Glasswright.Actors.Acceptance;
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

/// <summary>Searches of varying composition on the 864-atom glass with its real potential, and what is refused.</summary>
public sealed class GlassCompositionTests : IDisposable
{
    private static readonly Lazy<EamTables> Potential =
        new(() => SetflFile.Read(Repository.Data("potentials", "CuZr_mm.eam.fs")));

    private readonly string _root = Directory.CreateTempSubdirectory("glasswright-composition-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task TraditionalMonteCarloAnswersTheSameBytesStoppedAndResumedOnAnyNumberOfSamplers()
    {
        var settings = new SearchSettings
        {
            Trials = 500,
            Seed = 5,
            Replicas = 2,
            Decider = new DeciderSettings { Kind = DeciderKind.Energy, Temperature = 4000 },
            Proposal = new ProposalSettings { Relax = false, TransmutationShare = 0.4, RecomputeEvery = 120 },
            Composition = Varying(3.2),
        };
        string one = Path.Combine(_root, "one"), resumed = Path.Combine(_root, "resumed");
        SearchResult result = await RunAsync(one, settings with { Samplers = 1 }, null, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var progress = new ActionProgress(p =>
        {
            if (p.Done >= 200)
            {
                stop.Cancel();
            }
        });
        await RunAsync(resumed, settings with { Samplers = 3 }, progress, stop.Token);
        await RunAsync(resumed, settings with { Samplers = 3 }, null, CancellationToken.None);
        LawHarness.ShouldAnswerTheSame(resumed, one);
        result.Trials.ShouldBe(1000);
        string[][] rows = Rows(one);
        rows.Count(row => row[2] == row[3]).ShouldBeInRange(150, 250);
        rows.ShouldContain(row => row[1] == "1" && row[2] == row[3]);
        rows.ShouldContain(row => row[3] == "0");
        rows.ShouldContain(row => row[3] != "0" && row[2] != row[3]);
        EndsWithWhatTheLastRowSays(one, rows);
    }

    [Fact]
    public async Task BasinHoppingRelaxesAfterATransmutationAndItsFilesHoldTheNewSpecies()
    {
        var settings = new SearchSettings
        {
            Trials = 5,
            Seed = 3,
            Samplers = 2,
            Decider = new DeciderSettings { Kind = DeciderKind.Energy, Constant = 3 },
            Proposal = new ProposalSettings { TransmutationShare = 0.8 },
            Composition = Varying(3.2),
            Calibration = null,
        };
        string folder = Path.Combine(_root, "relaxed");
        SearchResult result = await RunAsync(folder, settings, null, CancellationToken.None);
        result.Accepted.ShouldBeGreaterThan(0);
        string[][] rows = Rows(folder);
        rows.ShouldContain(row => row[1] == "1" && row[2] == row[3]);
        rows.ShouldAllBe(row => row[4] == nameof(TrialOutcome.Converged));
        EndsWithWhatTheLastRowSays(folder, rows);
    }

    [Fact]
    public void WhatACompositionCannotVaryOverIsRefusedBeforeAnythingIsWritten()
    {
        var energy = new SearchSettings
        {
            Trials = 1,
            Decider = new DeciderSettings { Kind = DeciderKind.Energy, Constant = 1 },
            Proposal = new ProposalSettings { TransmutationShare = 0.5 },
            Composition = Varying(0),
        };
        SearchSettings gnn = energy with { Decider = new DeciderSettings { Models = ["m"] } };
        AtomicStructure pure = Start();
        Array.Clear(pure.Species);
        GlassEvaluator.Factory(energy, pure, Potential.Value, [])().Dispose();

        // A species without atoms must be known all the same: an atom may come to have it.
        var copper = new PropertyModel(ParameterSet.Initialize(new ParameterLayout(new Architecture { Species = ["Cu", "Al"] }), 1));
        Should.Throw<InputException>(() => GlassEvaluator.Factory(gnn, pure, Potential.Value, [copper])).Found.ShouldBe("Zr");
        AtomicStructure three = Start();
        three.NameSpecies(["Cu", "Zr", "Al"]);
        SearchSettings withAluminum = energy with
        {
            Composition = new CompositionSettings
            {
                Term = CompositionTerm.SemiGrand(new Dictionary<string, double> { ["Cu"] = 0, ["Zr"] = 0, ["Al"] = 0 }),
            },
        };
        Should.Throw<InputException>(() => GlassEvaluator.Factory(withAluminum, three, Potential.Value, [])).Found.ShouldBe("Al");
        Should.Throw<InputException>(() => GlassEvaluator.Factory(withAluminum, Start(), Potential.Value, []))
            .Message.ShouldContain("search.composition.chemical-potential names a species that the structure does not have");

        var named = new AtomicStructure(pure.Count, pure.Cell, ["Cu"]);
        pure.Coordinates.CopyTo(named.Coordinates, 0);
        SearchSettings constrained = energy with
        {
            Composition = new CompositionSettings
            {
                Term = CompositionTerm.VarianceConstrained(new Dictionary<string, double> { ["Cu"] = 0.5 }, 1),
            },
        };
        Should.Throw<InputException>(() => GlassEvaluator.Factory(constrained, named, Potential.Value, []))
            .Message.ShouldContain("second species");
        AtomicStructure odd = Start();
        odd.Ids[4] = -4;
        Should.Throw<InputException>(() => GlassEvaluator.Factory(energy, odd, Potential.Value, [])).Found.ShouldBe("-4");
    }

    private static CompositionSettings Varying(double difference) => new()
    {
        Term = CompositionTerm.SemiGrand(new Dictionary<string, double> { ["Cu"] = 0, ["Zr"] = -difference }),
    };

    private static void EndsWithWhatTheLastRowSays(string folder, string[][] rows)
    {
        string[] last = rows.Last(row => row[1] == "1")[17..];
        last.ShouldNotBe(["432", "432"]);
        foreach (string name in new[] { "final.data", "final.extxyz", "final-0.extxyz" })
        {
            AtomicStructure end = StructureFile.Read(Path.Combine(folder, name), ["Cu", "Zr"]).Structure;
            string.Join(' ', CompositionTerm.Count(end)).ShouldBe(string.Join(' ', last), name);
        }
    }

    private static AtomicStructure Start() =>
        StructureFile.Read(Repository.Data("glasses", "cu50zr50-864-p0.data"), ["Cu", "Zr"]).Structure;

    private static string[][] Rows(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "chain-0.csv")).Skip(1).Select(line => line.Split(','))];

    private static async Task<SearchResult> RunAsync(
        string path, SearchSettings settings, IProgress<SearchProgress>? progress, CancellationToken stop)
    {
        using RunFolder folder = RunFolder.HoldsRun(path) ? RunFolder.Open(path) : RunFolder.Create(path, OutExists.Refuse);
        using RunStore store = folder.OpenStore();
        var session = new SearchSession(new SearchParts
        {
            Settings = settings,
            Start = Start(),
            MakeEvaluator = GlassEvaluator.Factory(settings, Start(), Potential.Value, []),
            Store = store,
            Folder = folder,
            Record = new RunRecord("glass", "glass", "test", "", settings.Replicas),
        });
        return await session.RunAsync(progress, stop);
    }
}
