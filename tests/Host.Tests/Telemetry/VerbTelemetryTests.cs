using Glasswright.Host.Tests.Commands;

namespace Glasswright.Host.Tests.Telemetry;

/// <summary>Long verbs that are no searches send what they measure, and write the same bytes with and without.</summary>
public sealed class VerbTelemetryTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly OtlpReceiver _receiver = new();

    [Fact]
    public void ATrainingTellsOfItsEpochs()
    {
        string configuration = TrainVerbTests.Write(_scratch);
        Invocation run = Sent("train", configuration, "--json", "--out", _scratch.File("sent.safetensors"));
        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldNotContain("warning");
        Dictionary<string, (string Unit, double Value, long Count)> metrics = _receiver.Metrics("train", "glasswright.verb");
        int epochs = run.Json.GetProperty("epochs").GetInt32();
        metrics["glasswright.work epochs at most"].ShouldBe(("{unit}", epochs, 1));
        metrics["glasswright.work.share epochs at most"].Value.ShouldBe(1);
        metrics["glasswright.pieces model"].Value.ShouldBe(1);
        metrics["glasswright.stage.duration epoch"].Count.ShouldBe(epochs);
        metrics["glasswright.stage.duration model"].Count.ShouldBe(1);
        metrics["glasswright.training.loss training"].Value.ShouldBeGreaterThan(0);
        metrics["glasswright.training.loss validation"].Value.ShouldBeGreaterThanOrEqualTo(run.Json.GetProperty("validation_loss").GetDouble());
        metrics["glasswright.training.learning_rate"].Value.ShouldBeGreaterThan(0);
        metrics.ShouldContainKey("glasswright.training.pearson");
        (string Name, string Trace)[] spans = [.. _receiver.Spans("train", "glasswright.verb")];
        spans.Select(span => span.Name).ShouldBe(["model", "train"]);
        spans.Select(span => span.Trace).Distinct().Count().ShouldBe(1);

        Invocation.Run("train", configuration, "--out", _scratch.File("plain.safetensors")).ExitCode.ShouldBe(0);
        File.ReadAllBytes(_scratch.File("sent.safetensors")).ShouldBe(File.ReadAllBytes(_scratch.File("plain.safetensors")));
    }

    [Fact]
    public void LabelsTellOfTheirLoadingSteps()
    {
        string[] line = ["label", Samples.CubicGlass, "--potential", Samples.Potential, "--species", "Cu,Zr", "--strains", "0.001", "--step", "5e-4", "-D", "label.modes=[\"xy+\", \"x+\"]", "--json", "--out"];
        Invocation run = Sent([.. line, _scratch.File("labels")]);
        run.ExitCode.ShouldBe(0, run.Error);
        Dictionary<string, (string Unit, double Value, long Count)> metrics = _receiver.Metrics("label", "glasswright.verb");
        metrics["glasswright.work loading steps"].Value.ShouldBe(4);
        metrics["glasswright.work.share loading steps"].Value.ShouldBe(1);
        metrics["glasswright.pieces structure"].Value.ShouldBe(1);
        _receiver.Spans("label", "glasswright.verb").Select(span => span.Name).ShouldBe(["label"]);

        // What is there already is neither work of this process nor a piece of it.
        Sent([.. line, _scratch.File("labels")]).ExitCode.ShouldBe(0);
        _receiver.Metrics("label", "glasswright.verb")["glasswright.work loading steps"].Value.ShouldBe(4);
    }

    [Fact]
    public void GlassesAreCountedAndTimed()
    {
        Invocation run = Sent(
            "prepare", "--composition", "Cu50Zr50", "--atoms", "108", "--samples", "2", "--rate", "1e15", "--fast-rate", "1e15", "-D", "prepare.melt-time=0.4",
            "--potential", Samples.Potential, "--json", "--out", _scratch.File("glasses"));
        run.ExitCode.ShouldBe(0, run.Error);
        Dictionary<string, (string Unit, double Value, long Count)> metrics = _receiver.Metrics("prepare", "glasswright.verb");
        metrics["glasswright.pieces glass"].Value.ShouldBe(2);
        metrics["glasswright.stage.duration glass"].Count.ShouldBe(2);
        metrics["glasswright.work.share steps"].Value.ShouldBe(1);
        metrics["glasswright.work steps"].Value.ShouldBeGreaterThan(1000);
        _receiver.Spans("prepare", "glasswright.verb").Select(span => span.Name).Order().ShouldBe(["glass", "glass", "prepare"]);
    }

    [Fact]
    public void AnAnnealingTellsOfItsTrajectory()
    {
        Invocation run = Sent(
            "anneal", "--structure", Samples.CubicGlass, "--potential", Samples.Potential, "--species", "Cu,Zr", "--temperature", "300", "--time", "0.2", "--json", "--out", _scratch.File("annealed"));
        run.ExitCode.ShouldBe(0, run.Error);
        Dictionary<string, (string Unit, double Value, long Count)> metrics = _receiver.Metrics("anneal", "glasswright.verb");
        metrics["glasswright.work steps"].Value.ShouldBe(run.Json.GetProperty("steps").GetInt64());
        metrics["glasswright.stage.duration trajectory"].Count.ShouldBe(1);
        _receiver.Spans("anneal", "glasswright.verb").Select(span => span.Name).ShouldBe(["trajectory", "anneal"]);
    }

    public void Dispose()
    {
        _receiver.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _scratch.Dispose();
    }

    private Invocation Sent(params string[] line) => Invocation.Run(
        [.. line, "-D", $"telemetry.endpoint={_receiver.Url}", "-D", "telemetry.interval=50 ms", "-D", "telemetry.protocol=http/protobuf"]);
}
