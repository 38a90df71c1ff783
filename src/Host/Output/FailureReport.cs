using System.Globalization;
using Glasswright.Kernels;
using Serilog;

namespace Glasswright.Host.Output;

/// <summary>How a failure is told: one line, an exit code, and with <c>--json</c> an object; details only in a log.</summary>
internal static class FailureReport
{
    /// <summary>The program failed.</summary>
    public const int FailedExitCode = 1;

    /// <summary>The input or the usage is wrong.</summary>
    public const int BadInputExitCode = 2;

    /// <summary>Tells a failure and gives the exit code.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="terminal">Where to tell it.</param>
    /// <param name="json">Whether standard output gets the JSON object.</param>
    /// <param name="command">The command line, for the log.</param>
    /// <param name="log">The log of the work that failed; null to begin one in the temporary folder.</param>
    public static int Tell(Exception failure, Terminal terminal, bool json, IReadOnlyList<string> command, RunLog? log = null)
    {
        if (AsInput(failure) is { } input)
        {
            Say(terminal, input.Message);
            WriteJson(terminal, json, BadInputExitCode, input.Message, input);
            return BadInputExitCode;
        }

        string path = log?.TextPath ?? NewLogPath();
        WriteLog(failure, command, log, path);
        string message = $"failed: {OneLine(failure.Message)} (details in {path})";
        Say(terminal, message);
        WriteJson(terminal, json, FailedExitCode, message, null);
        return FailedExitCode;
    }

    /// <summary>The bad input behind a failure; kernels that run on several threads wrap it. Null if it is another failure.</summary>
    private static InputException? AsInput(Exception failure) => failure switch
    {
        InputException input => input,
        AggregateException { InnerExceptions.Count: > 0 } several => AsInput(several.InnerExceptions[0]),
        _ => null,
    };

    private static void Say(Terminal terminal, string message) => Attempt(() => terminal.Error.WriteLine($"glasswright: {message}"));

    /// <summary>A stream that cannot be written may be the very failure that is told; there is no other place to tell it.</summary>
    private static void Attempt(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            // The exit code says it.
        }
    }

    private static void WriteJson(Terminal terminal, bool json, int code, string message, InputException? input)
    {
        if (json)
        {
            Attempt(() => new Report().Group(
                "error",
                null,
                new Report()
                    .Whole("code", null, code)
                    .Text("message", null, message)
                    .Text("file", null, input?.File)
                    .Number("line", null, input?.Line)
                    .Text("expected", null, input?.Expected)
                    .Text("found", null, input?.Found)
                    .Text("nearest", null, input?.Nearest)).WriteJson(terminal.Output));
        }
    }

    private static string NewLogPath() => Path.Combine(Path.GetTempPath(), string.Create(
        CultureInfo.InvariantCulture, $"glasswright-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}.log"));

    private static void WriteLog(Exception failure, IReadOnlyList<string> command, RunLog? log, string path)
    {
        using Serilog.Core.Logger logger = log?.Open() ?? new LoggerConfiguration()
            .WriteTo.File(path, formatProvider: CultureInfo.InvariantCulture)
            .CreateLogger();
        logger.Fatal(
            failure,
            "glasswright {version} on {system}: {command}",
            BuildInformation.Version,
            System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            string.Join(' ', command));
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
