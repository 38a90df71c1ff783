using System.CommandLine;
using Glasswright.Host.Output;
using Glasswright.Host.Sharing;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Host.Commands;

/// <summary><c>potential lj</c>: a Lennard-Jones mixture as a setfl file; by default that of Kob and Andersen.</summary>
internal sealed class PotentialLjVerb : Verb
{
    private readonly Option<string> _out = Options.Out("The setfl file (eam/alloy) to write.");
    private readonly Option<string> _species = Options.Value(
        "--species", "LIST", "Elements that stand for the species, in the order of atom types (default Ni,P: A and B of Kob and Andersen).");

    private readonly Option<string> _pairs = Options.Value(
        "--pairs", "LIST", "A-B:EPSILON:SIGMA of every pair, in units of --epsilon and --sigma (default Kob and Andersen: A-A:1:1,B-A:1.5:0.8,B-B:0.5:0.88).");

    private readonly Option<string> _epsilon = Options.Value("--epsilon", "X", "The unit of energy in eV (default 0.1).");
    private readonly Option<string> _sigma = Options.Value("--sigma", "X", "The unit of length in Å (default 2.2).");
    private readonly Option<string> _cutoff = Options.Value("--cutoff", "X", "Where a pair ends, in its own sigma (default 2.5).");
    private readonly Option<string> _smooth = Options.Value(
        "--smooth", "X", "Width, in the pair's own sigma, of the last stretch that is bent to end without a jump of the force (default 0.2; 0 bends nothing).");

    private readonly Option<string> _masses = Options.Value(
        "--masses", "LIST", "Masses in g/mol (default: the elements' own; for Kob and Andersen that of the first for both).");

    private readonly Option<string> _points = Options.Value("--points", "N", "Points of the tables (default 10000).");

    /// <summary>Describes the verb.</summary>
    public PotentialLjVerb()
        : base("lj", "Write a Lennard-Jones mixture (by default Kob and Andersen's) as a setfl file.") =>
        Take(_out, _species, _pairs, _epsilon, _sigma, _cutoff, _smooth, _masses, _points);

    /// <inheritdoc/>
    public override string Group => "potential";

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        string path = arguments.Required(_out);
        var recipe = new LennardJonesRecipe
        {
            Epsilon = Positive(arguments, _epsilon) ?? 0.1,
            Sigma = Positive(arguments, _sigma) ?? 2.2,
            Cutoff = arguments.Number(_cutoff, "a number above 1.2 and at most 10", x => x is > 1.2 and <= 10) ?? 2.5,
            Smooth = arguments.Number(_smooth, "a number from 0 to 0.5", x => x is >= 0 and <= 0.5) ?? 0.2,
            Species = arguments.Names(_species),
            Pairs = arguments.Names(_pairs),
            Masses = arguments.Numbers(_masses, "positive masses with commas between", x => x > 0),
        };
        int points = (int)(arguments.Whole(_points, 100, 1_000_000) ?? 10_000);
        LennardJonesMixture mixture = recipe.Mix();
        OutputFile.RequireWritable(path);
        SetflFile.Write(path, mixture.Tabulate(points), recipe.Comment());
        session.Print(new Report()
            .Text("potential", "potential", path)
            .Text("sha256", "SHA-256", FileDigest.Sha256(path))
            .Texts("species", "species", mixture.Species)
            .Number("cutoff_A", "largest cutoff", mixture.Cutoff, "Å")
            .Number("temperature_unit_K", "unit of temperature, epsilon/k_B", recipe.Epsilon / MetalUnits.BoltzmannConstant, "K", "F2")
            .Number("pressure_unit_bar", "unit of pressure, epsilon/sigma^3", recipe.PressureUnit, "bar", "F1")
            .Number("time_unit_ps", "unit of time, sigma*sqrt(m/epsilon) of the first species", recipe.TimeUnit(mixture.Masses[0]), "ps", "F4"));
        return 0;
    }

    private static double? Positive(Arguments arguments, Option<string> option) =>
        arguments.Number(option, "a positive number", x => x is > 0 and < 1000);
}
