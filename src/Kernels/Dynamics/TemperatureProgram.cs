namespace Glasswright.Kernels.Dynamics;

/// <summary>A stretch in which the thermostat's target moves evenly.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="From">Target before its first step, K.</param>
/// <param name="To">Target of its last step, K.</param>
/// <param name="Steps">Its time steps, a multiple of <see cref="MolecularDynamics.RebaseEvery"/>.</param>
internal sealed record TemperatureStage(string Name, double From, double To, long Steps);

/// <summary>The thermostat's target as a function of the step: stages one after another.</summary>
internal sealed class TemperatureProgram
{
    private readonly long[] _ends;

    /// <summary>Puts stages one after another.</summary>
    public TemperatureProgram(IReadOnlyList<TemperatureStage> stages)
    {
        Stages = stages;
        _ends = new long[stages.Count];
        long end = 0;
        for (int k = 0; k < stages.Count; k++)
        {
            _ends[k] = end += stages[k].Steps;
        }

        Steps = end;
    }

    /// <summary>The stages.</summary>
    public IReadOnlyList<TemperatureStage> Stages { get; }

    /// <summary>Steps in all.</summary>
    public long Steps { get; }

    /// <summary>So many steps that take a time, rounded up to a state that a run can go on from; none for no time.</summary>
    public static long StepsOf(double time, double timeStep)
    {
        // A time that is a whole number of hundreds but for rounding stays that number.
        double hundreds = time / timeStep / MolecularDynamics.RebaseEvery;
        return (long)Math.Ceiling(hundreds - 1e-9) * MolecularDynamics.RebaseEvery;
    }

    /// <summary>A stage that cools (or heats) at a rate.</summary>
    /// <param name="name">What it is for.</param>
    /// <param name="from">K.</param>
    /// <param name="to">K.</param>
    /// <param name="rate">K/s.</param>
    /// <param name="timeStep">ps.</param>
    public static TemperatureStage Ramp(string name, double from, double to, double rate, double timeStep) =>
        new(name, from, to, StepsOf(Math.Abs(from - to) / rate * 1e12, timeStep));

    /// <summary>The target of a step, counted from 1, K.</summary>
    public double At(long step)
    {
        for (int k = 0; k < _ends.Length; k++)
        {
            if (step <= _ends[k])
            {
                TemperatureStage stage = Stages[k];
                double share = (double)(step - (_ends[k] - stage.Steps)) / Math.Max(1, stage.Steps);
                return stage.From + (share * (stage.To - stage.From));
            }
        }

        return Stages[^1].To;
    }

    /// <summary>The last step of a stage.</summary>
    public long EndOf(int stage) => _ends[stage];
}
