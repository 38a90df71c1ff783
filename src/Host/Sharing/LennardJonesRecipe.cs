using System.Globalization;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Host.Sharing;

/// <summary>
/// A Lennard-Jones mixture as a user writes it: pairs in units of ε and σ. Without pairs it is the 80:20 mixture of W. Kob and H. C. Andersen,
/// Phys. Rev. E 51, 4626 (1995), doi:10.1103/PhysRevE.51.4626: ε_AB = 1.5 ε, σ_AB = 0.8 σ, ε_BB = 0.5 ε, σ_BB = 0.88 σ, equal masses, every
/// pair truncated at 2.5 of its own σ.
/// </summary>
internal sealed record LennardJonesRecipe
{
    // (g/mol)·Å²/eV in ps², by 1 g/mol = 1.66053906660e-27 kg and 1 eV = 1.602176634e-19 J.
    private const double SquaredTimeUnit = 1.66053906660e-27 * 1e-20 / 1.602176634e-19 * 1e24;

    private static readonly string[] StandIns = ["Ni", "P"];

    /// <summary>The unit of energy, eV.</summary>
    public required double Epsilon { get; init; }

    /// <summary>The unit of length, Å.</summary>
    public required double Sigma { get; init; }

    /// <summary>r_c of every pair in its own σ.</summary>
    public required double Cutoff { get; init; }

    /// <summary>Width of the bent stretch in the pair's own σ.</summary>
    public required double Smooth { get; init; }

    /// <summary>Elements that stand for the species; null for Ni and P.</summary>
    public IReadOnlyList<string>? Species { get; init; }

    /// <summary><c>A-B:EPSILON:SIGMA</c> of every pair; null for Kob and Andersen's.</summary>
    public IReadOnlyList<string>? Pairs { get; init; }

    /// <summary>Masses, g/mol; null for the elements', of Kob and Andersen's mixture twice the first.</summary>
    public IReadOnlyList<double>? Masses { get; init; }

    /// <summary>ε/σ³, bar.</summary>
    public double PressureUnit => Epsilon / (Sigma * Sigma * Sigma) * MetalUnits.BarPerPressureUnit;

    /// <summary>σ·√(m/ε), ps.</summary>
    public double TimeUnit(double mass) => Sigma * Math.Sqrt(mass / Epsilon * SquaredTimeUnit);

    /// <summary>The mixture.</summary>
    /// <exception cref="InputException">A species is no element, or a pair is missing, given twice or not understood.</exception>
    public LennardJonesMixture Mix()
    {
        IReadOnlyList<string> species = Species ?? (Pairs is null ? StandIns : [.. Named()]);
        foreach (string name in species)
        {
            if (!Elements.Exists(name))
            {
                throw new InputException(
                    "a species must bear the name of an element, by which structures carry it", expected: "the symbol of an element", found: $"'{name}'", nearest: NearestName.Find(name, Elements.Symbols));
            }
        }

        if (species.Distinct(StringComparer.Ordinal).Count() != species.Count)
        {
            throw new InputException("--species names an element twice", expected: "every element once", found: string.Join(',', species));
        }

        if (Pairs is null && species.Count != 2)
        {
            throw new InputException(
                "Kob and Andersen's mixture has two species", expected: "--pairs with every pair, or two names in --species", found: string.Join(',', species));
        }

        if (Masses is not null && Masses.Count != species.Count)
        {
            throw new InputException("--masses does not fit", expected: $"{species.Count} masses", found: $"{Masses.Count}");
        }

        (double Epsilon, double Sigma)[,] table = Pairs is null ? KobAndersen() : Read(species);
        double[] masses = [.. Masses ?? species.Select(name => Elements.Mass(Pairs is null ? species[0] : name)!.Value)];
        return new LennardJonesMixture(species, masses, (a, b) =>
        {
            (double epsilon, double sigma) = (table[a, b].Epsilon * Epsilon, table[a, b].Sigma * Sigma);
            return new LennardJonesPair(epsilon, sigma, Cutoff * sigma, Smooth * sigma);
        });
    }

    /// <summary>The three lines at the head of the file.</summary>
    public string Comment()
    {
        LennardJonesMixture mixture = Mix();
        var pairs = new List<string>();
        for (int a = 0; a < mixture.Species.Count; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                LennardJonesPair pair = mixture.Pair(a, b);
                pairs.Add(string.Create(CultureInfo.InvariantCulture, $"{mixture.Species[a]}-{mixture.Species[b]} {pair.Epsilon:G9} eV {pair.Sigma:G9} A"));
            }
        }

        string name = Pairs is null ? "Kob-Andersen (doi 10.1103/PhysRevE.51.4626) with A, B =" : "Lennard-Jones mixture of";
        return string.Create(CultureInfo.InvariantCulture, $"""
            {name} {string.Join(", ", mixture.Species)}; epsilon, sigma: {string.Join("; ", pairs)}; F = 0, rho = 0
            4 epsilon [(sigma/r)^12 - (sigma/r)^6] minus its value at {Cutoff} sigma; of r > {Cutoff - Smooth:G6} sigma a quintic that ends with zero slope and curvature
            units metal; written by glasswright {Output.BuildInformation.Version}
            """);
    }

    private static (double Epsilon, double Sigma)[,] KobAndersen() => new[,] { { (1, 1), (1.5, 0.8) }, { (1.5, 0.8), (0.5, 0.88) } };

    private IEnumerable<string> Named() => Pairs!.SelectMany(pair => Split(pair).Names).Distinct(StringComparer.Ordinal);

    private (double Epsilon, double Sigma)[,] Read(IReadOnlyList<string> species)
    {
        string[] names = [.. species];
        var table = new (double Epsilon, double Sigma)[names.Length, names.Length];
        foreach (string text in Pairs!)
        {
            (string[] pair, double epsilon, double sigma) = Split(text);
            int[] at = [.. pair.Select(name => Array.IndexOf(names, name) is >= 0 and int k
                ? k
                : throw new InputException("--pairs names a species that --species does not", expected: string.Join(", ", names), found: $"'{name}'", nearest: NearestName.Find(name, names)))];
            if (table[at[0], at[1]].Sigma > 0)
            {
                throw new InputException("--pairs gives a pair twice", expected: "every pair once", found: text);
            }

            table[at[0], at[1]] = (epsilon, sigma);
            table[at[1], at[0]] = (epsilon, sigma);
        }

        for (int a = 0; a < names.Length; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                if (table[a, b].Sigma == 0)
                {
                    throw new InputException("--pairs lacks a pair", expected: $"{names[a]}-{names[b]}:EPSILON:SIGMA", found: string.Join(',', Pairs!));
                }
            }
        }

        return table;
    }

    private static (string[] Names, double Epsilon, double Sigma) Split(string text)
    {
        string[] parts = text.Split(':'), names = parts[0].Split('-');
        return parts.Length == 3 && names.Length == 2
            && IsPositive(parts[1], out double epsilon) && IsPositive(parts[2], out double sigma)
            ? (names, epsilon, sigma)
            : throw new InputException("a pair of --pairs is not understood", expected: "A-B:EPSILON:SIGMA with positive numbers, as in Cu-Zr:1.2:1.1", found: $"'{text}'");
    }

    private static bool IsPositive(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value > 0 && double.IsFinite(value);
}
