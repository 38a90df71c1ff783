using System.CommandLine;
using Glasswright.Kernels.Deformation;

namespace Glasswright.Host.Commands;

/// <summary>The flags of quasistatic loading that <c>deform</c> and <c>label</c> share.</summary>
internal static class LoadingOptions
{
    /// <summary><c>--mode M</c>.</summary>
    public static Option<string> Mode() =>
        Options.Value("--mode", "M", "xy+ xy- xz+ xz- yz+ yz- (simple shear), x+ x- y+ y- z+ z- (tension +, compression -).");

    /// <summary><c>--step X</c>.</summary>
    public static Option<string> Step() => Options.Value("--step", "X", "Strain of one quasistatic step (default 1e-4).");

    /// <summary><c>--lateral WHAT</c>.</summary>
    public static Option<string> Lateral() => Options.Value(
        "--lateral", "WHAT", "Lengths across tension or compression: isochoric (volume kept, the default), fixed, or stress (lateral stress relaxed).");

    /// <summary>The lateral condition.</summary>
    public static LateralCondition ReadLateral(Arguments arguments, Option<string> option) =>
        arguments.Text(option) is { } name ? LateralConditions.Parse(name) : LateralCondition.Isochoric;

    /// <summary>The strain of a step.</summary>
    public static double ReadStep(Arguments arguments, Option<string> option) => FindStep(arguments, option) ?? 1e-4;

    /// <summary>The strain of a step; null when the flag is not given.</summary>
    public static double? FindStep(Arguments arguments, Option<string> option) =>
        arguments.Number(option, "a strain between 0 and 0.1", step => step is > 0 and < 0.1);
}
