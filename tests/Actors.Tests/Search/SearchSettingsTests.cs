using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Kernels;

namespace Glasswright.Actors.Tests.Search;

public class SearchSettingsTests
{
    private static readonly SearchSettings Sound = new() { Trials = 10, Decider = new DeciderSettings { Models = ["m"] } };

    [Fact]
    public void TheDefaultsAreThoseOfTheContract()
    {
        SearchSettings settings = Sound.Validated();
        settings.Proposal.BiasExponent.ShouldBe(6);
        settings.Proposal.Hastings.ShouldBeFalse();
        settings.Proposal.Relax.ShouldBeTrue();
        settings.Screening.Mode.ShouldBe(ScreeningMode.Off);
        settings.Calibration.ShouldBe(new CalibrationSettings(0.012, 200));
        Names(settings.TargetSet).ShouldBe(Names(TargetSet.PaperDefault));
        settings.CheckpointEvery.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void TheEnergyDeciderHasOneTargetWithCOfTheTemperature()
    {
        var settings = new SearchSettings
        {
            Trials = 1,
            Decider = new DeciderSettings { Kind = DeciderKind.Energy, Temperature = 1000 },
        };
        TargetSet targets = settings.Validated().TargetSet;
        targets.Count.ShouldBe(1);
        targets[0].Kind.ShouldBe(TargetKind.Energy);
        targets[0].Constant!.Value.ShouldBe(0.08617333262, 1e-15);
    }

    [Theory]
    [InlineData("tempering")]
    [InlineData("replicas")]
    [InlineData("stop")]
    [InlineData("displacement")]
    [InlineData("relax")]
    [InlineData("decider")]
    [InlineData("targets")]
    [InlineData("mean-below")]
    [InlineData("trials")]
    [InlineData("calibrate")]
    [InlineData("constants")]
    [InlineData("given twice")]
    [InlineData("checkpoint-every")]
    [InlineData("transmutation")]
    [InlineData("composition")]
    [InlineData("screening")]
    [InlineData("screening-force-tolerance")]
    [InlineData("screening-margin")]
    [InlineData("screening-audit")]
    public void CombinationsThatCannotBeUsedAreNamed(string setting)
    {
        DeciderSettings energy = new() { Kind = DeciderKind.Energy, Temperature = 800 };
        ScreeningSettings early = new() { Mode = ScreeningMode.EarlyReject };
        SearchSettings settings = setting switch
        {
            "tempering" => Sound with { Tempering = new TemperingSettings { Scales = [1, 3, 2] }, Replicas = 3 },
            "replicas" => Sound with { Tempering = new TemperingSettings { Scales = [1, 2] }, Replicas = 3 },
            "stop" => Sound with { Tempering = new TemperingSettings { Scales = [1, 2] }, Replicas = 2, Stop = new StopSettings(Accepted: 5) },
            "displacement" => Sound with { Proposal = new ProposalSettings { DisplacementShare = 0.5 } },
            "relax" => Sound with { Proposal = new ProposalSettings { Relax = false } },
            "decider" => Sound with
            {
                Proposal = new ProposalSettings { Relax = false },
                Decider = energy with { Temperature = null },
            },
            "targets" => Sound with { Decider = energy, Targets = [Target.Maximum()] },
            "mean-below" => Sound with { Decider = energy, Stop = new StopSettings(MeanBelow: 1) },
            "constants" => Sound with { Calibration = null },
            "given twice" => Sound with { Targets = [Target.Mean(), Target.Mean(0.1)] },
            "checkpoint-every" => Sound with { CheckpointEvery = TimeSpan.FromDays(50) },
            "transmutation" => Sound with { Proposal = new ProposalSettings { TransmutationShare = 0.5 } },
            "composition" => Sound with
            {
                Composition = new CompositionSettings { Term = CompositionTerm.SemiGrand(new Dictionary<string, double> { ["Cu"] = 1 }) },
            },
            "screening" => Sound with
            {
                Proposal = new ProposalSettings { Relax = false },
                Decider = energy,
                Screening = early,
            },
            "screening-force-tolerance" => Sound with { Screening = early with { ForceTolerance = 1e-4 } },
            "screening-margin" => Sound with { Screening = early with { Margin = -1 } },
            "screening-audit" => Sound with { Screening = early with { AuditShare = 1.1 } },
            "trials" => Sound with { Trials = 0 },
            _ => Sound with { Calibration = new CalibrationSettings(1.5) },
        };
        Should.Throw<InputException>(settings.Validated).Message.ShouldContain(
            setting == "constants" ? "the target max without one" : setting);
    }

    private static IEnumerable<string> Names(TargetSet targets) => Enumerable.Range(0, targets.Count).Select(k => targets[k].Name);
}
