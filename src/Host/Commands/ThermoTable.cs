using Glasswright.Host.Output;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Commands;

/// <summary>What molecular dynamics measured, as CSV.</summary>
internal static class ThermoTable
{
    /// <summary>Writes one row a point.</summary>
    public static void Write(string path, IReadOnlyList<ThermoPoint> points) => AtomicFile.Write(path, stream =>
    {
        using var csv = new CsvWriter(stream);
        csv.Header("step", "time_ps", "temperature_K", "energy_eV", "kinetic_eV", "volume_A3", "pressure_bar", "conserved_eV");
        foreach (ThermoPoint point in points)
        {
            csv.Cell(point.Step).Cell(point.Time).Cell(point.Temperature).Cell(point.Potential).Cell(point.Kinetic);
            csv.Cell(point.Volume).Cell(point.Pressure).Cell(point.Conserved).EndRow();
        }
    });
}
