using System.Diagnostics;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Telemetry;
using Glasswright.Actors.Tests.Learning;
using Glasswright.Actors.Tests.Search;
using Glasswright.Actors.Validation;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Telemetry;

/// <summary>What is measured is what happened, and measuring changes nothing.</summary>
public sealed class RunTelemetryTests : IDisposable
{
    private readonly LawHarness _harness = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task CountsAreThoseOfTheStoreAndTheAnswerKeepsItsBytes(int samplers)
    {
        SearchSettings settings = LawHarness.Settings with { Samplers = samplers };
        string plain = _harness.NewFolder(), measured = _harness.NewFolder(), id = Guid.NewGuid().ToString("N");
        await LawHarness.RunAsync(plain, settings, new ToyLandscape.Options());
        using var telemetry = new RunTelemetry(id, "here");
        using var heard = new Measured(telemetry, id);

        SearchResult result = await LawHarness.RunAsync(measured, settings, LawHarness.Delayed(7), progress: new ActionProgress(_ => heard.Observe()), telemetry: telemetry);

        LawHarness.ShouldAnswerTheSame(measured, plain);
        heard.Sum("glasswright.trials").ShouldBe(result.Trials);
        heard.Sum("glasswright.trials", "glasswright.replica=1").ShouldBe(settings.Trials);
        heard.Sum("glasswright.accepted").ShouldBe(result.Accepted);
        heard.Sum("glasswright.relaxations").ShouldBe(result.Spent.Relaxations);
        heard.Sum("glasswright.force_evaluations").ShouldBe(result.Spent.Evaluations);
        heard.Sum("glasswright.stage.duration", "glasswright.stage=relax").ShouldBe(result.Spent.RelaxTime.TotalSeconds, 1e-6);
        heard.Sum("glasswright.stage.duration", "glasswright.stage=evaluate").ShouldBe(result.Spent.EvaluateTime.TotalSeconds, 1e-6);
        double live = heard.Sum("glasswright.chains.live");
        live.ShouldBeGreaterThan(0);
        heard.Observe();
        heard.Sum("glasswright.chains.live").ShouldBe(live, "none lives any more");

        Activity run = heard.Activities.Single(activity => activity.OperationName == "run");
        run.GetTagItem("glasswright.outcome").ShouldBe("finished");
        Activity[] writes = [.. heard.Activities.Where(activity => activity.OperationName == "store.write")];
        heard.Sum("glasswright.store.commit.duration count").ShouldBe(writes.Length);
        writes.Sum(write => (int)write.GetTagItem("glasswright.trials")!).ShouldBe((int)result.Trials);
        writes.ShouldAllBe(write => write.ParentSpanId == run.SpanId);

        // One for each write, not one for each trial or evaluation.
        heard.Activities.Count.ShouldBe(1 + writes.Length);
    }

    [Fact]
    public async Task LabelsDecisionsAndValidationsAreActivitiesOfTheRun()
    {
        SearchSettings settings = LawHarness.Settings with { Samplers = 2, Learning = new LearningSettings { Every = 40 } };
        string folder = _harness.NewFolder(), id = Guid.NewGuid().ToString("N");
        using var telemetry = new RunTelemetry(id, "here");
        using var heard = new Measured(telemetry, id);
        var validation = new ValidationParts { Every = 5, MakeTruth = () => new Truth() };

        await LawHarness.RunAsync(folder, settings, new ToyLandscape.Options(), validation: validation, learning: ToyLearning.Parts(), telemetry: telemetry);

        using RunFolder run = RunFolder.Open(folder);
        using RunStore store = run.OpenStore();
        Count("learning").ShouldBe(store.ReadLearning().Count);
        Count("learning").ShouldBe(2);
        Count("label").ShouldBe(store.ReadLearnedLabels().Count);
        Count("validation").ShouldBe(store.ReadValidations(0).Count + store.ReadValidations(1).Count);
        Count("validation").ShouldBeGreaterThan(1);
        foreach (string stage in (string[])["label", "learn", "validate"])
        {
            heard.Sum("glasswright.stage.duration", $"glasswright.stage={stage}").ShouldBeGreaterThan(0, stage);
        }

        int Count(string activity) => heard.Activities.Count(found => found.OperationName == activity);
    }

    [Fact]
    public void UnitsAreThoseOfTheUnifiedCode()
    {
        using var telemetry = new RunTelemetry("units", "here");
        using var heard = new Measured(telemetry, "units");
        heard.Units.Values.ShouldAllBe(unit => unit == "s" || (unit.StartsWith('{') && unit.EndsWith('}')));
        heard.Units.Keys.ShouldAllBe(name => name.StartsWith("glasswright.", StringComparison.Ordinal));
        heard.Units.Keys.Where(name => name.EndsWith(".duration", StringComparison.Ordinal)).ShouldAllBe(name => heard.Units[name] == "s");
        heard.Units.Count.ShouldBe(9);
    }

    [Fact]
    public void WhereNobodyListensNothingIsAllocated()
    {
        using var telemetry = new RunTelemetry("silent", "here");
        ChainTelemetry chain = telemetry.OfChain(3);
        WorkCost cost = new(7, 1, TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2)) { Inferences = 2 };
        Measure();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Measure();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Measure()
        {
            telemetry.Pay(cost);
            telemetry.CountChains(4);
            chain.Discard(2);
            telemetry.Start("store.write").ShouldBeNull();
        }
    }

    public void Dispose() => _harness.Dispose();

    private sealed class Truth : IDecider
    {
        public string Kind => "truth";

        public bool GivesValues => true;

        public bool Evaluate(AtomicStructure structure, Span<double> values, CancellationToken cancel = default)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = i;
            }

            return true;
        }

        public void Dispose()
        {
        }
    }
}
