using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;

namespace Glasswright.Actors.Search;

/// <summary>What evaluates a trial.</summary>
internal enum DeciderKind
{
    /// <summary>The graph network predicts z of every atom.</summary>
    Gnn,

    /// <summary>The potential energy alone: basin hopping, or traditional swap Monte Carlo with <c>relax = off</c>.</summary>
    Energy,

    /// <summary>True quasistatic loading gives z of every atom.</summary>
    Aqs,

    /// <summary>Chance: a control, in which nothing of the structure counts.</summary>
    Random,
}

/// <summary>A property of every atom beside z.</summary>
/// <param name="Name">What targets and columns call it: letters, digits and underscores.</param>
/// <param name="Models">The model files: one, or those of an ensemble.</param>
/// <param name="Kappa">κ of an ensemble, value = mean + κ·spread.</param>
internal sealed record PropertySettings(string Name, IReadOnlyList<string> Models, double Kappa = 0);

/// <summary>The decider of a search.</summary>
internal sealed record DeciderSettings
{
    /// <summary>Which one.</summary>
    public DeciderKind Kind { get; init; } = DeciderKind.Gnn;

    /// <summary>
    /// The model files; <see cref="DeciderKind.Gnn"/> needs one or more, which make an ensemble. With <see cref="DeciderKind.Energy"/>
    /// and <see cref="DeciderKind.Random"/> they bias the choice of pairs and fill the report.
    /// </summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>κ of an ensemble, z = mean + κ·spread.</summary>
    public double Kappa { get; init; }

    /// <summary>What else of every atom is predicted: judged where a target is about it, reported always.</summary>
    public IReadOnlyList<PropertySettings> Properties { get; init; } = [];

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> PropertyNames => [.. Properties.Select(property => property.Name)];

    /// <summary>What a label is, at one strain; needed by <see cref="DeciderKind.Aqs"/>.</summary>
    public LabelSettings? Loading { get; init; }

    /// <summary>With which probability <see cref="DeciderKind.Random"/> accepts a trial that converged; null for other kinds.</summary>
    public double? Acceptance { get; init; }

    /// <summary>Whether there is a z of every atom.</summary>
    public bool GivesValues => Kind is DeciderKind.Gnn or DeciderKind.Aqs || Models.Count > 0;

    /// <summary>Temperature in K that gives the energy its constant, C = k_B·T.</summary>
    public double? Temperature { get; init; }

    /// <summary>C of the energy in eV; stands before <see cref="Temperature"/>.</summary>
    public double? Constant { get; init; }

    /// <summary>C of the energy in eV by one of the two settings; null when neither is given.</summary>
    public double? EnergyConstant => Constant ?? (Temperature is { } t ? MetalUnits.BoltzmannConstant * t : null);
}
