using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Host.Commands;

/// <summary>The group <c>prepare</c> of a configuration in the words of the kernels, and a method in the words of a glass's summary.</summary>
internal static class PrepareMethod
{
    /// <summary>Exchanges of a sweep as a share of the atoms, where nothing is said.</summary>
    private const int AtomsPerSwap = 10;

    /// <summary>What a long can count.</summary>
    private const double MostSteps = 5e18;

    /// <summary>Translates and checks against the potential.</summary>
    /// <exception cref="InputException">There is no composition, or the potential lacks an element of it.</exception>
    public static PreparationSettings Translate(ResolvedConfiguration configuration, EamTables tables, string potential)
    {
        PrepareSettings settings = configuration.Settings.Prepare;
        if (settings.Composition is not { } text)
        {
            throw new InputException("no composition is given", configuration.File, expected: "--composition such as Cu50Zr50, or prepare.composition");
        }

        var composition = Composition.Parse(text);
        foreach (string element in composition.Elements)
        {
            if (!tables.Elements.Contains(element))
            {
                throw new InputException(
                    $"the composition {text} has an element that the potential lacks",
                    file: potential,
                    expected: string.Join(", ", tables.Elements),
                    found: element,
                    nearest: NearestName.Find(element, tables.Elements));
            }
        }

        var method = new PreparationSettings
        {
            Composition = composition,
            Atoms = settings.Atoms,
            MeltTemperature = settings.Melt,
            MeltTime = settings.MeltTime,
            Rate = settings.Rate,
            From = settings.From ?? settings.Melt,
            To = settings.To ?? settings.FinalTemperature,
            FastRate = settings.FastRate,
            FinalTemperature = settings.FinalTemperature,
            Dynamics = new DynamicsSettings
            {
                Ensemble = Ensemble.IsotropicPressure,
                TimeStep = settings.Timestep,
                ThermostatPeriod = settings.ThermostatPeriod,
                BarostatPeriod = settings.BarostatPeriod,
                Pressure = settings.Pressure,
            },
            ThermoEvery = settings.ThermoEvery,
            SwapEvery = settings.SwapEvery,
            SwapsPerSweep = settings.SwapTrials ?? Math.Max(1, settings.Atoms / AtomsPerSwap),
            ForceTolerance = settings.ForceTolerance,
            StressTolerance = settings.StressTolerance,
        };
        if (method.SwapEvery > 0)
        {
            RequireRoomForExchanges(configuration, method, tables);
        }

        double time = method.MeltTime + (1e12 * (((method.From - method.To) / method.Rate)
            + ((method.MeltTemperature - method.From + method.To - method.FinalTemperature) / method.FastRate)));
        return time / method.Dynamics.TimeStep <= MostSteps ? method : throw new InputException(
            "the way down has more time steps than can be counted",
            configuration.File,
            expected: "rates in K/s such as 1e12",
            found: FormattableString.Invariant($"{method.Rate} and {method.FastRate} K/s"));
    }

    /// <summary>Names the setting, or the flag that stands for it, which the kernels do not know.</summary>
    private static void RequireRoomForExchanges(ResolvedConfiguration configuration, PreparationSettings method, EamTables tables)
    {
        try
        {
            SamplePreparation.RequireRoomForExchanges(method, tables);
        }
        catch (InputException small)
        {
            throw configuration.Fault(
                "prepare.swap-every", $"needs more than {method.Atoms} atoms: {small.Problem}", $"more --atoms, for {small.Expected}", small.Found);
        }
    }

    /// <summary>All that a glass depends on, so that its files tell where it comes from without the command that made it.</summary>
    /// <param name="method">The way down.</param>
    /// <param name="seed">Key of the random numbers.</param>
    /// <param name="potential">The potential's file.</param>
    /// <param name="potentialSha256">Its content.</param>
    /// <param name="numerics">The arithmetic.</param>
    public static Report Describe(PreparationSettings method, ulong seed, string potential, string potentialSha256, string numerics) => new Report()
        .Text("composition", null, method.Composition.Text)
        .Map("atoms", null, method.Composition.Elements.Zip(
            method.Composition.Counts(method.Atoms), (element, count) => KeyValuePair.Create(element, (double)count)))
        .Text("seed", null, FormattableString.Invariant($"{seed}"))
        .Number("melt_K", null, method.MeltTemperature)
        .Number("melt_time_ps", null, method.MeltTime)
        .Number("rate_K_per_s", null, method.Rate)
        .Number("from_K", null, method.From)
        .Number("to_K", null, method.To)
        .Number("fast_rate_K_per_s", null, method.FastRate)
        .Number("final_temperature_K", null, method.FinalTemperature)
        .Number("timestep_ps", null, method.Dynamics.TimeStep)
        .Number("thermostat_period_ps", null, method.Dynamics.ThermostatPeriod)
        .Number("barostat_period_ps", null, method.Dynamics.BarostatPeriod)
        .Number("pressure_bar", null, method.Dynamics.Pressure)
        .Whole("swap_every", null, method.SwapEvery)
        .Whole("swap_trials", null, method.SwapEvery > 0 ? method.SwapsPerSweep : 0)
        .Whole("thermo_every", null, method.ThermoEvery)
        .Number("force_tolerance_eV_per_A", null, method.ForceTolerance)
        .Number("stress_tolerance_bar", null, method.StressTolerance)
        .Text("potential", null, Path.GetFileName(potential))
        .Text("potential_sha256", null, potentialSha256)
        .Text("numerics", null, numerics)
        .Text("version", null, BuildInformation.Version);
}
