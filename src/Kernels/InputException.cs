namespace Glasswright.Kernels;

/// <summary>
/// Bad input of a user: a file, a setting or an argument that cannot be used as it stands. The message is one line;
/// the parts beside it let a program say the same as JSON. The command line ends with exit code 2.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>Creates the error of one place in one input.</summary>
    /// <param name="problem">What is wrong, in a few words, without the place.</param>
    /// <param name="file">The file, as the user named it; null when the input was an argument.</param>
    /// <param name="line">The line in that file, counted from 1; null when no line is to blame.</param>
    /// <param name="expected">What would have been right.</param>
    /// <param name="found">What stood there.</param>
    /// <param name="nearest">The nearest valid name, when the mistake looks like a misspelling.</param>
    /// <param name="inner">The failure below, when there is one.</param>
    public InputException(
        string problem,
        string? file = null,
        int? line = null,
        string? expected = null,
        string? found = null,
        string? nearest = null,
        Exception? inner = null)
        : base(Compose(problem, file, line, expected, found, nearest), inner)
    {
        Problem = problem;
        File = file;
        Line = line;
        Expected = expected;
        Found = found;
        Nearest = nearest;
    }

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }

    /// <summary>The file, as the user named it.</summary>
    public string? File { get; }

    /// <summary>The line, counted from 1.</summary>
    public int? Line { get; }

    /// <summary>What would have been right.</summary>
    public string? Expected { get; }

    /// <summary>What stood there.</summary>
    public string? Found { get; }

    /// <summary>The nearest valid name.</summary>
    public string? Nearest { get; }

    private static string Compose(
        string problem, string? file, int? line, string? expected, string? found, string? nearest)
    {
        var text = new System.Text.StringBuilder();
        if (file is not null)
        {
            text.Append(file);
            if (line is not null)
            {
                text.Append(':').Append(line.Value);
            }

            text.Append(": ");
        }

        text.Append(problem);
        if (expected is not null)
        {
            text.Append("; expected ").Append(expected);
        }

        if (found is not null)
        {
            text.Append("; found ").Append(found);
        }

        if (nearest is not null)
        {
            text.Append("; did you mean ").Append(nearest).Append('?');
        }

        return text.Replace('\n', ' ').Replace('\r', ' ').ToString();
    }
}
