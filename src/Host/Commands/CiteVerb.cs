using System.CommandLine;
using Glasswright.Actors.Storage;
using Glasswright.Host.Output;
using Glasswright.Host.Sharing;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>cite</c>: the methods paragraph and the references of a run, from its own record.</summary>
internal sealed class CiteVerb : Verb
{
    private readonly Argument<string?> _run = new("RUN")
    {
        Description = "The run's folder, or its id in the store (with --store).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _store = Options.Value("--store", "URL", "The store: postgres://user@host:port/database.");
    private readonly Option<string> _format = Options.Value("--format", "NAME", "text (the default), bibtex or json.");

    /// <summary>Describes the verb.</summary>
    public CiteVerb()
        : base("cite", "Write the methods paragraph of a run and BibTeX of what it used.")
    {
        Command.Arguments.Add(_run);
        Take(_store, _format);
    }

    private enum Format
    {
        Text,
        BibTeX,
        Json,
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        Format format = arguments.Choice(_format, ("text", Format.Text), ("bibtex", Format.BibTeX), ("json", Format.Json)) ?? Format.Text;
        string? run = arguments.Positional(_run) ?? throw new InputException("no run is given", expected: "cite RUN, or cite ID --store URL");
        string? folder = Directory.Exists(run) ? run : null;
        using Database database = StoredRun.Open(ref run, arguments, _store, session);
        RunListing listing = StoredRun.Find(database, run);
        var facts = RunFacts.Read(new RunStore(database, listing.Run, owns: false), listing, folder, session);
        var paragraph = MethodsParagraph.Of(facts);
        if (paragraph.Potential is null)
        {
            session.Warn($"the paper of the potential {facts.Potential.FileName} is not known by its SHA-256: add its citation yourself");
        }

        if (session.Json || format == Format.Json)
        {
            Describe(facts, paragraph).WriteJson(session.Terminal.Output);
            return 0;
        }

        session.Terminal.Output.WriteLine(format == Format.BibTeX ? BibTeX(paragraph) : Text(paragraph));
        return 0;
    }

    private static string BibTeX(MethodsParagraph paragraph) => string.Join('\n', paragraph.References.Select(reference => reference.BibTeX())).TrimEnd();

    private static string Text(MethodsParagraph paragraph) =>
        $"{paragraph.Text}\n\n{string.Join('\n', paragraph.References.Select(reference => $"[{reference.Key}] {reference.Line()}"))}\n\n{BibTeX(paragraph)}";

    private static Report Describe(RunFacts facts, MethodsParagraph paragraph) => new Report()
        .Text("run", null, facts.Run)
        .Text("paragraph", null, paragraph.Text)
        .Text("version", null, facts.Version)
        .Text("potential", null, facts.Potential.FileName)
        .Text("potential_sha256", null, facts.Potential.Sha256)
        .Text("potential_citation", null, paragraph.Potential?.Key)
        .Whole("trials", null, facts.Trials)
        .Whole("accepted", null, facts.Accepted)
        .List("references", paragraph.References.Select(reference => new Report()
            .Text("key", null, reference.Key)
            .Text("role", null, reference.Role)
            .Text("text", null, reference.Line())
            .Text("doi", null, reference.Doi)))
        .Text("bibtex", null, BibTeX(paragraph));
}
