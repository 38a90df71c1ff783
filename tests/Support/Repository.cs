namespace Glasswright.Tests.Support;

/// <summary>Where the working tree of the project lies, found from the test assembly upward.</summary>
internal static class Repository
{
    /// <summary>The folder that holds <c>Engine.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below <c>tests/data</c>: reference data of independent programs.</summary>
    public static string TestData(params string[] parts) => Path.Combine([Root, "tests", "data", .. parts]);

    /// <summary>A path below <c>data</c>: what the project ships.</summary>
    public static string Data(params string[] parts) => Path.Combine([Root, "data", .. parts]);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Engine.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Engine.sln was not found above " + AppContext.BaseDirectory);
    }
}
