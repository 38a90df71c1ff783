using Glasswright.Kernels;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Proposal;

/// <summary>
/// Draws the pair of a trial (Eq. 5 of doi:10.1038/s41467-021-25490-x): atom i of species A with
/// p_i = exp(n z_i)/Σ_{j∈A} exp(n z_j), independently one atom of another species. With more than two species an unordered
/// pair of species is drawn first, with weights N_A·N_B. Without z every atom of a species is as likely as another.
/// </summary>
/// <remarks>
/// Made once per version from its canonical z and then only read, by any number of threads. Weights are taken relative to
/// the largest n·z of the species; cumulative sums run in the order of the atoms.
/// </remarks>
internal sealed class SwapProposal
{
    private readonly double _exponent;
    private readonly SpeciesWeights[] _species;
    private readonly (int A, int B)[] _speciesPairs;
    private readonly double[] _speciesPairCumulative;

    /// <summary>Prepares the proposal of one structure.</summary>
    /// <param name="structure">The structure; only its species are read.</param>
    /// <param name="values">z of every atom, or empty for uniform draws.</param>
    /// <param name="exponent">n of Eq. 5.</param>
    public SwapProposal(AtomicStructure structure, ReadOnlySpan<double> values, double exponent)
    {
        _exponent = values.IsEmpty ? 0 : exponent;
        int speciesCount = structure.SpeciesNames.Count;
        _species = new SpeciesWeights[speciesCount];
        for (int s = 0; s < speciesCount; s++)
        {
            _species[s] = new SpeciesWeights(structure.Species, s, values, _exponent);
        }

        var pairs = new List<(int A, int B)>();
        var cumulative = new List<double>();
        double total = 0;
        for (int a = 0; a < speciesCount; a++)
        {
            for (int b = a + 1; b < speciesCount; b++)
            {
                if (_species[a].Count > 0 && _species[b].Count > 0)
                {
                    total += (double)_species[a].Count * _species[b].Count;
                    pairs.Add((a, b));
                    cumulative.Add(total);
                }
            }
        }

        _speciesPairs = [.. pairs];
        _speciesPairCumulative = [.. cumulative];
    }

    /// <summary>Whether there are atoms of two species: where the composition may vary, there need not be.</summary>
    public bool HasPairs => _speciesPairs.Length > 0;

    /// <summary>
    /// exp(entropy) of the draw within each species: how many atoms effectively carry it. 0 for a species without atoms.
    /// </summary>
    public IReadOnlyList<double> EffectiveAtoms => [.. _species.Select(s => s.EffectiveAtoms)];

    /// <summary>Refuses a structure in which no swap is possible.</summary>
    /// <exception cref="InputException">Fewer than two species are present.</exception>
    public static void RequirePairs(AtomicStructure structure)
    {
        if (!new SwapProposal(structure, [], 0).HasPairs)
        {
            throw new InputException(
                "a swap needs atoms of two species", expected: "at least two species in the structure", found: "one");
        }
    }

    /// <summary>
    /// The pair for three numbers in (0, 1): species pair, atom of the first species, atom of the second. <see cref="AtomPair.None"/> in a
    /// structure of one species.
    /// </summary>
    public AtomPair Draw(double uSpecies, double uFirst, double uSecond)
    {
        if (!HasPairs)
        {
            return AtomPair.None;
        }

        (int a, int b) = _speciesPairs[_speciesPairs.Length == 1 ? 0 : Locate(_speciesPairCumulative, uSpecies)];
        return new AtomPair(_species[a].Draw(uFirst), _species[b].Draw(uSecond));
    }

    /// <summary>
    /// ln q(x→y) within the species pair: ln p_x(i|A) + ln p_x(j|B). The weight of the species pair is the same in both
    /// directions, since a swap changes no N, and is left out.
    /// </summary>
    public double LogProbability(AtomPair pair, AtomicStructure structure) =>
        _species[structure.Species[pair.A]].LogProbability(pair.A) +
        _species[structure.Species[pair.B]].LogProbability(pair.B);

