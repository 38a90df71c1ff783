using System.Diagnostics;

namespace Glasswright.Host.Stores;

/// <summary>What another program did.</summary>
/// <param name="Program">Its name, without a path.</param>
/// <param name="ExitCode">0 where it succeeded.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record ChildResult(string Program, int ExitCode, string Output, string Error)
{
    // Words that PostgreSQL's programs put before what is wrong, the most telling first.
    private static readonly string[] Alarms = ["FATAL", "PANIC", "ERROR", "error:", "could not"];

    /// <summary>The line that says best what is wrong: the first that sounds the alarm, else the last.</summary>
    public string Complaint => MostTelling(Error.Length > 0 ? Error : Output) ?? $"it ended with exit code {ExitCode} and said nothing";

    /// <summary>The line of a log that says best what is wrong; null where there is none.</summary>
    public static string? MostTelling(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Alarms.Select(alarm => lines.FirstOrDefault(line => line.Contains(alarm, StringComparison.Ordinal)))
            .FirstOrDefault(line => line is not null) ?? lines.LastOrDefault();
    }

    /// <summary>Requires that the program succeeded.</summary>
    /// <exception cref="IOException">It did not; the message holds its complaint.</exception>
    public ChildResult RequireSuccess() =>
        ExitCode == 0 ? this : throw new IOException($"{Program} failed: {Complaint}");
}

/// <summary>
/// Runs another program to its end: output captured, no shell, no terminal, a limit of time. A program that overruns it, or that the
/// user stops, is killed with all that it started.
/// </summary>
internal static class ChildProcess
{
    // A program has ended, but something that it left behind may hold its output open: nobody waits for that.
    private static readonly TimeSpan PatienceForOutput = TimeSpan.FromSeconds(5);

    /// <summary>Runs a program.</summary>
    /// <param name="command">The program and its arguments. They can be read by every user of the machine: no secret belongs here.</param>
    /// <param name="folder">Where it works; null for where this process does.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="stop">Canceled when the user wants it to end.</param>
    /// <exception cref="IOException">It cannot be started, or overran its time.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static ChildResult Run(
        IReadOnlyList<string> command, string? folder, TimeSpan patience, string input = "", CancellationToken stop = default)
    {
        string name = ServerAccount.ProgramOf(command);
        using Process process = Start(command, folder, name);
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(patience);
        try
        {
            Feed(process, input);
            process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            stop.ThrowIfCancellationRequested();
            throw new IOException(FormattableString.Invariant($"{name} did not end within {patience.TotalSeconds:G4} s and was killed"));
        }

        return new ChildResult(name, process.ExitCode, Take(output), Take(error));
    }

    private static Process Start(IReadOnlyList<string> command, string? folder, string name)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (string argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        // Messages are read for words; and what a user set for another server (PGDATA, PGPORT, …) is not for this one.
        start.Environment["LC_ALL"] = "C";
        foreach (string variable in start.Environment.Keys.Where(key => key.StartsWith("PG", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            throw new IOException($"{name} cannot be started: {absent.Message}", absent);
        }
    }

    private static void Feed(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read all; its exit code and its complaint tell.
        }
    }

    private static string Take(Task<string> text) => text.Wait(PatienceForOutput) ? text.Result : "";
}
