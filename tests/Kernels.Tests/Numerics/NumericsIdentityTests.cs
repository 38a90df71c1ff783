using Glasswright.Kernels.Numerics;

namespace Glasswright.Kernels.Tests.Numerics;

/// <summary>The identity follows the bits of every part.</summary>
public sealed class NumericsIdentityTests
{
    [Fact]
    public void OneBitInOnePartMakesAnotherIdentity()
    {
        NumericsIdentity first = NumericsIdentity.OfKernels.With(new SelfTestPart("extra", digest => digest.Add(1.0)));
        NumericsIdentity second = NumericsIdentity.OfKernels.With(
            new SelfTestPart("extra", digest => digest.Add(Math.BitIncrement(1.0))));
        first.Compute().ShouldNotBe(second.Compute());
        first.Compute().ShouldNotBe(NumericsIdentity.OfKernels.Compute());
        NumericsIdentity.OfKernels.Compute().ShouldStartWith(NumericsIdentity.Version + ":");
    }

    [Fact]
    public void TwoPartsOfOneNameAreRefused() =>
        Should.Throw<ArgumentException>(() => NumericsIdentity.OfKernels.With(NumericsIdentity.OfKernels.Parts[0]));
}
