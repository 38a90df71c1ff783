using System.Globalization;
using System.Text;
using System.Text.Json;
using Glasswright.Host.Configuration.Binding;
using Glasswright.Host.Configuration.Hocon;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Host.Commands;

/// <summary><c>prepare.json</c>: where the glasses of a folder come from, and what they are.</summary>
internal sealed class PrepareProvenance(Session session, string folder, PrepareSettings settings, string potential, EamTables tables, string numerics)
{
    private static readonly string[] Shown = ["energy_eV_per_atom", "density_g_per_cm3", "volume_A3_per_atom", "rms_displacement_A"];

    private static readonly string[] Numbers =
    [
        "atoms", "energy_eV", .. Shown, "energy_fixed_cell_eV", "force_norm_eV_per_A", "steps", "swaps_tried", "swaps_accepted",
    ];

    /// <summary>Writes the file and gives the same as a report, with means over the glasses for people.</summary>
    public Report Write(IReadOnlyList<PreparedGlass> glasses, string outcome)
    {
        Report report = new Report()
            .Text("outcome", "outcome", outcome)
            .Whole("glasses", "glasses", glasses.Count)
            .Whole("finished", "finished", glasses.Count(glass => glass.Summary is not null))
            .Text("out", "folder", folder)
            .Text("version", null, BuildInformation.Version)
            .Text("commit", null, BuildInformation.Commit)
            .Text("command", null, string.Join(' ', session.Command))
            .Text("numerics", null, numerics)
            .Text("potential", null, potential)
            .Text("potential_sha256", null, tables.Sha256)
            .Text("settings", null, HoconWriter.Write(SettingTree.From(settings)));
        foreach (string key in Shown)
        {
            (double mean, double? deviation) = Statistics(glasses, key);
            report.Number($"mean_{key}", key.Replace('_', ' '), double.IsNaN(mean) ? null : mean, "", "F5");
            report.Number($"deviation_{key}", null, deviation);
        }

        report.List("samples", glasses.Where(glass => glass.Summary is not null).Select(glass => Describe(glass.Summary!.Value)));
        using var text = new StringWriter();
        report.WriteJson(text);
        AtomicFile.Write(Path.Combine(folder, "prepare.json"), stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
        return report;
    }

    /// <summary>Mean and sample standard deviation over the finished glasses.</summary>
    private static (double Mean, double? Deviation) Statistics(IReadOnlyList<PreparedGlass> glasses, string key)
    {
        double[] values = [.. glasses.Where(glass => glass.Summary is not null).Select(glass => glass.Summary!.Value.GetProperty(key).GetDouble())];
        if (values.Length == 0)
        {
            return (double.NaN, null);
        }

        double mean = values.Average();
        return (mean, values.Length < 2 ? null : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)));
    }

    private static Report Describe(JsonElement summary)
    {
        var report = new Report();
        foreach (string key in (string[])["name", "seed", "outcome", "structure_sha256", "key"])
        {
            report.Text(key, null, summary.GetProperty(key).GetString());
        }

        foreach (string key in Numbers)
        {
            report.Number(key, null, double.Parse(summary.GetProperty(key).GetRawText(), CultureInfo.InvariantCulture));
        }

        return report.Numbers("pressure_bar", null, [.. summary.GetProperty("pressure_bar").EnumerateArray().Select(value => value.GetDouble())], []);
    }
}
