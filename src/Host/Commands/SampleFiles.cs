using System.Text.Json;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary>
/// The files of one prepared glass in the folder of <c>prepare</c>: <c>NAME.data</c>, <c>.extxyz</c>, <c>.thermo.csv</c> and, last, <c>.json</c>, whose
/// presence says that it is finished. <c>.state</c> is what an unfinished one goes on from.
/// </summary>
internal sealed class SampleFiles(string folder, string name)
{
    /// <summary>What the glass is called.</summary>
    public string Name { get; } = name;

    /// <summary>What it goes on from.</summary>
    public string State => At(".state");

    /// <summary>The glass as a LAMMPS data file.</summary>
    public string Data => At(".data");

    private string Summary => At(".json");

    /// <summary>The summary of a finished glass; null if it is not finished.</summary>
    /// <param name="key">What the answer depends on, as a digest.</param>
    /// <exception cref="InputException">A glass of this name was made by other settings, or its summary cannot be read.</exception>
    public JsonElement? Finished(string key)
    {
        if (!File.Exists(Summary))
        {
            return null;
        }

        JsonElement summary;
        try
        {
            summary = JsonElement.Parse(File.ReadAllText(Summary));
            if (summary.GetProperty("key").GetString() == key)
            {
                return summary;
            }
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InputException("is not the summary of a glass", file: Summary, expected: "a file that prepare wrote", inner: broken);
        }

        throw new InputException(
            "there is a glass of this name from other settings, inputs or numerics", file: Summary, expected: "--out with another folder");
    }

    /// <summary>Writes a finished glass and removes what it went on from.</summary>
    public JsonElement Write(PreparedSample sample, ulong seed, string key, Report method)
    {
        var frame = new StructureFrame(sample.Structure);
        frame.Header["energy_eV"] = FormattableString.Invariant($"{sample.Energy}");
        frame.Header["seed"] = FormattableString.Invariant($"{seed}");
        StructureFile.Write(Data, frame);
        StructureFile.Write(At(".extxyz"), frame);
        ThermoTable.Write(At(".thermo.csv"), sample.Points);
        using var text = new StringWriter();
        Describe(sample, seed, key).Group("method", null, method).WriteJson(text);
        string json = text.ToString();

        // Order matters: a summary says that the other files are whole.
        AtomicFile.Write(Summary, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(json)));
        File.Delete(State);
        return JsonElement.Parse(json);
    }

    private Report Describe(PreparedSample sample, ulong seed, string key)
    {
        var report = new Report()
            .Text("name", null, Name)
            .Text("seed", null, FormattableString.Invariant($"{seed}"))
            .Text("outcome", null, sample.Outcome.ToString())
            .Whole("atoms", null, sample.Structure.Count)
            .Number("energy_eV", null, sample.Energy)
            .Number("energy_eV_per_atom", null, sample.Energy / sample.Structure.Count)
            .Number("energy_fixed_cell_eV", null, sample.EnergyAtFixedCell)
            .Number("density_g_per_cm3", null, sample.Density)
            .Number("volume_A3_per_atom", null, sample.Structure.Cell.Volume / sample.Structure.Count)
            .Numbers("pressure_bar", null, sample.Stress, [])
            .Number("force_norm_eV_per_A", null, sample.ForceNorm)
            .Number("rms_displacement_A", null, sample.Displacement)
            .Whole("steps", null, sample.Steps)
            .Whole("swaps_tried", null, sample.SwapsTried)
            .Whole("swaps_accepted", null, sample.SwapsAccepted);
        return report.Text("structure_sha256", null, StructureDigest.Compute(sample.Structure)).Text("key", null, key);
    }

    private string At(string extension) => Path.Combine(folder, Name + extension);
}
