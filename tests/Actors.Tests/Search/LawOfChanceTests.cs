using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Tests.Search;

/// <summary>The control chain in which chance decides.</summary>
public sealed class LawOfChanceTests : IDisposable
{
    private readonly LawHarness _harness = new();

    private static SearchSettings Settings { get; } = LawHarness.Settings with
    {
        Decider = new DeciderSettings { Kind = DeciderKind.Random, Models = ["toy"], Acceptance = 0.2 },
        Proposal = new ProposalSettings { BiasExponent = 0 },
        Targets = null,
    };

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task AnyNumberOfSamplersAndKillsAnswerTheSameBytes()
    {
        string reference = _harness.NewFolder(), many = _harness.NewFolder();
        await LawHarness.RunAsync(reference, Settings with { Samplers = 1 }, new ToyLandscape.Options());
        await LawHarness.RunAsync(many, Settings with { Samplers = 4, RoundTripEveryCommit = true }, LawHarness.Delayed(91));
        LawHarness.ShouldAnswerTheSame(many, reference);
        (string killed, int crashes) = await _harness.RunWithCrashesAsync(Settings with { Samplers = 2 }, 92);
        crashes.ShouldBeGreaterThan(3);
        LawHarness.ShouldAnswerTheSame(killed, reference);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task WhatIsAcceptedDependsOnNeitherEnergyNorValues(double scale)
    {
        string folder = _harness.NewFolder();
        var settings = Settings with { Samplers = 2, Trials = 400, Replicas = 1 };
        SearchResult result = await LawHarness.RunAsync(
            folder, settings, new ToyLandscape.Options { FailingShare = 0, Scale = scale, ValueScale = scale });
        bool[] accepted = Accepted(folder);
        double[] u = [.. Enumerable.Range(1, 400).Select(trial => Kernels.Random.RandomStreams.Uniform(
            settings.Seed, Kernels.Random.RandomStream.Acceptance, 0, trial, 0))];
        accepted.ShouldBe(u.Select(number => number < 0.2));

        // 80 of 400 with a standard deviation of 8.
        result.Accepted.ShouldBeInRange(56, 104);
        File.ReadLines(Path.Combine(folder, "chain-0.csv")).Skip(1).Select(line => line.Split(','))
            .ShouldAllBe(row => row[1] == "1" ? row[9].Length == 0 : row[9] == ChainJudge.Chance);
        result.Calibration!.Outcome.ShouldBe(CalibrationOutcome.AsGiven);
    }

    [Fact]
    public async Task AChainEndsWithExactlyAsManyAcceptancesAsAskedFor()
    {
        string folder = _harness.NewFolder();
        SearchResult result = await LawHarness.RunAsync(
            folder, Settings with { Samplers = 3, Replicas = 1, Trials = 1000, Stop = new StopSettings(Accepted: 7, MeanBelow: null) }, new ToyLandscape.Options());
        result.Accepted.ShouldBe(7);
    }

    private static bool[] Accepted(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "chain-0.csv")).Skip(1).Select(line => line.Split(',')[1] == "1")];
}
