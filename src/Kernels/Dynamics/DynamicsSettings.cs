namespace Glasswright.Kernels.Dynamics;

/// <summary>How a trajectory is integrated.</summary>
internal sealed record DynamicsSettings
{
    /// <summary>What is held.</summary>
    public Ensemble Ensemble { get; init; } = Ensemble.Temperature;

    /// <summary>Δt, ps.</summary>
    public double TimeStep { get; init; } = 0.002;

    /// <summary>Period τ_T of the thermostat's chain, ps.</summary>
    public double ThermostatPeriod { get; init; } = 0.1;

    /// <summary>Period τ_P of the barostat and of its chain, ps.</summary>
    public double BarostatPeriod { get; init; } = 1;

    /// <summary>P, bar.</summary>
    public double Pressure { get; init; }

    /// <summary>Whether there is a thermostat.</summary>
    public bool HasThermostat => Ensemble != Ensemble.Energy;

    /// <summary>Whether there is a barostat.</summary>
    public bool HasBarostat => Ensemble is Ensemble.IsotropicPressure or Ensemble.FullPressure;
}
