namespace Glasswright.Actors.Acceptance;

/// <summary>What a target measures.</summary>
internal enum TargetKind
{
    /// <summary>The largest z of all atoms.</summary>
    Maximum,

    /// <summary>The mean of z over all atoms.</summary>
    Mean,

    /// <summary>A quantile of z over all atoms.</summary>
    Quantile,

    /// <summary>The potential energy, eV.</summary>
    Energy,

    /// <summary>What the composition costs where it may vary, eV.</summary>
    Composition,
}

/// <summary>Where a target is driven.</summary>
internal enum TargetDirection
{
    /// <summary>F = f: smaller is better.</summary>
    Lower,

    /// <summary>F = -f: larger is better.</summary>
    Raise,

    /// <summary>F = |f - goal|: nearer to the goal is better.</summary>
    Toward,
}
