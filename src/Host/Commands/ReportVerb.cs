using System.CommandLine;
using System.Diagnostics;
using Glasswright.Actors.Storage;
using Glasswright.Host.Output;
using Glasswright.Host.Reports;
using Glasswright.Host.Sharing;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>report</c>: a run as one page that opens anywhere, and its figures as files.</summary>
internal sealed class ReportVerb : Verb
{
    private const string DefaultFolder = "report";

    private readonly Argument<string?> _run = new("RUN")
    {
        Description = "The run's folder, whatever the run is at; or its id in the store (with --store and --out).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _out = Options.Out("The folder to make or replace; by default report in the run's folder.");
    private readonly Option<string> _store = Options.Value("--store", "URL", "The store: postgres://user@host:port/database.");

    private readonly Option<string> _analysis = Options.Value("--analysis", "DIR", "The tables of `analyze`; by default analysis in the run's folder.");

    /// <summary>Describes the verb.</summary>
    public ReportVerb()
        : base("report", "Make the report of a run: one HTML file that needs nothing else, and every figure as CSV and SVG.")
    {
        Command.Arguments.Add(_run);
        Take(_out, _store, _analysis);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        string run = arguments.Positional(_run) ?? throw new InputException("no run is given", expected: "report RUN, or report ID --store URL --out DIR");
        if (Directory.Exists(run))
        {
            return Write(WithAnalysis(ReadFolder(run, arguments, session), arguments), arguments.Text(_out) ?? Path.Combine(run, DefaultFolder), session);
        }

        if (!arguments.IsGiven(_store))
        {
            throw new InputException("there is no such run folder", run, expected: "a run folder, or the id of a run with --store URL and --out DIR");
        }

        string target = arguments.Required(_out);
        string aside = Directory.CreateTempSubdirectory("glasswright-").FullName;
        try
        {
            using NodeConnection connection = NodeConnection.Open(arguments.Required(_store), session, create: false);
            RunListing listing = StoredRun.Find(connection.Database, run);
            string folder = Path.Combine(aside, listing.Run);
            StoredRun.Export(connection.Database, listing, folder, session);
            var facts = RunFacts.Read(new RunStore(connection.Database, listing.Run, owns: false), listing, folder, session);
            RunFiles files = RunFiles.Read(folder) with { Facts = facts, Called = "FOLDER", AnalyzeCommand = "glasswright analyze ID --store URL --out DIR", AnalysisFolder = "DIR" };
            return Write(WithAnalysis(files, arguments), target, session);
        }
        finally
        {
            Directory.Delete(aside, recursive: true);
        }
    }

    /// <summary>Reads a folder, and what its store adds where the store is in the folder or named: a report waits for no server.</summary>
    private RunFiles ReadFolder(string folder, Arguments arguments, Session session)
    {
        var files = RunFiles.Read(folder);
        if (!arguments.IsGiven(_store) && !File.Exists(Path.Combine(folder, "run.db")))
        {
            return files;
        }

        string? run = folder;
        using Database database = StoredRun.Open(ref run, arguments, _store, session);
        RunListing listing = StoredRun.Find(database, run);
        return files with { Facts = RunFacts.Read(new RunStore(database, listing.Run, owns: false), listing, folder, session) };
    }

    private RunFiles WithAnalysis(RunFiles files, Arguments arguments) => arguments.Text(_analysis) is not { } folder ? files
        : Directory.Exists(folder) ? files with { Analysis = AnalysisTables.In(folder) }
        : throw new InputException($"{_analysis.Name} names no folder", folder, expected: "a folder that `glasswright analyze` made");

    private static int Write(RunFiles run, string target, Session session)
    {
        var watch = Stopwatch.StartNew();
        OutputFile.RequireWritableFolder(target);
        ReportFolder.RequireReplaceable(target);
        var document = ReportDocument.Of(run);
        string? page = ReportPage.Template is { } template ? ReportPage.Fill(template, document) : null;
        ReportFolder.Write(target, page, document);
        if (page is null)
        {
            session.Warn(ReportPage.Missing());
        }

        session.Print(new Report()
            .Text("run", "run", run.Text("run"))
            .Text("outcome", "outcome", run.Outcome)
            .Text("out", "folder", target)
            .Text("html", "open", page is null ? null : Path.Combine(target, ReportFolder.Page))
            .Text("html_missing", null, page is null ? ReportPage.Missing() : null)
            .Texts("figures", null, document.Figures.Select(figure => figure.Id))
            .Whole("figure_count", "figures", document.Figures.Count())
            .Texts("missing", null, document.Missing)
            .Number("elapsed_s", "took", watch.Elapsed.TotalSeconds, "s", "F1"));
        return 0;
    }
}
