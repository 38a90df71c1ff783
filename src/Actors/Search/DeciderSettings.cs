using Glasswright.Kernels;

namespace Glasswright.Actors.Search;

/// <summary>What evaluates a trial.</summary>
internal enum DeciderKind
{
    /// <summary>The graph network predicts z of every atom.</summary>
    Gnn,

    /// <summary>The potential energy alone: basin hopping, or traditional swap Monte Carlo with <c>relax = off</c>.</summary>
    Energy,
}

/// <summary>The decider of a search.</summary>
internal sealed record DeciderSettings
{
    /// <summary>Which one.</summary>
    public DeciderKind Kind { get; init; } = DeciderKind.Gnn;

    /// <summary>
    /// The model file; needed by <see cref="DeciderKind.Gnn"/>. With <see cref="DeciderKind.Energy"/> it biases the choice of
    /// pairs and fills the report.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>Temperature in K that gives the energy its constant, C = k_B·T.</summary>
    public double? Temperature { get; init; }

    /// <summary>C of the energy in eV; stands before <see cref="Temperature"/>.</summary>
    public double? Constant { get; init; }

    /// <summary>C of the energy in eV by one of the two settings; null when neither is given.</summary>
    public double? EnergyConstant => Constant ?? (Temperature is { } t ? MetalUnits.BoltzmannConstant * t : null);
}
