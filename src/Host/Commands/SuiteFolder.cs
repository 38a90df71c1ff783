using System.Globalization;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Commands;

/// <summary>
/// The folder of a suite: <c>split.csv</c> (which glass serves for what, with the digests of its files), <c>models/</c>, <c>seconds.csv</c> (how
/// long each model took), <c>suite.csv</c> and <c>suite.md</c>. A suite goes on only with the split that it began with.
/// </summary>
internal sealed class SuiteFolder
{
    private const string SplitHeader = "glass,part,structure_sha256,labels_sha256";
    private readonly string _path;
    private readonly Dictionary<string, double> _seconds = new(StringComparer.Ordinal);

    private SuiteFolder(string path) => _path = path;

    /// <summary>The table of all numbers.</summary>
    public string Csv => Path.Combine(_path, "suite.csv");

    /// <summary>The table for people.</summary>
    public string Markdown => Path.Combine(_path, "suite.md");

    private string Split => Path.Combine(_path, "split.csv");

    private string Seconds => Path.Combine(_path, "seconds.csv");

    /// <summary>Begins a suite in a folder, or goes on with it.</summary>
    /// <exception cref="InputException">The folder holds a suite of another split.</exception>
    public static SuiteFolder Open(string path, ResolvedConfiguration configuration)
    {
        var folder = new SuiteFolder(path);
        string[] wanted = [SplitHeader, .. Lines(configuration.Settings)];
        if (File.Exists(folder.Split))
        {
            string[] found = File.ReadAllLines(folder.Split);
            if (!found.SequenceEqual(wanted, StringComparer.Ordinal))
            {
                int line = Enumerable.Range(0, Math.Max(found.Length, wanted.Length))
                    .First(k => k >= found.Length || k >= wanted.Length || found[k] != wanted[k]);
                throw new InputException(
                    "the folder holds a suite of another split, or its files have changed", folder.Split, line + 1,
                    line < wanted.Length ? wanted[line] : "no further glass", line < found.Length ? found[line] : "no further glass");
            }
        }
        else
        {
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new InputException("the folder is not empty and holds no suite", path, expected: "a new folder, or that of a suite");
            }

            Directory.CreateDirectory(Path.Combine(path, "models"));
            byte[] text = System.Text.Encoding.UTF8.GetBytes(string.Concat(wanted.Select(line => line + "\n")));
            AtomicFile.Write(folder.Split, stream => stream.Write(text));
        }

        if (File.Exists(folder.Seconds))
        {
            foreach (string[] cells in File.ReadAllLines(folder.Seconds).Select(line => line.Split(',')).Where(cells => cells.Length == 2))
            {
                if (double.TryParse(cells[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
                {
                    folder._seconds[cells[0]] = seconds;
                }
            }
        }

        return folder;
    }

    /// <summary>The file of a cell's models, before their numbers.</summary>
    public string Models(string cell) => ModelsOf(_path, cell);

    /// <summary>The same, of a folder that may not be there.</summary>
    public static string ModelsOf(string path, string cell) => Path.Combine(path, "models", cell + ".safetensors");

    /// <summary>Books how long a model took, in the session that finished it.</summary>
    public void Add(PropertyModel model, double seconds)
    {
        string name = Path.GetFileName(model.File!);
        _seconds[name] = seconds;
        File.AppendAllText(Seconds, FormattableString.Invariant($"{name},{seconds}\n"));
    }

    /// <summary>How long models took together; NaN if one was trained elsewhere.</summary>
    public double SecondsOf(IEnumerable<PropertyModel> models)
    {
        double sum = 0;
        foreach (PropertyModel model in models)
        {
            sum += _seconds.GetValueOrDefault(Path.GetFileName(model.File!), double.NaN);
        }

        return sum;
    }

    private static IEnumerable<string> Lines(ExperimentSettings settings)
    {
        TrainSettings train = settings.Train;
        (string Part, IReadOnlyList<string> Names)[] parts =
            [("training", train.Split.Train), ("validation", train.Split.Validation), ("test", train.Split.Test)];
        foreach ((string part, IReadOnlyList<string> names) in parts)
        {
            foreach (string name in names)
            {
                yield return Line(train.Data.First(glass => glass.Name == name), part);
            }
        }

        foreach (TransferSettings set in settings.Suite.Transfer)
        {
            foreach (GlassSettings glass in set.Glasses)
            {
                yield return Line(glass, set.Name);
            }
        }

        static string Line(GlassSettings glass, string part) =>
            $"{glass.Name},{part},{FileDigest.Sha256(glass.Structure)},{(glass.Labels is null ? "" : FileDigest.Sha256(glass.Labels))}";
    }
}
