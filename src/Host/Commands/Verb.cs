using System.CommandLine;

namespace Glasswright.Host.Commands;

/// <summary>
/// One verb of the command line. A verb reads its arguments, calls the libraries and prints; it decides nothing itself. Bad
/// input is an <see cref="Kernels.InputException"/>, thrown before anything is written.
/// </summary>
internal abstract class Verb
{
    // Flags that every verb takes and this one has no use for.
    private readonly List<Option> _unused = [];

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

    /// <summary>Takes, without showing them, the common flags that the verb has not asked for.</summary>
    public void TakeCommon()
    {
        foreach (Option option in Options.Common().Where(option => Command.Options.All(own => own.Name != option.Name)))
        {
            option.Hidden = true;
            _unused.Add(option);
            Command.Options.Add(option);
        }
    }

    /// <summary>Says which of the flags given change nothing: a user may have thought otherwise.</summary>
    public void WarnOfUnused(Arguments arguments, Session session)
    {
        foreach (Option option in _unused.Where(arguments.IsGiven))
        {
            session.Warn($"{Command.Name} makes no use of {option.Name}");
        }
    }

    /// <summary>Adds options in the order in which <c>--help</c> shows them.</summary>
    protected void Take(params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
        {
            Command.Options.Add(option);
        }
    }
}
