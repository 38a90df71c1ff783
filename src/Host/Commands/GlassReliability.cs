using Glasswright.Kernels.Deformation;

namespace Glasswright.Host.Commands;

/// <summary>How well the labels of glasses repeat themselves, from the files of modes that lie beside them.</summary>
internal static class GlassReliability
{
    /// <summary>The mean of <see cref="LabelReliability.SplitHalf"/> over the glasses; NaN unless each has a file of modes with this strain.</summary>
    /// <param name="labels">Their label files; null for a glass without one.</param>
    /// <param name="strain">The labels' strain.</param>
    public static double Mean(IReadOnlyCollection<string?> labels, double strain)
    {
        double sum = 0;
        foreach (string? file in labels)
        {
            string? modes = file?.Replace(".labels.csv", ".modes.csv", StringComparison.Ordinal);
            if (modes is null || modes == file || !File.Exists(modes))
            {
                return double.NaN;
            }

            ModeLabelTable table = LabelFile.ReadModes(modes);
            int index = Enumerable.Range(0, table.Values.Length)
                .FirstOrDefault(s => Math.Abs(table.Header.Definition.Strains[s] - strain) <= 1e-9, -1);
            sum += index < 0 ? double.NaN : LabelReliability.SplitHalf(table, index);
        }

        return sum / labels.Count;
    }
}
