using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Tests.Support;

namespace Glasswright.Actors.Tests.Search;

/// <summary>What an ensemble and the true simulation make of a structure, on the 864-atom glass with its real potential.</summary>
public sealed class DeciderTests : IDisposable
{
    private static readonly Lazy<EamTables> Potential =
        new(() => SetflFile.Read(Repository.Data("potentials", "CuZr_mm.eam.fs")));

    // Two steps of two modes: short, and everything is there.
    private static readonly LabelSettings Loading = new()
    {
        Definition = new Glasswright.Kernels.Deformation.LabelDefinition
        {
            Strains = [0.01],
            Step = 0.005,
            Modes = [LoadingMode.Parse("xy+"), LoadingMode.Parse("x-")],
        },
    };

    private readonly string _root = Directory.CreateTempSubdirectory("glasswright-deciders-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void EnsembleOfOneIsItsModelAloneToTheBit()
    {
        double[] alone = Predict(Model(1));
        Values(Make(new DeciderSettings { Models = ["a"] }, Model(1))).ShouldBe(alone);
        Values(new EnsembleDecider([Model(1)], 0)).ShouldAllBe(z => double.IsNaN(z), "one model has no spread to weigh");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    [InlineData(-0.5)]
    public void ZOfAnEnsembleIsItsMeanPlusKappaTimesItsSpread(double kappa)
    {
        double[] a = Predict(Model(1)), b = Predict(Model(2));
        double[] z = Values(Make(new DeciderSettings { Models = ["a", "b"], Kappa = kappa }, Model(1), Model(2)));
        for (int i = 0; i < z.Length; i++)
        {
            // Of two values the standard deviation is their distance over the root of two.
            z[i].ShouldBe(((a[i] + b[i]) / 2) + (kappa * Math.Abs(a[i] - b[i]) / Math.Sqrt(2)), 1e-12);
        }

        z.Where((value, i) => value != a[i]).ShouldNotBeEmpty();
    }

    [Fact]
    public void ModelsOfOtherMeaningsMakeNoDecider() =>
        Should.Throw<InputException>(() => Make(
            new DeciderSettings { Models = ["a", "b"] }, Model(1), Model(2, new Architecture { Species = ["Cu", "Zr", "Al"] })))
            .Message.ShouldContain("no ensemble");

    [Fact]
    public void TrueSimulationGivesTheBitsOfTheLabels()
    {
        AtomicStructure start = Start();
        byte[] before = CanonicalStructure.WrapAndEncode(start.Clone());
        double[] z = Values(Make(new DeciderSettings { Kind = DeciderKind.Aqs, Loading = Loading }));
        var run = new LabelRun(
            new LabelInputs
            {
                Name = "glass",
                Structure = start,
                ForceField = () => new VectorEam(Potential.Value),
                PotentialSha256 = "p",
                Numerics = "n",
            },
            Loading,
            _root);
        foreach (LabelUnit unit in run.Units)
        {
            unit.Run();
        }

        z.ShouldBe(run.Assemble().Average().Values[0]);
        z.ShouldAllBe(value => double.IsFinite(value));
        CanonicalStructure.WrapAndEncode(start).ShouldBe(before);
    }

    [Fact]
    public void TrueSimulationEndsWithinAForceEvaluationWhenItIsCanceled()
    {
        using IDecider decider = new AqsDecider(Potential.Value, Loading);
        decider.Evaluate(Start(), new double[864], new CancellationToken(canceled: true)).ShouldBeFalse();
        SearchSettings settings = Aqs(1);
        using ITrialEvaluator evaluator = GlassEvaluator.Factory(settings, Start(), Potential.Value, [])();
        Should.Throw<OperationCanceledException>(() => evaluator.Evaluate(Start(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void LoadingThatDoesNotReachItsStrainGivesNoAtomAValue()
    {
        LabelSettings hopeless = Loading with { MaxEvaluations = 2 };
        double[] z = Values(Make(new DeciderSettings { Kind = DeciderKind.Aqs, Loading = hopeless }));
        z.ShouldAllBe(value => double.IsNaN(value));
        var objectives = new double[1];
        new TargetSet([Target.Mean()]).Evaluate(0, z, objectives);
        objectives[0].ShouldBe(double.NaN);
    }

    [Fact]
    public async Task SearchByTrueSimulationAnswersTheSameBytesForOneAndThreeSamplers()
    {
        string one = Path.Combine(_root, "one"), three = Path.Combine(_root, "three");
        SearchResult result = await RunAsync(one, Aqs(1));
        await RunAsync(three, Aqs(3));
        LawHarness.ShouldAnswerTheSame(three, one);
        result.Trials.ShouldBe(3);
        result.Accepted.ShouldBeGreaterThan(0);
        string[][] rows = [.. File.ReadLines(Path.Combine(one, "chain-0.csv")).Skip(1).Select(line => line.Split(','))];
        rows.ShouldAllBe(row => row.Skip(10).All(figure => figure.Length > 0));
        ExtendedXyzFile.Read(Path.Combine(one, "final.extxyz"), ["Cu", "Zr"]).Columns.ShouldContainKey("value");
    }

    private static SearchSettings Aqs(int samplers) => new()
    {
        Trials = 3,
        Seed = 6,
        Samplers = samplers,
        Decider = new DeciderSettings { Kind = DeciderKind.Aqs, Loading = Loading },
        Targets = [Target.Mean(1), Target.Quantile(0.9, 1)],
        Calibration = null,
    };

    private static async Task<SearchResult> RunAsync(string path, SearchSettings settings)
    {
        using RunFolder folder = RunFolder.Create(path, OutExists.Refuse);
        using RunStore store = folder.OpenStore();
        return await new SearchSession(new SearchParts
        {
            Settings = settings,
            Start = Start(),
            MakeEvaluator = GlassEvaluator.Factory(settings, Start(), Potential.Value, []),
            Store = store,
            Folder = folder,
            Record = new RunRecord("glass", "glass", "test", "", settings.Replicas),
        }).RunAsync(null, CancellationToken.None);
    }

    private static AtomicStructure Start() =>
        StructureFile.Read(Repository.Data("glasses", "cu50zr50-864-p0.data"), ["Cu", "Zr"]).Structure;

    private static PropertyModel Model(ulong seed, Architecture? shape = null) => new(ParameterSet.Initialize(
        new ParameterLayout((shape ?? new Architecture()) with
        {
            NodeWidth = 8,
            EdgeWidth = 12,
            Heads = 2,
            HeadWidth = 4,
            Layers = 1,
            Embedding = [8],
            Readout = [8],
            Gaussian = GaussianBasis.Default with { Count = 12, Step = 0.4 },
        }),
        seed));

    private static IDecider Make(DeciderSettings settings, params PropertyModel[] models) =>
        Deciders.Factory(settings, Start(), Potential.Value, models)();

    private static double[] Values(IDecider decider)
    {
        using (decider)
        {
            AtomicStructure start = Start();
            var values = new double[start.Count];
            decider.Evaluate(start, values).ShouldBeTrue();
            return values;
        }
    }

    private static double[] Predict(PropertyModel model)
    {
        using var engine = new InferenceEngine(model);
        AtomicStructure start = Start();
        var values = new double[start.Count];
        engine.Predict(start, values);
        return values;
    }
}
