using System.CommandLine;
using Glasswright.Kernels;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary>The flags of <c>anneal</c> that say how it anneals.</summary>
internal sealed class AnnealOptions
{
    private readonly Option<string> _temperature = Options.Value("--temperature", "T", "K.");
    private readonly Option<string> _time = Options.Value("--time", "T", "Duration, ps, rounded up to whole hundreds of time steps.");
    private readonly Option<string> _ensemble = Options.Value(
        "--ensemble", "NAME", "nvt (default), npt (the cell keeps its shape), npt-full (all of the cell moves) or nve.");

    private readonly Option<string> _pressure = Options.Value("--pressure", "P", "Pressure of npt, npt-full and --cell, bar (default 0).");
    private readonly Option<string> _timeStep = Options.Value("--timestep", "DT", "Time step, ps (default 0.002).");
    private readonly Option<string> _seed = Options.Value("--seed", "N", "Key of the initial velocities and exchanges (default 1).");
    private readonly Option<string> _swapEvery = Options.Value("--swap-every", "N", "Try exchanges of atoms after every N time steps (default 0: never).");
    private readonly Option<string> _thermoEvery = Options.Value("--thermo-every", "N", "Time steps between two rows of thermo.csv, a multiple of 100 (default 1000; a twentieth of a short annealing).");
    private readonly Option<string> _cell = Options.Value(
        "--cell", "WHAT", "What of the cell is relaxed before and after, to --pressure: iso, aniso, full or fixed (default: what the ensemble moves: iso with npt, full with npt-full, else fixed).");

    /// <summary>All of them, in the order of the help.</summary>
    public Option[] All => [_temperature, _time, _ensemble, _pressure, _timeStep, _seed, _swapEvery, _thermoEvery, _cell];

    /// <summary>Reads them.</summary>
    /// <exception cref="InputException">One is missing or not usable.</exception>
    public AnnealPlan Read(Arguments arguments)
    {
        double temperature = arguments.Number(_temperature, "a temperature above 0 K", t => t is > 0 and <= 1e5)
            ?? throw new InputException("--temperature is not given", expected: "--temperature T in K");
        double time = arguments.Number(_time, "a time above 0 ps", t => t is > 0 and <= 1e9)
            ?? throw new InputException("--time is not given", expected: "--time T in ps");
        int? thermoEvery = (int?)arguments.Whole(_thermoEvery, MolecularDynamics.RebaseEvery);
        if (thermoEvery is { } rows && rows % MolecularDynamics.RebaseEvery != 0)
        {
            throw new InputException("--thermo-every is not usable", expected: "a multiple of 100", found: FormattableString.Invariant($"'{rows}'"));
        }

        Ensemble ensemble = arguments.Choice(
            _ensemble,
            ("nvt", Ensemble.Temperature),
            ("npt", Ensemble.IsotropicPressure),
            ("npt-full", Ensemble.FullPressure),
            ("nve", Ensemble.Energy)) ?? Ensemble.Temperature;
        FreedCell? cell = arguments.Choice<FreedCell>(
            _cell, ("iso", new(CellFreedom.Isotropic)), ("aniso", new(CellFreedom.Anisotropic)), ("full", new(CellFreedom.Full)), ("fixed", new(null)));
        var plan = new AnnealPlan
        {
            Temperature = temperature,
            Time = time,
            Dynamics = new DynamicsSettings
            {
                Ensemble = ensemble,
                TimeStep = arguments.Number(_timeStep, "a time step above 0 and at most 0.02 ps", t => t is > 0 and <= 0.02) ?? 0.002,
                Pressure = arguments.Number(_pressure, "a pressure in bar", p => Math.Abs(p) <= 1e7) ?? 0,
            },
            Seed = arguments.Seed(_seed) ?? 1,
            SwapEvery = (int)(arguments.Whole(_swapEvery, 0) ?? 0),
            ChosenThermoEvery = thermoEvery,
            Cell = cell is { } chosen ? chosen.Freedom : MovedBy(ensemble),
            CellFollowsEnsemble = cell is null,
        };
        if (arguments.IsGiven(_pressure) && !plan.Dynamics.HasBarostat && plan.Cell is null)
        {
            throw new InputException(
                "--pressure has no use where the cell is fixed", expected: "--ensemble npt or npt-full, --cell iso, aniso or full, or no --pressure");
        }

        return plan;
    }

