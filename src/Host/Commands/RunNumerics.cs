using Glasswright.Models.Inference;

namespace Glasswright.Host.Commands;

/// <summary>The numerics under which this build computes labels and runs; what was begun under another is not gone on with.</summary>
internal static class RunNumerics
{
    private static readonly Lazy<string> Value = new(InferenceSelfTest.Identity.Compute);

    /// <summary>Version and digest of the self-test, run once a process.</summary>
    public static string Current => Value.Value;
}
