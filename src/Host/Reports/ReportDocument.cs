using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Glasswright.Host.Output;
using Glasswright.Host.Sharing;

namespace Glasswright.Host.Reports;

/// <summary>A figure of the headline.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">As people read it.</param>
/// <param name="Note">A few words below; null without.</param>
internal sealed record ReportFact(string Label, string Value, string? Note = null);

/// <summary>A table.</summary>
/// <param name="Caption">What it holds.</param>
/// <param name="Header">Names of the columns.</param>
/// <param name="Rows">Its cells.</param>
internal sealed record ReportTable(string Caption, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>A long text that a reader may unfold.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Text">The text.</param>
internal sealed record ReportFold(string Title, string Text);

/// <summary>The methods paragraph.</summary>
/// <param name="Text">The sentences.</param>
/// <param name="References">One line each.</param>
/// <param name="Bibtex">The same for BibTeX.</param>
internal sealed record ReportMethods(string Text, IReadOnlyList<string> References, string Bibtex);

/// <summary>All that the page of a report shows.</summary>
internal sealed record ReportDocument
{
    /// <summary>How pages are given what they show: names as in their scripts, short numbers.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new ShortNumbers() },
    };

    /// <summary>What the report is about.</summary>
    public required string Title { get; init; }

    /// <summary>What was done and what came of it, in sentences.</summary>
    public required IReadOnlyList<string> Story { get; init; }

    /// <summary>The figures of the headline.</summary>
    public required IReadOnlyList<ReportFact> Facts { get; init; }

    /// <summary>Targets at start and end; null before the run ended.</summary>
    public required ReportTable? Targets { get; init; }

    /// <summary>The figures.</summary>
    public required IReadOnlyList<ReportSection> Sections { get; init; }

    /// <summary>The structure in three dimensions; null where there is none.</summary>
    public required ReportScene? Scene { get; init; }

    /// <summary>Why there is none.</summary>
    public required string? SceneMissing { get; init; }

    /// <summary>The methods; null without the run's store.</summary>
    public required ReportMethods? Methods { get; init; }

    /// <summary>How to get them.</summary>
    public required string? MethodsMissing { get; init; }

    /// <summary>Where the run came from.</summary>
    public required IReadOnlyList<ReportTable> Provenance { get; init; }

    /// <summary>Configuration and log.</summary>
    public required IReadOnlyList<ReportFold> Folds { get; init; }

    /// <summary>Who made the report.</summary>
    public required string Made { get; init; }

    /// <summary>All figures.</summary>
    [JsonIgnore]
    public IEnumerable<Figure> Figures => Sections.SelectMany(section => section.Figures);

    /// <summary>All that is not there, with how to get it.</summary>
    [JsonIgnore]
    public IEnumerable<string> Missing => Sections.SelectMany(section => section.Missing).Concat(((string?[])[SceneMissing, MethodsMissing]).OfType<string>());

    /// <summary>Makes the document of a run.</summary>
    public static ReportDocument Of(RunFiles run)
    {
        var property = PropertyName.Of(run);
        var story = new ReportStory(run, property);
        var scene = ReportScene.Of(run, property);
        ReportSection?[] sections =
        [
            new CourseFigures(run, property).Section(),
            new PropertyFigures(run, property).Section(),
            new EnergyFigures(run, property).Section(),
            new CheckFigures(run, property).Section(),
            new ShellFigures(run, property).Section(),
            new AnalysisFigures(run).Section(),
            new LoadingFigures(run).Section(),
            new LadderFigures(run).Section(),
            new CostFigures(run).Section(),
        ];
        return new ReportDocument
        {
            Title = story.Title(),
            Story = story.Sentences(),
            Facts = story.Facts(),
            Targets = TargetsOf(run),
            Sections = [.. sections.OfType<ReportSection>()],
            Scene = scene.Scene,
            SceneMissing = scene.Missing,
            Methods = run.Facts is { } facts ? MethodsOf(MethodsParagraph.Of(facts)) : null,
            MethodsMissing = run.Facts is null ? $"The methods paragraph needs the run's store: `glasswright cite {run.Text("run")} --store URL` writes it, `glasswright report {run.Folder} --store URL` puts it here." : null,
            Provenance = ProvenanceOf(run),
            Folds = [new ReportFold("Configuration (config.conf)", run.Configuration), new ReportFold("Log (log.txt)", run.Log)],
            Made = $"Made by glasswright {BuildInformation.Version}.",
        };
    }

    /// <summary>As JSON, safe inside a script element: of &lt; and &gt; it holds only escapes.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private static ReportMethods MethodsOf(MethodsParagraph paragraph) => new(
        paragraph.Text,
        [.. paragraph.References.Select(reference => $"[{reference.Key}] {reference.Line()}")],
        string.Join('\n', paragraph.References.Select(reference => reference.BibTeX())).TrimEnd());

    private static ReportTable? TargetsOf(RunFiles run)
    {
        if (run.Document["targets_start"] is not JsonObject start || run.Document["targets_end"] is not JsonObject end)
        {
            return null;
        }

        var constants = run.Document["calibration"]?["constants"] as JsonObject;
        return new ReportTable(
            "Targets at the start and where replica 0 stands at the end, as run.json has them.",
            ["target", "start", "end", "change", .. constants is null ? Array.Empty<string>() : ["constant C"]],
            [
                .. start.Select(target =>
                {
                    double first = ReportStory.Number(target.Value), last = ReportStory.Number(end[target.Key]);
                    return (string[])
                    [
                        target.Key, Fixed(target.Key, first, "0"), Fixed(target.Key, last, "0"), Fixed(target.Key, last - first, "+0"),
                        .. constants is null ? Array.Empty<string>() : [Significant(ReportStory.Number(constants[target.Key == "energy_eV" ? "energy" : target.Key]))],
                    ];
                }),
            ]);
    }

    /// <summary>With as many decimals as the row's quantity deserves, so that start, end and change stand below one another.</summary>
    private static string Fixed(string target, double value, string whole)
    {
        int decimals = target switch { "energy_eV" => 3, "pressure_bar" => 1, _ => target.StartsWith("n_", StringComparison.Ordinal) ? 0 : 4 };
        string digits = decimals > 0 ? "." + new string('0', decimals) : "";
        string positive = whole + digits, negative = whole.TrimStart('+') + digits;
        return double.IsFinite(value) ? ReportStory.Typeset(value.ToString($"{positive};-{negative};{negative}", CultureInfo.InvariantCulture)) : "-";
    }

    private static string Significant(double value) => double.IsFinite(value) ? ReportStory.Typeset(value.ToString("G4", CultureInfo.InvariantCulture)) : "-";

    private static ReportTable[] ProvenanceOf(RunFiles run)
    {
        IEnumerable<(string Label, string Key)> keys =
            [("run", "run"), ("outcome", "outcome"), ("version", "version"), ("commit", "commit"), ("numerics", "numerics"), ("seed", "seed"), ("host", "host"), ("command", "command")];
        var inputs = run.Document["inputs"] as JsonArray ?? [];
        return
        [
            new ReportTable("The run", ["what", "value"], [.. keys.Where(entry => run.Document[entry.Key] is not null).Select(entry => (string[])[entry.Label, run.Text(entry.Key)!])]),
            new ReportTable("Inputs", ["role", "file", "SHA-256"], [.. inputs.Select(input => (string[])[$"{input?["name"]}", $"{input?["file"]}", $"{input?["sha256"]}"])]),
        ];
    }

    /// <summary>Seven digits are more than a screen shows; numbers that are not finite are gaps.</summary>
    private sealed class ShortNumbers : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("The page is written, not read.");

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(double.Parse(value.ToString("G7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
