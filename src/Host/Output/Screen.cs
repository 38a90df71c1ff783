using Spectre.Console;

namespace Glasswright.Host.Output;

/// <summary>What a terminal can show at once, where lines that were written may be replaced.</summary>
/// <param name="Columns">Characters on a line.</param>
/// <param name="Rows">Lines.</param>
/// <param name="HasColors">Whether color and weight may be used; <c>NO_COLOR</c> forbids both.</param>
/// <param name="HasBlocks">Whether it shows the block characters of Unicode.</param>
internal sealed record Screen(int Columns, int Rows, bool HasColors = false, bool HasBlocks = true)
{
    /// <summary>What <see cref="Console.Error"/> is connected to; null where no line can be replaced.</summary>
    public static Func<Screen?> OfProcess()
    {
        // Asked once and late: most commands never look.
        var abilities = new Lazy<Capabilities>(() => AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
            Ansi = AnsiSupport.Detect,
            ColorSystem = ColorSystemSupport.Detect,
        }).Profile.Capabilities);
        return () => abilities.Value.Ansi && Size() is { Rows: > 0 } size
            ? new Screen(size.Columns, size.Rows, AllowsColors() && abilities.Value.ColorSystem != ColorSystem.NoColors, abilities.Value.Unicode)
            : null;
    }

    private static bool AllowsColors() => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private static (int Columns, int Rows) Size()
    {
        try
        {
            return (Console.WindowWidth, Console.WindowHeight);
        }
        catch (Exception unknown) when (unknown is IOException or PlatformNotSupportedException)
        {
            return (0, 0);
        }
    }
}
