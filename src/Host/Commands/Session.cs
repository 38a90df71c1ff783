using Glasswright.Host.Output;

namespace Glasswright.Host.Commands;

/// <summary>What a verb has around it while it runs: where to print, whether programs read it, and when to stop.</summary>
internal sealed class Session(Terminal terminal, bool json, IReadOnlyList<string> command) : IDisposable
{
    private StopSignal? _signal;

    /// <summary>The log of the work under way, to which a failure adds its details; null to begin a log of its own.</summary>
    public RunLog? Log { get; set; }

    /// <summary>Whether standard output carries one JSON object.</summary>
    public bool Json { get; } = json;

    /// <summary>The streams.</summary>
    public Terminal Terminal { get; } = terminal;

    /// <summary>The command line as given, without the program's name.</summary>
    public IReadOnlyList<string> Command { get; } = command;

    /// <summary>
    /// Canceled when the user wants the verb to end. A verb that asks for it promises to leave its work in order and to say how to
    /// go on; a verb that never asks is ended by the signal itself. Long verbs ask before they read anything: until then a signal
    /// is nobody's.
    /// </summary>
    public CancellationToken Stop => Terminal.Stop ?? (_signal ??= StopSignal.Listen()).Token;

    /// <summary>Prints the result, once.</summary>
    public void Print(Report report)
    {
        if (Json)
        {
            report.WriteJson(Terminal.Output);
        }
        else
        {
            report.WriteTable(Terminal.Output);
        }
    }

    /// <summary>A line for people beside the result.</summary>
    public void Say(string line) => Terminal.Pinned.WriteLine(line);

    /// <summary>A line about something that may surprise.</summary>
    public void Warn(string line) => Terminal.Pinned.WriteLine($"warning: {line}");

    /// <inheritdoc/>
    public void Dispose() => _signal?.Dispose();
}
