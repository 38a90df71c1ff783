using System.Globalization;
using System.Text;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <summary>The text of a chain file's rows: invariant culture, shortest round-trip doubles, an empty field for NaN.</summary>
internal static class ChainRow
{
    /// <summary>The header line, without its end, of a run with these further properties.</summary>
    public static string Header(IReadOnlyList<string> properties) =>
        "trial,accepted,atom_a,atom_b,outcome,energy_eV,pressure_bar,evaluations,rung,vetoed_by," +
        string.Join(',', TargetReport.NamesWith(properties));

    /// <summary>Appends the line of one trial, with its end.</summary>
    /// <param name="text">Receives it.</param>
    /// <param name="trial">The trial.</param>
    /// <param name="properties">Number of further properties, whose columns are there in every row.</param>
    public static void Append(StringBuilder text, TrialRecord trial, int properties)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"{trial.Trial},{(trial.Accepted ? 1 : 0)},{trial.AtomA},{trial.AtomB},{trial.Outcome},");
        text.Append(culture, $"{Field(trial.Energy)},{Field(trial.PressureBar)},{trial.Evaluations},{trial.Rung},{trial.VetoedBy}");
        double[] figures = trial.Report.ToArray();
        foreach (double figure in figures)
        {
            text.Append(',').Append(Field(figure));
        }

        // Where it did not converge there are none of the properties.
        text.Append(',', (TargetReport.Names.Count * (1 + properties)) - figures.Length).Append('\n');
    }

    private static string Field(double value) =>
        double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : "";
}
