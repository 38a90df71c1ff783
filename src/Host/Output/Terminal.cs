namespace Glasswright.Host.Output;

/// <summary>Where a command writes, and how it learns that it should stop.</summary>
/// <param name="output">Standard output: results.</param>
/// <param name="error">Standard error: progress, warnings, errors.</param>
/// <param name="isInteractive">Whether a person looks at <paramref name="error"/>, so that a line may be rewritten.</param>
/// <param name="stop">What asks the command to stop; null to listen to the signals of the process.</param>
/// <param name="columns">Characters that fit on a line, asked anew each time since windows change; null without a limit.</param>
/// <param name="screen">What can be shown at once on <paramref name="error"/>, asked anew too; null where lines cannot be replaced.</param>
internal sealed class Terminal(
    TextWriter output,
    TextWriter error,
    bool isInteractive = false,
    CancellationToken? stop = null,
    Func<int>? columns = null,
    Func<Screen?>? screen = null)
{
    /// <summary>Standard output: results.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Standard error: progress, warnings, errors.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Whether a line of <see cref="Error"/> may be rewritten.</summary>
    public bool IsInteractive { get; } = isInteractive;

    /// <summary>Characters that fit on a line of <see cref="Error"/>.</summary>
    public int Columns => columns?.Invoke() is { } number and > 0 ? number : int.MaxValue;

    /// <summary>What can be shown at once; null where nobody looks, or lines cannot be replaced.</summary>
    public Screen? Screen => IsInteractive ? screen?.Invoke() : null;

    /// <summary>The lines at the bottom of <see cref="Error"/>, if any.</summary>
    public PinnedLines Pinned { get; } = new(error, () => screen?.Invoke()?.Columns ?? int.MaxValue);

    /// <summary>What asks the command to stop; null to listen to the signals of the process.</summary>
    public CancellationToken? Stop { get; } = stop;

    /// <summary>The streams of this process.</summary>
    public static Terminal OfProcess() =>
        new(
            Console.Out,
            Console.Error,
            !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb",
            columns: ColumnsOfProcess,
            screen: Screen.OfProcess());

    private static int ColumnsOfProcess()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (Exception unknown) when (unknown is IOException or PlatformNotSupportedException)
        {
            return 0;
        }
    }
}