    /// <summary>
    /// ln R = ln q(y→x) - ln q(x→y) of a swap from this structure x to y, whose z is given after relaxation. In y atom A
    /// has taken B's species and the other way round.
    /// </summary>
    /// <param name="pair">The pair.</param>
    /// <param name="present">x.</param>
    /// <param name="trial">y: its species are already exchanged.</param>
    /// <param name="trialValues">z of y, or empty for uniform draws.</param>
    public double LogHastings(
        AtomPair pair, AtomicStructure present, AtomicStructure trial, ReadOnlySpan<double> trialValues)
    {
        // A transmutation is drawn uniformly.
        if (_exponent == 0 || pair.IsTransmutation)
        {
            return 0;
        }

        int speciesOfA = trial.Species[pair.A], speciesOfB = trial.Species[pair.B];
        double back =
            SpeciesWeights.LogProbability(trial.Species, speciesOfA, trialValues, _exponent, pair.A) +
            SpeciesWeights.LogProbability(trial.Species, speciesOfB, trialValues, _exponent, pair.B);
        return back - LogProbability(pair, present);
    }

    /// <summary>The first index whose cumulative weight exceeds u times the total.</summary>
    private static int Locate(ReadOnlySpan<double> cumulative, double u)
    {
        double wanted = u * cumulative[^1];
        int low = 0, high = cumulative.Length - 1;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (cumulative[middle] > wanted)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    /// <summary>The atoms of one species and their weights exp(n z_i - max).</summary>
    private sealed class SpeciesWeights
    {
        private readonly int[] _atoms;
        private readonly double[] _exponents;
        private readonly double[] _cumulative;
        private readonly double _logTotal;

        public SpeciesWeights(ReadOnlySpan<int> species, int wanted, ReadOnlySpan<double> values, double exponent)
        {
            var atoms = new List<int>();
            double largest = double.NegativeInfinity;
            for (int i = 0; i < species.Length; i++)
            {
                if (species[i] == wanted)
                {
                    atoms.Add(i);
                    largest = Math.Max(largest, values.IsEmpty ? 0 : exponent * values[i]);
                }
            }

            _atoms = [.. atoms];
            _exponents = new double[_atoms.Length];
            _cumulative = new double[_atoms.Length];
            double total = 0;
            for (int k = 0; k < _atoms.Length; k++)
            {
                _exponents[k] = (values.IsEmpty ? 0 : exponent * values[_atoms[k]]) - largest;
                total += Elementary.Exp(_exponents[k]);
                _cumulative[k] = total;
            }

            _logTotal = _atoms.Length == 0 ? 0 : Elementary.Log(total);
            EffectiveAtoms = _atoms.Length == 0 ? 0 : Elementary.Exp(Entropy());
        }

        public int Count => _atoms.Length;

        public double EffectiveAtoms { get; }

        /// <summary>ln p_i for a structure that is evaluated once: no tables are made.</summary>
        public static double LogProbability(
            ReadOnlySpan<int> species, int wanted, ReadOnlySpan<double> values, double exponent, int atom)
        {
            double largest = double.NegativeInfinity;
            for (int i = 0; i < species.Length; i++)
            {
                if (species[i] == wanted)
                {
                    largest = Math.Max(largest, exponent * values[i]);
                }
            }

            // The same order and the same operations as the tables, so that a swap to itself gives ln R = 0 exactly.
            double total = 0;
            for (int i = 0; i < species.Length; i++)
            {
                if (species[i] == wanted)
                {
                    total += Elementary.Exp((exponent * values[i]) - largest);
                }
            }

            return (exponent * values[atom]) - largest - Elementary.Log(total);
        }

        public int Draw(double u) => _atoms[Locate(_cumulative, u)];

        public double LogProbability(int atom) => _exponents[Array.BinarySearch(_atoms, atom)] - _logTotal;

        private double Entropy()
        {
            double sum = 0;
            foreach (double e in _exponents)
            {
                double logP = e - _logTotal;
                sum -= logP * Elementary.Exp(logP);
            }

            return sum;
        }
    }
}
