namespace Glasswright.Kernels.Dynamics;

/// <summary>How a glass is made from the melt.</summary>
internal sealed record PreparationSettings
{
    /// <summary>Elements and shares.</summary>
    public required Composition Composition { get; init; }

    /// <summary>N.</summary>
    public required int Atoms { get; init; }

    /// <summary>Temperature of the melt, K.</summary>
    public double MeltTemperature { get; init; } = 2000;

    /// <summary>How long it stays there, ps.</summary>
    public double MeltTime { get; init; } = 20;

    /// <summary>Cooling rate within the window, K/s.</summary>
    public double Rate { get; init; } = 1e12;

    /// <summary>Upper end of the window, K.</summary>
    public double From { get; init; } = 2000;

    /// <summary>Lower end of the window, K.</summary>
    public double To { get; init; } = 10;

    /// <summary>Cooling rate outside the window, K/s.</summary>
    public double FastRate { get; init; } = 1e13;

    /// <summary>Where cooling ends and minimization begins, K.</summary>
    public double FinalTemperature { get; init; } = 10;

    /// <summary>Time step, periods, pressure.</summary>
    public DynamicsSettings Dynamics { get; init; } = new() { Ensemble = Ensemble.IsotropicPressure };

    /// <summary>Steps between two rows of the thermodynamic table.</summary>
    public int ThermoEvery { get; init; } = 1000;

    /// <summary>Steps between two sweeps of exchanges; 0 for none.</summary>
    public int SwapEvery { get; init; }

    /// <summary>Trials of a sweep.</summary>
    public int SwapsPerSweep { get; init; } = 100;

    /// <summary>‖F‖₂ at the end, eV/Å.</summary>
    public double ForceTolerance { get; init; } = 1e-5;

    /// <summary>Largest deviation of a stress component from the pressure at the end, bar.</summary>
    public double StressTolerance { get; init; } = 1;

    /// <summary>Force evaluations of each of the two relaxations at the end.</summary>
    public int MaxEvaluations { get; init; } = 50000;

    /// <summary>The temperature program: melt, down to the window, through it, down to the end; without the parts that have no steps.</summary>
    public TemperatureProgram Program()
    {
        double step = Dynamics.TimeStep;
        TemperatureStage[] stages =
        [
            new("melt", MeltTemperature, MeltTemperature, TemperatureProgram.StepsOf(MeltTime, step)),
            TemperatureProgram.Ramp("to the window", MeltTemperature, From, FastRate, step),
            TemperatureProgram.Ramp("window", From, To, Rate, step),
            TemperatureProgram.Ramp("from the window", To, FinalTemperature, FastRate, step),
        ];
        return new TemperatureProgram([.. stages.Where(stage => stage.Steps > 0)]);
    }

    /// <summary>All that decides the answer beside seed, potential and numerics, a line each.</summary>
    public string Describe() => string.Join(
        '\n',
        $"composition = {string.Join(' ', Composition.Elements.Zip(Composition.Counts(Atoms), (element, count) => FormattableString.Invariant($"{element} {count}")))}",
        FormattableString.Invariant($"melt = {MeltTemperature} K, {MeltTime} ps"),
        FormattableString.Invariant($"rate = {Rate} K/s from {From} to {To} K, {FastRate} K/s elsewhere, end {FinalTemperature} K"),
        FormattableString.Invariant($"dynamics = {Dynamics.Ensemble} {Dynamics.TimeStep} {Dynamics.ThermostatPeriod} {Dynamics.BarostatPeriod} {Dynamics.Pressure}"),
        FormattableString.Invariant($"thermo every = {ThermoEvery}"),
        FormattableString.Invariant($"swaps = {SwapsPerSweep} every {SwapEvery}"),
        FormattableString.Invariant($"relaxation = {ForceTolerance} {StressTolerance} {MaxEvaluations}"));
}
