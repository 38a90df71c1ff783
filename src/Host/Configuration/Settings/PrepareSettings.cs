using Glasswright.Host.Configuration.Binding;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>Glasses from the melt by molecular dynamics.</summary>
internal sealed record PrepareSettings : ICheckedSettings
{
    /// <summary>Elements with their shares, such as <c>Cu50Zr50</c>.</summary>
    public string? Composition { get; init; }

    /// <summary>Atoms of each glass.</summary>
    [AtLeast(1)]
    [AtMost(2_000_000)]
    public int Atoms { get; init; }

    /// <summary>Seed of the first glass; the others have the next numbers.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of glasses.</summary>
    [AtLeast(1)]
    [AtMost(100_000)]
    public int Samples { get; init; }

    /// <summary>Temperature of the melt, K.</summary>
    [MoreThan(0)]
    [AtMost(100_000)]
    public double Melt { get; init; }

    /// <summary>How long the melt is held, ps.</summary>
    [MoreThan(0)]
    public double MeltTime { get; init; }

    /// <summary>Cooling rate within the window, K/s.</summary>
    [MoreThan(0)]
    public double Rate { get; init; }

    /// <summary>Upper end of the window, K; null for the melt's temperature.</summary>
    [NullWord("auto")]
    [MoreThan(0)]
    public double? From { get; init; }

    /// <summary>Lower end of the window, K; null for the final temperature.</summary>
    [NullWord("auto")]
    [MoreThan(0)]
    public double? To { get; init; }

    /// <summary>Cooling rate outside the window, K/s.</summary>
    [MoreThan(0)]
    public double FastRate { get; init; }

    /// <summary>Where cooling ends and minimization begins, K.</summary>
    [MoreThan(0)]
    public double FinalTemperature { get; init; }

    /// <summary>Bar.</summary>
    [AtLeast(-1e6)]
    [AtMost(1e7)]
    public double Pressure { get; init; }

    /// <summary>Time step, ps.</summary>
    [MoreThan(0)]
    [AtMost(0.02)]
    public double Timestep { get; init; }

    /// <summary>Period of the thermostat, ps.</summary>
    [MoreThan(0)]
    public double ThermostatPeriod { get; init; }

    /// <summary>Period of the barostat, ps.</summary>
    [MoreThan(0)]
    public double BarostatPeriod { get; init; }

    /// <summary>Time steps between two sweeps of exchanges; 0 for none.</summary>
    [AtLeast(0)]
    public int SwapEvery { get; init; }

    /// <summary>Exchanges tried in one sweep; null for a tenth of the atoms.</summary>
    [NullWord("auto")]
    [AtLeast(1)]
    public int? SwapTrials { get; init; }

    /// <summary>Time steps between two rows of the thermodynamic table.</summary>
    [AtLeast(100)]
    public int ThermoEvery { get; init; }

    /// <summary>‖F‖₂ at the end, eV/Å.</summary>
    [MoreThan(0)]
    public double ForceTolerance { get; init; }

    /// <summary>Stress left at the end, bar.</summary>
    [MoreThan(0)]
    public double StressTolerance { get; init; }

    /// <summary>The longest time between two checkpoints.</summary>
    [AtLeast(0)]
    public TimeSpan CheckpointEvery { get; init; }

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        double from = From ?? Melt, to = To ?? FinalTemperature;
        if (from > Melt || to > from || FinalTemperature > to)
        {
            yield return new SettingFault(
                "from",
                "and the other temperatures do not lead downward",
                "melt, from, to and final-temperature, none above the one before")
            { Others = ["melt", "to", "final-temperature"] };
        }

        if (ThermoEvery % Kernels.Dynamics.MolecularDynamics.RebaseEvery != 0)
        {
            yield return new SettingFault("thermo-every", "is not usable", "a multiple of 100");
        }
    }
}
