using System.Globalization;
using System.Text;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <summary>The text of a chain file's rows: invariant culture, shortest round-trip doubles, an empty field for NaN.</summary>
internal static class ChainRow
{
    /// <summary>The header line, without its end.</summary>
    /// <param name="properties">Names of the run's further properties.</param>
    /// <param name="composition">Where the composition may vary: a column <c>n_Cu</c> for each species behind the others. Else null.</param>
    public static string Header(IReadOnlyList<string> properties, CompositionTrace? composition) =>
        "trial,accepted,atom_a,atom_b,outcome,energy_eV,pressure_bar,evaluations,rung,vetoed_by," +
        string.Join(',', TargetReport.NamesWith(properties)) +
        string.Concat(composition?.SpeciesNames.Select(name => ",n_" + name) ?? []);

    /// <summary>Appends the line of one trial, with its end.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="trial">The trial.</param>
    /// <param name="properties">Number of further properties, whose columns are there in every row.</param>
    /// <param name="composition">Where the composition may vary; it is brought behind the trial. Else null.</param>
    public static void Append(StringBuilder text, TrialRecord trial, int properties, CompositionTrace? composition)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        long second = composition is not null && trial.IsTransmutation ? trial.AtomA : trial.AtomB;
        text.Append(culture, $"{trial.Trial},{(trial.Accepted ? 1 : 0)},{trial.AtomA},{second},{trial.Outcome},");
        text.Append(culture, $"{Field(trial.Energy)},{Field(trial.PressureBar)},{trial.Evaluations},{trial.Rung},{trial.VetoedBy}");
        double[] figures = trial.Report.ToArray();
        foreach (double figure in figures)
        {
            text.Append(',').Append(Field(figure));
        }

        // Where it did not converge there are none of the properties.
        text.Append(',', (TargetReport.Names.Count * (1 + properties)) - figures.Length);
        foreach (int count in composition?.Next(trial) ?? [])
        {
            text.Append(culture, $",{count}");
        }

        text.Append('\n');
    }

    private static string Field(double value) =>
        double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : "";
}
