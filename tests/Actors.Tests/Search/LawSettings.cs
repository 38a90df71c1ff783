using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Tests.Search;

/// <summary>Searches of the toy landscape beside the plain one of <see cref="LawHarness"/>, for all tests of the law.</summary>
internal static class LawSettings
{
    /// <summary>Further properties: some judged in opposite directions, one only reported.</summary>
    public static SearchSettings Properties { get; } = LawHarness.Settings with
    {
        Decider = LawHarness.Settings.Decider with { Properties = [.. new[] { "strength", "volume", "spare" }.Select(name => new PropertySettings(name, ["toy"]))] },
        Targets =
        [
            Target.Mean(),
            Target.Mean(direction: TargetDirection.Raise).Of("strength"),
            Target.Mean().Of("volume"),
            Target.Quantile(0.9).Of("volume").Within(new Pattern { Species = "Cu" }),
        ],
        Screening = new ScreeningSettings { Mode = ScreeningMode.EarlyReject, Margin = 0.1, AuditShare = 0.3 },
    };

    /// <summary>A composition that varies among three species.</summary>
    public static SearchSettings VaryingComposition { get; } = LawHarness.Settings with
    {
        Targets =
        [
            Target.Maximum(), Target.Mean(), Target.Mean().Within(new Pattern { Species = "Cu" }),
            Target.Energy(direction: TargetDirection.Raise),
        ],
        Proposal = LawHarness.Settings.Proposal with { TransmutationShare = 0.5 },
        Composition = new CompositionSettings
        {
            Term = CompositionTerm.SemiGrand(new Dictionary<string, double> { ["Cu"] = 0, ["Zr"] = 0.4, ["Al"] = 0.3 }),
        },
    };
}
