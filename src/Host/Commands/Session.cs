using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
using Glasswright.Host.Telemetry;

namespace Glasswright.Host.Commands;

/// <summary>What a verb has around it while it runs: where to print, whether programs read it, and when to stop.</summary>
internal sealed class Session(Terminal terminal, bool json, IReadOnlyList<string> command) : IDisposable
{
    /// <summary>How a line about something that may surprise begins.</summary>
    public const string WarningPrefix = "warning: ";

    private StopSignal? _signal;

    /// <summary>What logs call this process: <c>host:pid</c>.</summary>
    public static string ProcessName => FormattableString.Invariant($"{Environment.MachineName}:{Environment.ProcessId}");

    /// <summary>The log of the work under way, to which a failure adds its details; null to begin a log of its own.</summary>
    public RunLog? Log { get; set; }

    /// <summary>What measures the work of a long verb that is no search.</summary>
    public VerbTelemetry Telemetry { get; private set; } = VerbTelemetry.Silent;

    /// <summary>Whether standard output carries one JSON object.</summary>
    public bool Json { get; } = json;

    /// <summary>The streams.</summary>
    public Terminal Terminal { get; private set; } = terminal;

    /// <summary>What has taken the place of the lines for people on standard error; null where nothing has.</summary>
    public ConsoleLog? Console { get; private set; }

    /// <summary>The command line as given, without the program's name.</summary>
    public IReadOnlyList<string> Command { get; } = command;

    /// <summary>
    /// Canceled when the user wants the verb to end. A verb that asks for it promises to leave its work in order and to say how to
    /// go on; a verb that never asks is ended by the signal itself. Long verbs ask before they read anything: until then a signal
    /// is nobody's.
    /// </summary>
    public CancellationToken Stop => Terminal.Stop ?? (_signal ??= StopSignal.Listen()).Token;

    /// <summary>A line of progress, which is measured too.</summary>
    public ProgressLine Progress() => new(Terminal, telemetry: Telemetry);

    /// <summary>Does a verb's work, measured, and sent to whoever wants the measurements.</summary>
    /// <param name="verb">Its name.</param>
    /// <param name="settings">Who wants them.</param>
    /// <param name="work">The work; gives the exit code.</param>
    public int Measure(string verb, TelemetrySettings settings, Func<int> work)
    {
        using var telemetry = new VerbTelemetry(verb, ProcessName);
        using var export = TelemetryExport.Open(settings, telemetry, Warn);
        Telemetry = telemetry;
        try
        {
            return telemetry.Run(work);
        }
        finally
        {
            Telemetry = VerbTelemetry.Silent;
        }
    }

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
    public void Warn(string line) => Terminal.Pinned.WriteLine(WarningPrefix + line);

    /// <summary>The same, and in a log; once where the log is on standard error itself.</summary>
    public void Warn(string line, Serilog.ILogger log)
    {
        log.Warning("{warning:l}", line);
        if (Console is null)
        {
            Warn(line);
        }
    }

    /// <summary>From here on standard error is a log.</summary>
    public void LogToConsole(ConsoleLogFormat format)
    {
        Console = new ConsoleLog(format, Terminal, ProcessName);
        Terminal = Console.Terminal;
    }

    /// <inheritdoc/>
    public void Dispose() => _signal?.Dispose();
}
