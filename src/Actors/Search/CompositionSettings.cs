using Glasswright.Actors.Acceptance;
using Glasswright.Kernels;

namespace Glasswright.Actors.Search;

/// <summary>What the composition costs where trials may change it.</summary>
internal sealed record CompositionSettings
{
    /// <summary>W of the numbers of atoms.</summary>
    public required CompositionTerm Term { get; init; }

    /// <summary>Temperature in K that gives the target <c>composition</c> its constant, C = k_B·T; none with the decider <c>energy</c>.</summary>
    public double? Temperature { get; init; }

    /// <summary>C of the target <c>composition</c> in eV; none with the decider <c>energy</c>, whose constant weighs both.</summary>
    public double? Constant { get; init; }

    /// <summary>C by one of the two settings; null when neither is given, and pilot trials must find it.</summary>
    public double? EffectiveConstant => Constant ?? (Temperature is { } t ? MetalUnits.BoltzmannConstant * t : null);
}
