namespace Glasswright.Host.Sharing;

/// <summary>What runs of this program rest on, to be cited where a run used it. <c>CITATION.cff</c> says the same of the first three.</summary>
internal static class Library
{
    /// <summary>SHA-256 of the potential that ships, <c>CuZr_mm.eam.fs</c> of 10 June 2007.</summary>
    public const string ShippedPotential = "a512753c2b80a63a7e15d7422f471268888eda650fc12df81fb2275680737781";

    /// <summary>The method.</summary>
    public static Publication Method { get; } = new(
        "WangZhang2021", ["Wang, Qi", "Zhang, Longfei"], "Inverse design of glass structure with deep graph neural networks", 2021)
    {
        Journal = "Nature Communications",
        Volume = "12",
        Pages = "5359",
        Doi = "10.1038/s41467-021-25490-x",
        Role = "the method",
    };

    /// <summary>The usual citation of the potential that ships.</summary>
    public static Publication MendelevCuZr { get; } = new(
        "Mendelev2007",
        ["Mendelev, M. I.", "Sordelet, D. J.", "Kramer, M. J."],
        "Using atomistic computer simulations to analyze x-ray diffraction data from metallic glasses",
        2007)
    {
        Journal = "Journal of Applied Physics",
        Volume = "102",
        Pages = "043501",
        Doi = "10.1063/1.2769157",
        Role = "the potential",
    };

    /// <summary>The binary Lennard-Jones mixture.</summary>
    public static Publication KobAndersen { get; } = new(
        "KobAndersen1995",
        ["Kob, Walter", "Andersen, Hans C."],
        "Testing mode-coupling theory for a supercooled binary Lennard-Jones mixture: The van Hove correlation function",
        1995)
    {
        Journal = "Physical Review E",
        Volume = "51",
        Pages = "4626",
        Doi = "10.1103/PhysRevE.51.4626",
        Role = "the potential",
    };

    /// <summary>D²min.</summary>
    public static Publication FalkLanger { get; } = new(
        "FalkLanger1998", ["Falk, M. L.", "Langer, J. S."], "Dynamics of viscoplastic deformation in amorphous solids", 1998)
    {
        Journal = "Physical Review E",
        Volume = "57",
        Pages = "7192",
        Doi = "10.1103/PhysRevE.57.7192",
        Role = "the label, D²min",
    };

    /// <summary>Chemical potentials at a fixed number of atoms.</summary>
    public static Publication SemiGrand { get; } = new(
        "KofkeGlandt1988", ["Kofke, David A.", "Glandt, Eduardo D."], "Monte Carlo simulation of multicomponent equilibria in a semigrand canonical ensemble", 1988)
    {
        Journal = "Molecular Physics",
        Volume = "64",
        Pages = "1105",
        Doi = "10.1080/00268978800100743",
        Role = "the semi-grand ensemble",
    };

    /// <summary>A composition that is held near wanted shares.</summary>
    public static Publication VarianceConstraint { get; } = new(
        "Sadigh2012",
        ["Sadigh, B.", "Erhart, P.", "Stukowski, A.", "Caro, A.", "Martinez, E.", "Zepeda-Ruiz, L."],
        "Scalable parallel Monte Carlo algorithm for atomistic simulations of precipitation in alloys",
        2012)
    {
        Journal = "Physical Review B",
        Volume = "85",
        Pages = "184203",
        Doi = "10.1103/PhysRevB.85.184203",
        Role = "the variance constraint",
    };

    /// <summary>Deterministic alternation of exchanges, adaptation of the ladder.</summary>
    public static Publication Tempering { get; } = new(
        "Syed2022",
        ["Syed, Saifuddin", "Bouchard-Côté, Alexandre", "Deligiannidis, George", "Doucet, Arnaud"],
        "Non-reversible parallel tempering: A scalable highly parallel MCMC scheme",
        2022)
    {
        Journal = "Journal of the Royal Statistical Society Series B",
        Volume = "84",
        Pages = "321",
        Doi = "10.1111/rssb.12464",
        Role = "parallel tempering",
    };

    /// <summary>Two-stage acceptance.</summary>
    public static Publication DelayedAcceptance { get; } = new(
        "ChristenFox2005", ["Christen, J. Andrés", "Fox, Colin"], "Markov chain Monte Carlo using an approximation", 2005)
    {
        Journal = "Journal of Computational and Graphical Statistics",
        Volume = "14",
        Pages = "795",
        Doi = "10.1198/106186005X76983",
        Role = "delayed acceptance",
    };

    /// <summary>L-BFGS.</summary>
    public static Publication LimitedMemory { get; } = new(
        "LiuNocedal1989", ["Liu, Dong C.", "Nocedal, Jorge"], "On the limited memory BFGS method for large scale optimization", 1989)
    {
        Journal = "Mathematical Programming",
        Volume = "45",
        Pages = "503",
        Doi = "10.1007/BF01589116",
        Role = "the minimizer",
    };

    /// <summary>The preconditioner's idea.</summary>
    public static Publication Preconditioner { get; } = new(
        "Packwood2016",
        ["Packwood, David", "Kermode, James", "Mones, Letif", "Bernstein, Noam", "Woolley, John", "Gould, Nicholas", "Ortner, Christoph", "Csányi, Gábor"],
        "A universal preconditioner for simulating condensed phase materials",
        2016)
    {
        Journal = "The Journal of Chemical Physics",
        Volume = "144",
        Pages = "164109",
        Doi = "10.1063/1.4947024",
        Role = "the minimizer's preconditioner",
    };

    /// <summary>This program.</summary>
    /// <param name="version">The version that made the run; null if unknown.</param>
    public static Publication Software(string? version) => new("Glasswright", ["The Glasswright authors"], "Glasswright", null)
    {
        Version = version,
        Role = "the program",
    };

    /// <summary>The usual citation of a potential, by its hash or, of one that <c>potential lj</c> wrote, by its first line; null if unknown.</summary>
    public static Publication? OfPotential(string sha256, string firstLine) =>
        sha256 == ShippedPotential ? MendelevCuZr
        : firstLine.StartsWith("Kob-Andersen", StringComparison.Ordinal) && firstLine.Contains(KobAndersen.Doi!, StringComparison.Ordinal) ? KobAndersen
        : null;
}
