using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Formatting.Json;

namespace Glasswright.Host.Output;

/// <summary>
/// The log of a run: for people as text, and beside it for programs as one JSON object a line, with the properties <c>run</c> and <c>node</c> of all lines,
/// <c>replica</c> and <c>trial</c> where a line is about one. A resumed run appends to both. Never part of the answer.
/// </summary>
/// <param name="TextPath">The text.</param>
/// <param name="Run">The run's id.</param>
/// <param name="Node">The process that writes.</param>
internal sealed record RunLog(string TextPath, string Run, string Node)
{
    /// <summary>Where the lines go besides; null for nowhere.</summary>
    public ConsoleLog? Console { get; init; }

    /// <summary>The JSON lines.</summary>
    public string JsonPath => Path.ChangeExtension(TextPath, ".jsonl");

    /// <summary>Opens both to be appended to.</summary>
    public Logger Open()
    {
        EndLine(JsonPath);
        LoggerConfiguration configuration = new LoggerConfiguration()
            .Enrich.WithProperty("run", Run)
            .Enrich.WithProperty("node", Node)
            .WriteTo.File(TextPath, formatProvider: CultureInfo.InvariantCulture)
            .WriteTo.File(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture), JsonPath);
        return (Console is null ? configuration : configuration.WriteTo.Sink(Console)).CreateLogger();
    }

    /// <summary>A process that died in the middle of a line leaves it to itself.</summary>
    private static void EndLine(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (file.Length == 0)
        {
            return;
        }

        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n')
        {
            file.WriteByte((byte)'\n');
        }
    }
}
