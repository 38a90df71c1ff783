using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;

namespace Glasswright.Benchmarks;

/// <summary>
/// Times single kernels and counts what they allocate, for work on one of them:
/// <c>dotnet run -c Release --project tests/Benchmarks -- --filter '*Force*' --job short</c>. Comparisons with other programs are
/// made by <c>benchmarks/peers/run.sh</c>.
/// </summary>
internal static class Program
{
    /// <summary>
    /// Set to 0, loops are compiled well at once, as in the program itself. BenchmarkDotNet does not take this over from a project
    /// file, and a kernel of few calls would be measured in its slow first form.
    /// </summary>
    private const string QuickLoops = "DOTNET_TC_QuickJitForLoops";

    private static void Main(string[] arguments) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(
        arguments, DefaultConfig.Instance.AddJob(Job.Default.WithEnvironmentVariable(QuickLoops, "0").AsMutator()));
}
