using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Numerics;
using Glasswright.Models.Inference;

namespace Glasswright.Digest;

/// <summary>
/// Prints the digests of the self-test, one <c>name value</c> a line, for a test that starts this program with parts of the
/// instruction set switched off and compares what it says.
/// </summary>
internal static class Program
{
    private static void Main()
    {
        foreach (SelfTestPart part in InferenceSelfTest.Identity.Parts)
        {
            Console.WriteLine($"{part.Name} {part.Digest()}");
        }

        // Beside the identity: what chains and labels do not rest on, but shall not depend on the processor either.
        Console.WriteLine($"dynamics {new SelfTestPart("dynamics", DynamicsSelfTest.Run).Digest()}");
        Console.WriteLine($"identity {InferenceSelfTest.Identity.Compute()}");

        // What must not be the same: an operation that the base library leaves to the processor. It proves that the
        // switches act and that the comparison can see a difference.
        Console.WriteLine($"control {new SelfTestPart("control", Careless).Digest()}");
        Console.WriteLine(
            $"hardware Vector512={Vector512.IsHardwareAccelerated},Vector256={Vector256.IsHardwareAccelerated},Fma={Fma.IsSupported}");
    }

    private static void Careless(DigestWriter digest)
    {
        for (int i = 1; i < 100; i++)
        {
            var x = Vector256.Create(1.0 / i);
            digest.Add(Vector256.MultiplyAddEstimate(x, x, Vector256.Create(-1.0)).ToScalar());
        }
    }
}
