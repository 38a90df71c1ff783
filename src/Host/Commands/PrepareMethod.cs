using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Host.Commands;

/// <summary>The group <c>prepare</c> of a configuration in the words of the kernels.</summary>
internal static class PrepareMethod
{
    /// <summary>Exchanges of a sweep as a share of the atoms, where nothing is said.</summary>
    private const int AtomsPerSwap = 10;

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

        return new PreparationSettings
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
    }
}
