using Glasswright.Host.Commands;
using Glasswright.Host.Output;

namespace Glasswright.Host;

/// <summary>The entry of the executable.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => CommandLine.Run(arguments, Terminal.OfProcess());
}
