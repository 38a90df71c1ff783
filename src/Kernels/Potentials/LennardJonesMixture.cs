namespace Glasswright.Kernels.Potentials;

/// <summary>
/// A mixture of Lennard-Jones species as embedded-atom tables: F = 0 and f = 0, so that E = ½ Σ_{i≠j} φ_{a_i a_j}(r_ij) is all that is left.
/// Every program that reads setfl then runs the mixture, this one with all that it can do to a metal.
/// </summary>
internal sealed class LennardJonesMixture
{
    /// <summary>Points of the grid of ρ, on which there is nothing to see.</summary>
    private const int DensityPoints = 10;

    private readonly LennardJonesPair[][] _pairs;

    /// <summary>A mixture.</summary>
    /// <param name="species">Names of the species.</param>
    /// <param name="masses">Their masses, g/mol.</param>
    /// <param name="pair">The pair of species a and b, b ≤ a.</param>
    public LennardJonesMixture(IReadOnlyList<string> species, IReadOnlyList<double> masses, Func<int, int, LennardJonesPair> pair)
    {
        Species = species;
        Masses = masses;
        _pairs = new LennardJonesPair[species.Count][];
        for (int a = 0; a < species.Count; a++)
        {
            _pairs[a] = new LennardJonesPair[species.Count];
            for (int b = 0; b <= a; b++)
            {
                _pairs[a][b] = pair(a, b);
                _pairs[b][a] = _pairs[a][b];
                Cutoff = Math.Max(Cutoff, _pairs[a][b].Cutoff);
            }
        }
    }

    /// <summary>Names of the species.</summary>
    public IReadOnlyList<string> Species { get; }

    /// <summary>Masses, g/mol.</summary>
    public IReadOnlyList<double> Masses { get; }

    /// <summary>The largest cutoff of a pair, Å.</summary>
    public double Cutoff { get; }

    /// <summary>The pair of two species.</summary>
    public LennardJonesPair Pair(int a, int b) => _pairs[a][b];

    /// <summary>The tables: r·φ at so many points from r = 0 to the largest cutoff.</summary>
    public EamTables Tabulate(int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        int n = Species.Count;
        double step = Cutoff / (points - 1);
        double[] nothing = new double[points];
        double[][] none = [.. Enumerable.Repeat(nothing, n)];
        var pair = new double[n][][];
        for (int a = 0; a < n; a++)
        {
            pair[a] = new double[n][];
            for (int b = 0; b <= a; b++)
            {
                pair[a][b] = new double[points];
                for (int k = 0; k < points; k++)
                {
                    double r = k * step;
                    pair[a][b][k] = r * _pairs[a][b].Energy(r);
                }

                pair[b][a] = pair[a][b];
            }
        }

        return new EamTables
        {
            Elements = Species,
            Masses = Masses,
            DensityStep = 1,
            RadiusStep = step,
            Cutoff = Cutoff,
            Embedding = [.. Enumerable.Repeat(new double[DensityPoints], n)],
            Density = [.. Enumerable.Repeat(none, n)],
            RadiusTimesPair = pair,
            Sha256 = "",
        };
    }
}
