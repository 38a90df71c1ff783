using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Commands;

/// <summary>
/// The command line: finds the verb, runs it, and turns every way in which it can end into an exit code. 0 done, or stopped by
/// the user after a checkpoint; 1 failed; 2 bad input or usage; 130 second Ctrl-C.
/// </summary>
internal static class CommandLine
{
    private static readonly Dictionary<string, string> GroupDescriptions = new(StringComparer.Ordinal)
    {
        ["model"] = "Import, export and show model files.",
        ["potential"] = "Write interatomic potentials.",
        ["store"] = "Make and run a private PostgreSQL server, without an administrator.",
    };

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments, without the program's name.</param>
    /// <param name="terminal">Where to write.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, Terminal terminal)
    {
        using var session = new Session(terminal, Options.AsksForJson(arguments), arguments);
        try
        {
            Verb[] verbs = CreateVerbs();
            var root = new RootCommand("Designs the atomic structure of metallic glasses for a wanted property.");
            foreach (Verb verb in verbs)
            {
                AddTo(root, verb);
            }

            // No response files: an argument that begins with @ is what it is.
            ParseResult result = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (result.Action is { Terminating: true } action and not ParseErrorAction)
            {
                // --help and --version.
                return result.Invoke(new InvocationConfiguration
                {
                    Output = terminal.Output,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                });
            }

            RequireSound(result);
            Verb chosen = verbs.Single(verb => verb.Command == result.CommandResult.Command);
            var values = new Arguments(result);
            chosen.WarnOfUnused(values, session);
            return chosen.Execute(values, session);
        }
        catch (Exception failure)
        {
            return FailureReport.Tell(failure, terminal, session.Json, arguments, session.Log);
        }
    }

    private static Verb[] CreateVerbs() =>
    [
        new EnergyVerb(),
        new MinimizeVerb(),
        new DeformVerb(),
        new LabelVerb(),
        new PrepareVerb(),
        new AnnealVerb(),
        new TrainVerb(),
        new SearchVerb(),
        new NodeVerb(),
        new StatusVerb(),
        new DashboardVerb(),
        new CancelVerb(),
        new ExportVerb(),
        new CiteVerb(),
        new ReportVerb(),
        new EvaluateVerb(),
        new PredictVerb(),
        new AnalyzeVerb(),
        new DevicesVerb(),
        new ModelImportVerb(),
        new ModelExportVerb(),
        new ModelShowVerb(),
        new PotentialLjVerb(),
        new StoreInitVerb(),
        new StoreStartVerb(),
        new StoreStopVerb(),
        new StoreStatusVerb(),
    ];

    /// <summary>Hangs a verb below the root, or below the verb that its group is called by.</summary>
    private static void AddTo(RootCommand root, Verb verb)
    {
        verb.TakeCommon();
        if (verb.Group is null)
        {
            root.Subcommands.Add(verb.Command);
            return;
        }

        Command? group = root.Subcommands.FirstOrDefault(command => command.Name == verb.Group);
        if (group is null)
        {
            group = new Command(verb.Group, GroupDescriptions[verb.Group]);
            root.Subcommands.Add(group);
        }

        group.Subcommands.Add(verb.Command);
    }

    /// <summary>Refuses a line with unknown verbs, flags or values, in one sentence with the nearest valid name.</summary>
    private static void RequireSound(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        string name = NameOf(result.CommandResult);
        string help = $"what {name} --help shows";
        string[] strays = [.. result.UnmatchedTokens.Concat(FlagsTakenForArguments(result))];

        // Where a verb is due, all behind a misspelt one is stray too: the verb is the mistake, not its flags.
        if (command.Subcommands.Count > 0 && strays.FirstOrDefault(token => token != Options.JsonName) is { } verb && !verb.StartsWith('-'))
        {
            string[] verbs = [.. command.Subcommands.Select(known => known.Name)];
            throw new InputException(
                $"{name} has no verb '{verb}'", expected: string.Join(", ", verbs), nearest: NearestName.Find(verb, verbs));
        }

        // It belongs to every verb, and so to the one that is missing here.
        if (command.Subcommands.Count > 0)
        {
            strays = [.. strays.Where(token => !Options.AsksForJson([token]))];
        }

        if (strays.FirstOrDefault(token => token.StartsWith('-')) is { } unknown)
        {
            throw new InputException(
                $"{name} has no flag {unknown}", expected: help, nearest: NearestName.Find(unknown, FlagsOf(command)));
        }

        if (OptionWithoutValue(result) is { } option)
        {
            throw new InputException($"{option.Name} has no value", expected: $"{option.Name} {option.HelpName}");
        }

        if (strays.Length > 0)
        {
            throw new InputException($"{name} takes no argument '{strays[0]}'", expected: help);
        }

        if (command.Subcommands.Count > 0)
        {
            throw new InputException(
                "a verb is missing", expected: $"{name} with one of {string.Join(", ", command.Subcommands.Select(verb => verb.Name))}");
        }

        if (result.Errors.Count > 0)
        {
            throw new InputException(result.Errors[0].Message.TrimEnd('.'), expected: help);
        }
    }

    private static string NameOf(CommandResult command) => command switch
    {
        { Command: RootCommand } => "glasswright",
        { Parent: CommandResult parent } => $"{NameOf(parent)} {command.Command.Name}",
        _ => command.Command.Name,
    };

    /// <summary>The parser gives an unknown flag to a verb's positional argument where there is one.</summary>
    private static IEnumerable<string> FlagsTakenForArguments(ParseResult result) =>
        result.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .Where(value => value.Length > 1 && value.StartsWith('-'));

    /// <summary>A flag at the end of the line, or one that was given the next flag for its value.</summary>
    private static Option? OptionWithoutValue(ParseResult result) =>
        result.CommandResult.Children.OfType<OptionResult>()
            .FirstOrDefault(option => option.Tokens.Count == 0
                ? option.Option.Arity.MinimumNumberOfValues > 0
                : option.Tokens.Any(token => token.Value.StartsWith("--", StringComparison.Ordinal)))?.Option;

    private static IEnumerable<string> FlagsOf(Command command) =>
        command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name));
}
