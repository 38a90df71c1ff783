using System.CommandLine;
using Glasswright.Host.Output;

namespace Glasswright.Host.Commands;

/// <summary>
/// The flags that several verbs share, each described once. All values are read as text and converted by
/// <see cref="Arguments"/>, which can say what was expected.
/// </summary>
internal static class Options
{
    /// <summary>The flag for programs that read the output.</summary>
    public const string JsonName = "--json";

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new(JsonName)
    {
        Description = "Print exactly one JSON object on standard output; everything else goes to standard error.",
    };

    /// <summary>
    /// Whether a line asks for JSON, in any of the flag's spellings. Asked before the line is parsed, so that a line that cannot
    /// be parsed is answered in JSON too.
    /// </summary>
    public static bool AsksForJson(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            bool bare = argument == JsonName;
            if (bare || (argument.StartsWith(JsonName, StringComparison.Ordinal) && argument[JsonName.Length] is '=' or ':'))
            {
                string value = !bare ? argument[(JsonName.Length + 1)..] : i + 1 < arguments.Count ? arguments[i + 1] : "";
                return !value.Equals("false", StringComparison.OrdinalIgnoreCase);
            }
        }

        return false;
    }

    /// <summary><c>--structure FILE</c>.</summary>
    public static Option<string> Structure() =>
        Value("--structure", "FILE", "Structure: LAMMPS data (.data, .lmp), LAMMPS dump (.dump, .lammpstrj) or extended XYZ (.extxyz, .xyz).");

    /// <summary><c>--potential FILE</c>.</summary>
    public static Option<string> Potential() => Value("--potential", "FILE", "Embedded-atom potential in setfl form (eam/alloy or eam/fs).");

    /// <summary><c>--species Cu,Zr</c>.</summary>
    public static Option<string> Species() =>
        Value("--species", "LIST", "Elements of atom types 1, 2, …, such as Cu,Zr; not needed where the file names them.");

    /// <summary><c>--model FILE</c>.</summary>
    public static Option<string> Model() => Value("--model", "FILE", "Model file (safetensors).");

    /// <summary><c>--model FILE[,FILE…]</c>.</summary>
    public static Option<string> Models() => Value(
        "--model", "FILE", "Model file (safetensors); several with commas, or a name with a star in quotes, are an ensemble: the mean of their values.");

    /// <summary><c>--out PATH</c>.</summary>
    public static Option<string> Out(string description) => Value("--out", "PATH", description);

    /// <summary><c>--backend cpu|reference|opencl</c>.</summary>
    public static Option<string> Backend() =>
        Value("--backend", "NAME", "cpu (vectorized, the default), reference (the textbook formula, slow) or opencl.");

    /// <summary><c>--device N</c>.</summary>
    public static Option<string> Device() =>
        Value("--device", "N", "The OpenCL device, numbered as `glasswright devices` lists them; by default a GPU, the one with the most memory.");

    /// <summary><c>--log-console text|json</c>.</summary>
    public static Option<string> LogConsole() =>
        Value("--log-console", "FORMAT", "Write the log to standard error too, as text or json (one object a line), in the place of the board, of progress and of lines for people.");

    /// <summary>Does what <see cref="LogConsole"/> asks for.</summary>
    public static void LogToConsole(Arguments arguments, Option<string> option, Session session)
    {
        if (arguments.Choice(option, ("text", ConsoleLogFormat.Text), ("json", ConsoleLogFormat.Json)) is { } format)
        {
            session.LogToConsole(format);
        }
    }

    /// <summary><c>--threads N</c>.</summary>
    public static Option<string> Threads() => Value("--threads", "N", "Number of threads; by default one a processor. Results do not depend on it.");

    /// <summary><c>--table-points N</c>.</summary>
    public static Option<string> TablePoints() => Value(
        "--table-points", "N", "Resample the potential's functions of distance at N points: a little faster, and an approximation. By default they stand as in the file.");

    /// <summary><c>-D PATH=VALUE</c>, once or several times.</summary>
    /// <param name="example">A setting that this verb reads.</param>
    public static Option<string[]> Define(string example) =>
        Repeated("-D", "PATH=VALUE", $"Set one setting, such as -D {example}; may be repeated.");

    /// <summary><c>--estimate</c>.</summary>
    public static Option<bool> Estimate() => new("--estimate")
    {
        Description = "Time a few real units of work, print core-hours, wall time, memory and disk, and start nothing.",
    };

    /// <summary>
    /// The flags that every verb takes, so that one line of them serves several verbs; each verb shows those that it uses.
    /// </summary>
    public static IReadOnlyList<Option> Common() =>
    [
        Structure(), Potential(), Species(), Model(), Out("Where results go."), Backend(), Threads(),
        Value("--seed", "N", "Key of the random numbers."),
    ];

    /// <summary>A flag with one value.</summary>
    public static Option<string> Value(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };

    /// <summary>A flag that may be given several times.</summary>
    public static Option<string[]> Repeated(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}
