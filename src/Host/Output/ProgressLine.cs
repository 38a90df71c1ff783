using System.Diagnostics;
using System.Globalization;
using Glasswright.Host.Telemetry;

namespace Glasswright.Host.Output;

/// <summary>
/// Progress of a long verb on standard error: one line that is rewritten on a terminal, a plain line every so often elsewhere.
/// Rate and remaining time come from the work of this process alone, so a resumed run does not boast with what others did.
/// May be told from any thread.
/// </summary>
/// <param name="terminal">Where to show it.</param>
/// <param name="doneBefore">Units that this process had done when the line, and with it the clock, began.</param>
/// <param name="telemetry">What measures it too.</param>
internal sealed class ProgressLine(Terminal terminal, double doneBefore = 0, VerbTelemetry? telemetry = null)
{
    /// <summary>A rate over less time says nothing.</summary>
    private static readonly TimeSpan ShortestClock = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RewriteEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _shownAt;   // under _lock; 0 before the first
    private int _width;      // under _lock; what the terminal's line holds
    private double? _measured; // under _lock; units that were told to the measurements, null for none

    /// <summary>Shows a state, unless one was shown a moment ago.</summary>
    /// <param name="done">Units of work done, by whomever.</param>
    /// <param name="total">Units of work in all.</param>
    /// <param name="doneHere">Units done by this process since it began.</param>
    /// <param name="unit">What a unit is called, in the plural.</param>
    /// <param name="rest">What else to say.</param>
    public void Show(double done, double total, double doneHere, string unit, Func<string>? rest = null)
    {
        lock (_lock)
        {
            // Another thread may have told more in between: work is not taken back.
            double measured = _measured ?? doneBefore;
            telemetry?.Advance(doneHere - measured, total > 0 ? done / total : 0, unit);
            _measured = Math.Max(measured, doneHere);
            TimeSpan pause = terminal.IsInteractive ? RewriteEvery : LineEvery;
            if (_shownAt != 0 && Stopwatch.GetElapsedTime(_shownAt) < pause)
            {
                return;
            }

            _shownAt = Stopwatch.GetTimestamp();
            Write(Text(done, total, doneHere, unit, rest));
        }
    }

    /// <summary>What the line would say now, for whoever shows it elsewhere; by the clock of this line.</summary>
    public string Text(double done, double total, double doneHere, string unit, Func<string>? rest = null) =>
        Compose(done, total, doneHere - doneBefore, unit, Stopwatch.GetElapsedTime(_began)) + (rest is null ? "" : ", " + rest());

    /// <summary>Ends the line, so that what follows begins on one of its own.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_width > 0)
            {
                terminal.Error.Write("\r" + new string(' ', Math.Min(_width, terminal.Columns - 1)) + "\r");
                _width = 0;
            }
        }
    }

    /// <summary>A time in words that are short at every length: 45 s, 3 min 20 s, 2 h 5 min, 3 d 4 h.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 90 } => FormattableString.Invariant($"{time.TotalSeconds:0} s"),
        { TotalMinutes: < 90 } => FormattableString.Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s"),
        { TotalHours: < 48 } => FormattableString.Invariant($"{(int)time.TotalHours} h {time.Minutes} min"),
        _ => FormattableString.Invariant($"{(int)time.TotalDays} d {time.Hours} h"),
    };

    /// <summary>A rate as it is shown: by the second, a slow one by the minute.</summary>
    public static string Pace(double rate) => rate >= 1
        ? FormattableString.Invariant($"{rate:G3}/s")
        : FormattableString.Invariant($"{60 * rate:G3}/min");

    /// <summary>Share, rate and time left.</summary>
    internal static string Compose(double done, double total, double doneHere, string unit, TimeSpan elapsed)
    {
        string share = total > 0 ? FormattableString.Invariant($"{100 * done / total:0.0} % of ") : "";
        string text = share + total.ToString("0.###", CultureInfo.InvariantCulture) + " " + unit;
        double rate = doneHere / elapsed.TotalSeconds;
        if (elapsed < ShortestClock || !(rate > 0))
        {
            return text;
        }

        double left = (total - done) / rate;
        string eta = left < TimeSpan.MaxValue.TotalSeconds / 2 ? $", {Duration(TimeSpan.FromSeconds(left))} left" : "";
        return $"{text}, {Pace(rate)}{eta}";
    }

    private void Write(string line)
    {
        if (!terminal.IsInteractive)
        {
            terminal.Error.WriteLine(line);
            return;
        }

        // A line as long as the terminal is wide would wrap, and be rewritten below itself. The last column is the cursor's.
        int most = terminal.Columns - 1;
        string shown = line.Length > most ? line[..most] : line;
        terminal.Error.Write("\r" + shown.PadRight(Math.Min(_width, most)));
        _width = shown.Length;
    }
}
