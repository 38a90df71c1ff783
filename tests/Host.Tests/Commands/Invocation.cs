using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;

namespace Glasswright.Host.Tests.Commands;

/// <summary>What a command line did: run in this process, through the same entry as the executable.</summary>
internal sealed record Invocation(int ExitCode, string Output, string Error)
{
    /// <summary>The one JSON object that standard output must hold, and nothing else.</summary>
    public JsonElement Json
    {
        get
        {
            Output.TrimEnd('\n').ShouldNotContain('\n');
            return JsonDocument.Parse(Output).RootElement;
        }
    }

    public static Invocation Run(params string[] arguments) => Run(null, arguments);

    public static Invocation Run(CancellationToken? stop, string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int exitCode = CommandLine.Run(arguments, new Terminal(output, error, stop: stop ?? CancellationToken.None));
        return new Invocation(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>As <see cref="Run(string[])"/>, and the user's wish to stop comes with the first line on standard error that has a text.</summary>
    public static Invocation RunStoppedAt(string text, params string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new Watched(text, stop) { NewLine = "\n" };
        int exitCode = CommandLine.Run(arguments, new Terminal(output, error, stop: stop.Token));
        return new Invocation(exitCode, output.ToString(), error.ToString());
    }

    private sealed class Watched(string text, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                stop.Cancel();
            }
        }
    }

    /// <summary>Bad input: exit 2, one line, nothing on standard output, no stack trace.</summary>
    public void ShouldBeRefused(params string[] parts)
    {
        ExitCode.ShouldBe(2, Error);
        Output.ShouldBeEmpty();
        Error.Count(c => c == '\n').ShouldBe(1, Error);
        Error.ShouldNotContain("   at ");
        foreach (string part in parts)
        {
            Error.ShouldContain(part);
        }
    }
}
