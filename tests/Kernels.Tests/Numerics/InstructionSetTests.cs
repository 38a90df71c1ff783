using System.Diagnostics;

namespace Glasswright.Kernels.Tests.Numerics;

/// <summary>
/// The self-test gives the same digests in child processes with AVX-512, AVX2 or every hardware intrinsic switched off.
/// </summary>
public sealed class InstructionSetTests
{
    private const string Control = "control";
    private const string Hardware = "hardware";

    private static readonly Lazy<Dictionary<string, string>> Native = new(() => Digests(null));

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void DigestsAreTheSameWithoutAnInstructionSet(string variable)
    {
        Dictionary<string, string> reduced = Digests(variable);
        reduced.Count.ShouldBeGreaterThan(4);
        Comparable(reduced).ShouldBe(Comparable(Native.Value));
    }

    [Fact]
    public void TheSwitchesActAndADifferenceWouldBeSeen()
    {
        Digests("DOTNET_EnableHWIntrinsic")[Hardware].ShouldBe("Vector512=False,Vector256=False,Fma=False");
        Dictionary<string, string> reduced = Digests("DOTNET_EnableAVX2");
        reduced[Hardware].ShouldContain("Fma=False");

        // A processor without fused multiply-add has nothing to switch off.
        if (Native.Value[Hardware].Contains("Fma=True", StringComparison.Ordinal))
        {
            reduced[Control].ShouldNotBe(Native.Value[Control]);
        }
    }

    [Fact]
    public void TheIdentityIsTheSameTwice() => Digests(null)["identity"].ShouldBe(Native.Value["identity"]);

    private static string[] Comparable(Dictionary<string, string> digests) =>
        [.. digests.Where(pair => pair.Key is not (Control or Hardware)).Select(pair => $"{pair.Key} {pair.Value}")];

    private static Dictionary<string, string> Digests(string? switchedOff)
    {
        string own = Environment.ProcessPath ?? "dotnet";
        string host = Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
        var start = new ProcessStartInfo(host)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Digest.dll"));
        if (switchedOff is not null)
        {
            start.Environment[switchedOff] = "0";
        }

        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        child.ExitCode.ShouldBe(0, errors.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .ToDictionary(words => words[0], words => words[1]);
    }
}
