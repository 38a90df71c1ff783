using System.Runtime.Intrinsics;
using Glasswright.Kernels.Numerics;

namespace Glasswright.Kernels.Tests.Numerics;

/// <summary>
/// The float functions against double precision of the C library, over every <c>Stride</c>-th bit pattern there is.
/// Ranges covered float by float: docs/design/numerics.md.
/// </summary>
public sealed class ElementarySingleTests
{
    private const uint Stride = 4999;
    private const double SmallestNormal = 1.1754943508222875e-38;

    [Fact]
    public void ExpIsWithinOnePointOneUlp() =>
        Worst(x => x is > -103.9f and < 88.72f, Elementary.Exp, x => Math.Exp(x)).ShouldBeLessThan(1.1);

    [Fact]
    public void LogIsWithinOneUlp() =>
        Worst(x => x > 0f && float.IsFinite(x), Elementary.Log, x => Math.Log(x)).ShouldBeLessThan(1.0);

    [Fact]
    public void SoftplusIsWithinTwoUlp() =>
        Worst(x => x > -87.33f && float.IsFinite(x), Elementary.Softplus, ExactSoftplus).ShouldBeLessThan(2.0);

    [Fact]
    public void SigmoidIsWithinTwoAndAHalfUlp() =>
        Worst(x => x > -87.33f && float.IsFinite(x), Elementary.Sigmoid, ExactSigmoid).ShouldBeLessThan(2.5);

    [Fact]
    public void FarBelowZeroSoftplusAndSigmoidVanishWithoutANegativeOrASurprise()
    {
        for (float x = -87.3f; x > -200f; x -= 0.01f)
        {
            Elementary.Softplus(x).ShouldBeInRange(0f, (float)(2.0 * SmallestNormal));
            Math.Abs(Elementary.Softplus(x) - ExactSoftplus(x)).ShouldBeLessThan(1.2e-38);
            Math.Abs(Elementary.Sigmoid(x) - ExactSigmoid(x)).ShouldBeLessThan(1.2e-38);
        }
    }

    [Fact]
    public void SpecialValuesAreThoseOfTheMathematics()
    {
        Elementary.Exp(0f).ShouldBe(1f);
        Elementary.Exp(float.NegativeInfinity).ShouldBe(0f);
        Elementary.Exp(float.PositiveInfinity).ShouldBe(float.PositiveInfinity);
        Elementary.Exp(88.73f).ShouldBe(float.PositiveInfinity);
        Elementary.Exp(-104f).ShouldBe(0f);
        Elementary.Exp(-103.9f).ShouldBe(float.Epsilon);
        Elementary.Log(0f).ShouldBe(float.NegativeInfinity);
        Elementary.Log(-0f).ShouldBe(float.NegativeInfinity);
        Elementary.Log(1f).ShouldBe(0f);
        Elementary.Log(-1f).ShouldBe(float.NaN);
        Elementary.Log(float.PositiveInfinity).ShouldBe(float.PositiveInfinity);
        Elementary.Softplus(float.NegativeInfinity).ShouldBe(0f);
        Elementary.Softplus(float.PositiveInfinity).ShouldBe(float.PositiveInfinity);
        Elementary.Softplus(1e30f).ShouldBe(1e30f);
        Elementary.Sigmoid(float.NegativeInfinity).ShouldBe(0f);
        Elementary.Sigmoid(float.PositiveInfinity).ShouldBe(1f);
        Elementary.Sigmoid(0f).ShouldBe(0.5f);
        Elementary.Exp(float.NaN).ShouldBe(float.NaN);
        Elementary.Log(float.NaN).ShouldBe(float.NaN);
        Elementary.Softplus(float.NaN).ShouldBe(float.NaN);
        Elementary.Sigmoid(float.NaN).ShouldBe(float.NaN);
    }

    [Fact]
    public void EveryLaneGivesTheBitsOfTheScalar()
    {
        float[] x = new float[8];
        for (ulong start = 0; start <= uint.MaxValue; start += 300_007)
        {
            for (uint lane = 0; lane < 8; lane++)
            {
                x[lane] = BitConverter.UInt32BitsToSingle((uint)start + (lane * 536_870_911));
            }

            Vector256<float> eight = Vector256.Create<float>(x);
            Vector256<float> softplus = Elementary.Softplus(eight, out Vector256<float> derivative);
            for (int lane = 0; lane < 8; lane++)
            {
                Same(Elementary.Exp(x[lane]), Elementary.Exp(eight)[lane], x[lane]);
                Same(Elementary.Log(x[lane]), Elementary.Log(eight)[lane], x[lane]);
                Same(Elementary.Softplus(x[lane]), Elementary.Softplus(eight)[lane], x[lane]);
                Same(Elementary.Softplus(x[lane]), softplus[lane], x[lane]);
                Same(Elementary.Sigmoid(x[lane]), Elementary.Sigmoid(eight)[lane], x[lane]);
                Same(Elementary.Sigmoid(x[lane]), derivative[lane], x[lane]);
            }
        }
    }

    [Fact]
    public void ASpanOfAnyLengthGivesTheBitsOfTheScalar()
    {
        float[] x = [.. Enumerable.Range(0, 67).Select(i => (i - 33) * 0.37f)];
        for (int length = 0; length <= x.Length; length++)
        {
            float[] y = new float[length];
            Elementary.Softplus(x.AsSpan(0, length), y);
            y.ShouldBe(x.Take(length).Select(Elementary.Softplus));
        }
    }

    private static double ExactSoftplus(double x)
    {
        // ln(1 + t) in double: u = 1 + t rounded, and the classical correction t / (u - 1).
        double t = Math.Exp(-Math.Abs(x));
        double u = 1.0 + t;
        return Math.Max(x, 0.0) + (u == 1.0 ? t : Math.Log(u) * t / (u - 1.0));
    }

    private static double ExactSigmoid(double x) => 1.0 / (1.0 + Math.Exp(-x));

    private static double Worst(Func<float, bool> counts, Func<float, float> function, Func<double, double> reference)
    {
        double worst = 0.0;
        for (ulong bits = 0; bits <= uint.MaxValue; bits += Stride)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)bits);
            if (counts(x))
            {
                double exact = reference(x);
                double ulp = Math.ScaleB(1.0, Math.Max(Math.ILogB(exact), -126) - 23);
                worst = Math.Max(worst, exact == 0.0 ? 0.0 : Math.Abs(function(x) - exact) / ulp);
            }
        }

        return worst;
    }

    private static void Same(float expected, float found, float x)
    {
        if (BitConverter.SingleToInt32Bits(expected) != BitConverter.SingleToInt32Bits(found))
        {
            throw new Xunit.Sdk.XunitException($"x = {x:R}: {found:R} in a vector, {expected:R} alone");
        }
    }
}