    /// <summary>What of the cell an ensemble moves: at rest the same is brought to the pressure, or states at unlike pressures would be compared.</summary>
    private static CellFreedom? MovedBy(Ensemble ensemble) => ensemble switch
    {
        Ensemble.IsotropicPressure => CellFreedom.Isotropic,
        Ensemble.FullPressure => CellFreedom.Full,
        _ => null,
    };

    /// <summary>What <c>--cell</c> says; nothing for <c>fixed</c>.</summary>
    private readonly record struct FreedCell(CellFreedom? Freedom);
}

/// <summary>How a glass is annealed.</summary>
internal sealed record AnnealPlan
{
    /// <summary>Steps between two rows where nothing is said and the annealing is not short.</summary>
    private const int UsualThermoEvery = 1000;

    private const int AtomsPerSwap = 10, LeastRows = 20;

    /// <summary>Accuracy of the relaxations before and after.</summary>
    public static MinimizerSettings Minimizer { get; } = new() { ForceTolerance = 1e-5, MaxEvaluations = 50000 };

    /// <summary>K.</summary>
    public required double Temperature { get; init; }

    /// <summary>ps.</summary>
    public required double Time { get; init; }

    /// <summary>Ensemble, time step, pressure.</summary>
    public required DynamicsSettings Dynamics { get; init; }

    /// <summary>Key of the random numbers.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Steps between two sweeps of exchanges; 0 for none.</summary>
    public required int SwapEvery { get; init; }

    /// <summary>Steps between two rows of the table as the user wants them; null where nothing is said.</summary>
    public required int? ChosenThermoEvery { get; init; }

    /// <summary>Steps between two rows of the table: even a short annealing has some to take means over.</summary>
    public int ThermoEvery => ChosenThermoEvery ?? (int)Math.Min(
        UsualThermoEvery,
        MolecularDynamics.RebaseEvery * Math.Max(1, Steps / LeastRows / MolecularDynamics.RebaseEvery));

    /// <summary>What of the cell is relaxed before and after; null for nothing.</summary>
    public required CellFreedom? Cell { get; init; }

    /// <summary>Whether <see cref="Cell"/> is what the ensemble moves, for want of a word about it.</summary>
    public required bool CellFollowsEnsemble { get; init; }

    /// <summary>Time steps.</summary>
    public long Steps => TemperatureProgram.StepsOf(Time, Dynamics.TimeStep);

    /// <summary>The same with rows as far apart as all annealings once had them; null where the user chose it.</summary>
    public AnnealPlan? WithUsualRows => ChosenThermoEvery is null ? this with { ChosenThermoEvery = UsualThermoEvery } : null;

    /// <summary>The trajectory of a structure.</summary>
    /// <param name="start">The structure at rest.</param>
    /// <param name="potentialSha256">The potential.</param>
    /// <param name="numerics">The arithmetic.</param>
    public TrajectorySettings For(AtomicStructure start, string potentialSha256, string numerics) => new()
    {
        Dynamics = Dynamics,
        Program = new TemperatureProgram(
            [new TemperatureStage("anneal", Temperature, Temperature, Steps)]),
        Seed = Seed,
        ThermoEvery = ThermoEvery,
        SwapEvery = SwapEvery,
        SwapsPerSweep = Math.Max(1, start.Count / AtomsPerSwap),
        Identity = string.Join(
            '\n',
            "anneal 1",
            FormattableString.Invariant($"{Temperature} K, {Time} ps, {Dynamics.Ensemble}, {Dynamics.TimeStep} {Dynamics.ThermostatPeriod} {Dynamics.BarostatPeriod} {Dynamics.Pressure}"),
            FormattableString.Invariant($"seed {Seed}, swaps {SwapEvery}, table {ThermoEvery}"),
            StructureDigest.Compute(start),
            potentialSha256,
            numerics),
    };
}
