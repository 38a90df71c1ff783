using System.Globalization;
using System.Text;
using Glasswright.Host.Commands;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace Glasswright.Host.Output;

/// <summary>How a log on the console is written.</summary>
internal enum ConsoleLogFormat
{
    /// <summary>As <c>log.txt</c>.</summary>
    Text,

    /// <summary>As <c>log.jsonl</c>.</summary>
    Json,
}

/// <summary>
/// The log on standard error, for whoever collects what a process writes there. It stands in the place of what is told to people: their lines, warnings and
/// progress become lines of the log, and there is no board. Any thread may write.
/// </summary>
internal sealed class ConsoleLog : ILogEventSink
{
    private const string TextTemplate = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] {Message:lj}{NewLine}{Exception}";

    private readonly ITextFormatter _formatter;
    private readonly TextWriter _writer;
    private readonly Lock _lock = new();

    /// <summary>A log in the place of what a terminal's standard error would get.</summary>
    /// <param name="format">How its lines are written.</param>
    /// <param name="terminal">Whose standard error it is.</param>
    /// <param name="node">The process, a property of every line.</param>
    public ConsoleLog(ConsoleLogFormat format, Terminal terminal, string node)
    {
        _writer = terminal.Error;
        _formatter = format == ConsoleLogFormat.Json
            ? new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture)
            : new MessageTemplateTextFormatter(TextTemplate, CultureInfo.InvariantCulture);
        Terminal = new Terminal(
            terminal.Output,
            new Lines(new LoggerConfiguration().Enrich.WithProperty("node", node).WriteTo.Sink(this).CreateLogger()),
            stop: terminal.Stop);
    }

    /// <summary>The terminal whose lines for people come into this log.</summary>
    public Terminal Terminal { get; }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        _formatter.Format(logEvent, text);
        lock (_lock)
        {
            // In one piece: readers take lines.
            _writer.Write(text.ToString());
        }
    }

    /// <summary>Makes an event of each line; one that begins as warnings do is a warning.</summary>
    private sealed class Lines(Logger logger) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            string line = value ?? "";
            if (line.StartsWith(Session.WarningPrefix, StringComparison.Ordinal))
            {
                logger.Warning("{line:l}", line[Session.WarningPrefix.Length..]);
            }
            else
            {
                logger.Information("{line:l}", line);
            }
        }

        public override void Write(char value) => throw new NotSupportedException("A log takes whole lines.");
    }
}
