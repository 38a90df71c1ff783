namespace Glasswright.Kernels.Dynamics;

/// <summary>A trajectory along a temperature program.</summary>
internal sealed record TrajectorySettings
{
    /// <summary>The integrator.</summary>
    public required DynamicsSettings Dynamics { get; init; }

    /// <summary>The thermostat's target.</summary>
    public required TemperatureProgram Program { get; init; }

    /// <summary>Key of the random numbers.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Steps between two rows of the thermodynamic table, a multiple of <see cref="MolecularDynamics.RebaseEvery"/>.</summary>
    public int ThermoEvery { get; init; } = 1000;

    /// <summary>Steps between two sweeps of exchanges; 0 for none.</summary>
    public int SwapEvery { get; init; }

    /// <summary>Trials of a sweep.</summary>
    public int SwapsPerSweep { get; init; } = 100;

    /// <summary>What decides the answer, in one text: a trajectory that began under another is not gone on with.</summary>
    public required string Identity { get; init; }
}
