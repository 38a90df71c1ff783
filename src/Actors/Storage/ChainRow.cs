using System.Globalization;
using System.Text;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <summary>The text of a chain file's rows: invariant culture, shortest round-trip doubles, an empty field for NaN.</summary>
internal static class ChainRow
{
    /// <summary>The header line, without its end.</summary>
    public static string Header { get; } =
        "trial,accepted,atom_a,atom_b,outcome,energy_eV,pressure_bar,evaluations,rung,vetoed_by," +
        string.Join(',', TargetReport.Names);

    /// <summary>Appends the line of one trial, with its end.</summary>
    public static void Append(StringBuilder text, TrialRecord trial)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"{trial.Trial},{(trial.Accepted ? 1 : 0)},{trial.AtomA},{trial.AtomB},{trial.Outcome},");
        text.Append(culture, $"{Field(trial.Energy)},{Field(trial.PressureBar)},{trial.Evaluations},{trial.Rung},{trial.VetoedBy}");
        foreach (double figure in trial.Report.ToArray())
        {
            text.Append(',').Append(Field(figure));
        }

        text.Append('\n');
    }

    private static string Field(double value) =>
        double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : "";
}
