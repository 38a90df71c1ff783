using System.CommandLine;

namespace Glasswright.Host;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        var root = new RootCommand("Designs the atomic structure of metallic glasses for a wanted property.");
        return root.Parse(arguments).Invoke();
    }
}
