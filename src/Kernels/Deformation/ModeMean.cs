namespace Glasswright.Kernels.Deformation;

/// <summary>The label of every atom at one strain: the mean of ln D²min over the modes, in one order for all who take it.</summary>
internal static class ModeMean
{
    /// <summary>The sum over the modes in their order, divided by their number; NaN where any mode is.</summary>
    /// <param name="modes"><c>[mode][atom]</c>.</param>
    /// <param name="means"><c>[atom]</c>.</param>
    public static void Compute(IReadOnlyList<double[]> modes, Span<double> means)
    {
        means.Clear();
        foreach (double[] mode in modes)
        {
            for (int i = 0; i < means.Length; i++)
            {
                means[i] += mode[i];
            }
        }

        for (int i = 0; i < means.Length; i++)
        {
            means[i] /= modes.Count;
        }
    }
}
