namespace Glasswright.Kernels.Deformation;

/// <summary>
/// Labels of one structure: for every strain and atom the mean over the modes of ln D²min. The content of
/// <c>&lt;name&gt;.labels.csv</c>.
/// </summary>
/// <param name="Header">What they mean and where they came from.</param>
/// <param name="Ids">Atom ids, in the order of the structure.</param>
/// <param name="Values"><c>[strain][atom]</c>; NaN where any mode is invalid.</param>
/// <param name="Valid">Whether an atom is valid at every strain and in every mode.</param>
internal sealed record LabelTable(LabelHeader Header, long[] Ids, double[][] Values, bool[] Valid)
{
    /// <summary>The values at a strain.</summary>
    /// <exception cref="InputException">The labels do not hold that strain.</exception>
    public double[] At(double strain)
    {
        IReadOnlyList<double> strains = Header.Definition.Strains;
        for (int s = 0; s < strains.Count; s++)
        {
            if (Math.Abs(strains[s] - strain) <= 1e-9)
            {
                return Values[s];
            }
        }

        throw new InputException(
            $"the labels of {Header.Structure} do not hold this strain",
            expected: LabelDefinition.Text(strain),
            found: string.Join(", ", strains.Select(LabelDefinition.Text)));
    }
}

/// <summary>
/// ln D²min of one structure by strain, mode and atom. The content of <c>&lt;name&gt;.modes.csv</c>.
/// </summary>
/// <param name="Header">What they mean and where they came from.</param>
/// <param name="Ids">Atom ids, in the order of the structure.</param>
/// <param name="Values"><c>[strain][mode][atom]</c>; NaN where invalid.</param>
internal sealed record ModeLabelTable(LabelHeader Header, long[] Ids, double[][][] Values)
{
    /// <summary>The labels: means over the modes.</summary>
    public LabelTable Average()
    {
        int atoms = Ids.Length;
        var means = new double[Values.Length][];
        var valid = new bool[atoms];
        Array.Fill(valid, true);
        for (int s = 0; s < means.Length; s++)
        {
            means[s] = new double[atoms];
            ModeMean.Compute(Values[s], means[s]);
            for (int i = 0; i < atoms; i++)
            {
                valid[i] &= double.IsFinite(means[s][i]);
            }
        }

        return new LabelTable(Header, Ids, means, valid);
    }
}
