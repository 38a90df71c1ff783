using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary>Names the file in errors of code that knows none.</summary>
internal static class Located
{
    /// <summary>Runs <paramref name="check"/>; an input error that names no file gets this one.</summary>
    public static void In(string file, Action check) => In(file, () =>
    {
        check();
        return true;
    });

    /// <summary>Runs <paramref name="check"/>; an input error that names no file gets this one.</summary>
    public static T In<T>(string file, Func<T> check)
    {
        try
        {
            return check();
        }
        catch (InputException error) when (error.File is null)
        {
            throw new InputException(error.Problem, file, error.Line, error.Expected, error.Found, error.Nearest, error);
        }
    }
}
