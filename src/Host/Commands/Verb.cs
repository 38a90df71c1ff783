using System.CommandLine;

namespace Glasswright.Host.Commands;

/// <summary>
/// One verb of the command line. A verb reads its arguments, calls the libraries and prints; it decides nothing itself. Bad
/// input is an <see cref="Kernels.InputException"/>, thrown before anything is written.
/// </summary>
internal abstract class Verb
{
    /// <summary>Describes the verb; the derived constructor adds its options.</summary>
    protected Verb(string name, string description)
    {
        Command = new Command(name, description);
        Command.Options.Add(Options.Json());
    }

    /// <summary>Name, description, options and arguments, for parsing and for <c>--help</c>.</summary>
    public Command Command { get; }

    /// <summary>The verb that this one stands below, such as <c>model</c>; null for a verb of its own.</summary>
    public virtual string? Group => null;

    /// <summary>Does the work and gives the exit code.</summary>
    public abstract int Execute(Arguments arguments, Session session);

    /// <summary>Adds options in the order in which <c>--help</c> shows them.</summary>
    protected void Take(params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
        {
            Command.Options.Add(option);
        }
    }
}
