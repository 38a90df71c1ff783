using System.Globalization;
using System.Text.Json.Nodes;
using Glasswright.Host.Sharing;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Reports;

/// <summary>What a run folder holds, read as far as it is there: a report of a run that goes on or was stopped is one of what there is.</summary>
internal sealed record RunFiles
{
    /// <summary>The outcome of a run that has told none.</summary>
    public const string Running = "running";

    /// <summary>The folder.</summary>
    public required string Folder { get; init; }

    /// <summary><c>run.json</c>.</summary>
    public required JsonNode Document { get; init; }

    /// <summary>The chains.</summary>
    public required IReadOnlyList<ChainTable> Chains { get; init; }

    /// <summary>Their structures, where there are any.</summary>
    public required IReadOnlyList<AcceptedPath> Paths { get; init; }

    /// <summary><c>best.extxyz</c>; null before the run ended.</summary>
    public required StructureFrame? Best { get; init; }

    /// <summary>The comparisons with true simulation, by replica.</summary>
    public required IReadOnlyList<(int Replica, CsvTable Table)> Validations { get; init; }

    /// <summary><c>exchanges.csv</c>; null without ladders or exchanges.</summary>
    public required CsvTable? Exchanges { get; init; }

    /// <summary>The tables of <c>analyze</c>, by default those of <c>analysis/</c>.</summary>
    public required AnalysisTables Analysis { get; init; }

    /// <summary><c>config.conf</c>.</summary>
    public required string Configuration { get; init; }

    /// <summary><c>log.txt</c>.</summary>
    public required string Log { get; init; }

    /// <summary>What the store says; null where it is not at hand.</summary>
    public RunFacts? Facts { get; init; }

    /// <summary>The folder as its owner calls it, for the command that goes on with the run.</summary>
    public string Called
    {
        get => field ?? Folder;
        init;
    }

    /// <summary>What makes the tables of <see cref="Analysis"/>.</summary>
    public string AnalyzeCommand { get; init; } = "glasswright analyze RUN";

    /// <summary>Where they are looked for, in words.</summary>
    public string AnalysisFolder { get; init; } = "RUN/analysis";

    /// <summary>Whether its atoms have values, that is whether it has a model.</summary>
    public bool HasValues => Before?.Columns.ContainsKey(AcceptedPath.ValueColumn) == true;

    /// <summary>The start.</summary>
    public StructureFrame? Before => Paths.Count > 0 ? Paths[0].First : null;

    /// <summary>The best structure; of a run that has not ended, where the chain stands whose newest structure has the lowest mean.</summary>
    public StructureFrame? After => Best ?? Paths.MinBy(path => double.IsNaN(path.Means[^1]) ? path.Energies[^1] : path.Means[^1])?.Last;

    /// <summary>What <see cref="After"/> is, in words.</summary>
    public string AfterName => Best is null ? "now" : "best";

    /// <summary><c>finished</c>, <c>stopped</c>, <c>failed</c> or <see cref="Running"/>.</summary>
    public string Outcome => Text("outcome") ?? Running;

    /// <summary>Committed trials.</summary>
    public long Trials => Chains.Aggregate(0L, (count, chain) => count + chain.Count);

    /// <summary>Of these accepted.</summary>
    public long Accepted => Chains.Aggregate(0L, (count, chain) => count + chain.Steps.Length);

    /// <summary>Reads a folder.</summary>
    /// <exception cref="InputException">It holds no run, or a file of it is not what it should be.</exception>
    public static RunFiles Read(string folder)
    {
        string document = Path.Combine(folder, "run.json");
        if (!File.Exists(document))
        {
            throw new InputException("this folder holds no run to report", folder, expected: "a folder with run.json, in which `search CONFIG` began a run");
        }

        JsonNode node = Parse(document);
        bool growing = node["outcome"]?.GetValue<string>() is not "finished";
        ChainTable[] chains = [.. Numbered(folder, "chain-", ".csv").Select(file => ChainTable.Read(file.Path, file.Replica))];
        string best = Path.Combine(folder, "best.extxyz"), exchanges = Path.Combine(folder, "exchanges.csv");
        return new RunFiles
        {
            Folder = folder,
            Document = node,
            Chains = chains,
            Paths =
            [
                .. chains.Select(chain => (Chain: chain, Path: Path.Combine(folder, FormattableString.Invariant($"accepted-{chain.Replica}.extxyz"))))
                    .Where(file => File.Exists(file.Path))
                    .Select(file => AcceptedPath.Read(file.Path, file.Chain, growing)).OfType<AcceptedPath>(),
            ],
            Best = File.Exists(best) ? ExtendedXyzFile.Read(best) : null,
            Validations = [.. Numbered(folder, "validation-", ".csv").Select(file => (file.Replica, CsvTable.Read(file.Path))).Where(file => file.Item2.Count > 0)],
            Exchanges = File.Exists(exchanges) ? CsvTable.Read(exchanges) : null,
            Analysis = AnalysisTables.In(Path.Combine(folder, "analysis")),
            Configuration = ReadIfThere(Path.Combine(folder, "config.conf")),
            Log = ReadIfThere(Path.Combine(folder, "log.txt")),
        };
    }

    /// <summary>The outcome that the <c>run.json</c> of a folder tells; null where there is none yet.</summary>
    public static string? OutcomeOf(string folder)
    {
        string document = Path.Combine(folder, "run.json");
        return File.Exists(document) ? Parse(document)["outcome"]?.GetValue<string>() : null;
    }

    /// <summary>A text of <c>run.json</c>; null where it is not there.</summary>
    public string? Text(string key) => Document[key] is JsonValue value && value.TryGetValue(out string? text) ? text : Document[key]?.ToJsonString();

    /// <summary>A number of <c>run.json</c>; NaN where it is not there.</summary>
    public double Number(params ReadOnlySpan<string> keys)
    {
        JsonNode? node = Document;
        foreach (string key in keys)
        {
            node = node?[key];
        }

        return node is JsonValue value && value.TryGetValue(out double number) ? number : double.NaN;
    }

    private static JsonNode Parse(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path))!;
        }
        catch (System.Text.Json.JsonException malformed)
        {
            throw new InputException("is no JSON", path, (int?)malformed.LineNumber + 1, inner: malformed);
        }
    }

    private static IEnumerable<(int Replica, string Path)> Numbered(string folder, string prefix, string suffix) =>
        Directory.GetFiles(folder, $"{prefix}*{suffix}")
            .Select(path => (IsNumber: int.TryParse(Path.GetFileName(path)[prefix.Length..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int n), Number: n, path))
            .Where(file => file.IsNumber)
            .OrderBy(file => file.Number)
            .Select(file => (file.Number, file.path));

    private static string ReadIfThere(string path)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
