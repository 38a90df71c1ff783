using System.Numerics;
using System.Runtime.Intrinsics;
using Glasswright.Kernels.Numerics;

namespace Glasswright.Kernels.Tests.Numerics;

/// <summary>The double functions against series in big integers, at the bounds that <see cref="Elementary"/> states.</summary>
public sealed class ElementaryDoubleTests
{
    private const int Samples = 1000;

    // 1,400 bits hold every double of these ranges with 300 bits to spare.
    private static readonly HighPrecision Reference = new(1400);

    // For arguments near 1 and results that are not tiny.
    private static readonly HighPrecision Short = new(320);

    [Fact]
    public void ExpIsWithinOneUlp()
    {
        Worst(Uniform(-745.1, 709.7), Elementary.Exp, Reference.Exp).ShouldBeLessThan(1.0);
        Worst(Uniform(-1.0, 1.0), Elementary.Exp, Reference.Exp).ShouldBeLessThan(1.0);
        Worst(Logarithmic(-60, -1), Elementary.Exp, Reference.Exp).ShouldBeLessThan(1.0);
        Worst(Logarithmic(-60, -1).Select(x => -x), Elementary.Exp, Reference.Exp).ShouldBeLessThan(1.0);
    }

    [Fact]
    public void LogIsWithinOneUlp()
    {
        Worst(Logarithmic(-1074, 1023).Take(100), Elementary.Log, Reference.Log).ShouldBeLessThan(1.0);
        Worst(Logarithmic(-200, 200), Elementary.Log, Short.Log, Short).ShouldBeLessThan(1.0);
        Worst(Uniform(0.5, 2.0), Elementary.Log, Short.Log, Short).ShouldBeLessThan(1.0);
        Worst(Logarithmic(-52, -2).Select(x => 1.0 + x), Elementary.Log, Short.Log, Short).ShouldBeLessThan(1.0);
        Worst(Logarithmic(-53, -2).Select(x => 1.0 - x), Elementary.Log, Short.Log, Short).ShouldBeLessThan(1.0);
    }

    [Fact]
    public void Log1pIsWithinOneAndAHalfUlp()
    {
        Worst(Logarithmic(-300, 300).Take(200), Elementary.Log1p, Reference.Log1p).ShouldBeLessThan(1.5);
        Worst(Uniform(-0.9999, 2.0), Elementary.Log1p, Short.Log1p, Short).ShouldBeLessThan(1.5);
        Worst(Logarithmic(-300, -1).Select(x => -x), Elementary.Log1p, Reference.Log1p).ShouldBeLessThan(1.5);
    }

    [Fact]
    public void SoftplusIsWithinTwoUlp()
    {
        Worst(Uniform(-40.0, 40.0), Elementary.Softplus, Short.Softplus, Short).ShouldBeLessThan(2.0);
        Worst(Uniform(-700.0, -30.0), Elementary.Softplus, Reference.Softplus).ShouldBeLessThan(2.0);
        Worst(Uniform(-1.0, 1.0), Elementary.Softplus, Short.Softplus, Short).ShouldBeLessThan(2.0);
    }

    [Fact]
    public void SigmoidIsWithinTwoUlp()
    {
        Worst(Uniform(-40.0, 40.0), Elementary.Sigmoid, Short.Sigmoid, Short).ShouldBeLessThan(2.0);
        Worst(Uniform(-700.0, -30.0), Elementary.Sigmoid, Reference.Sigmoid).ShouldBeLessThan(2.0);
    }

    [Fact]
    public void SpecialValuesAreThoseOfTheMathematics()
    {
        Elementary.Exp(0.0).ShouldBe(1.0);
        Elementary.Exp(-0.0).ShouldBe(1.0);
        Elementary.Exp(double.NegativeInfinity).ShouldBe(0.0);
        Elementary.Exp(double.PositiveInfinity).ShouldBe(double.PositiveInfinity);
        Elementary.Exp(709.79).ShouldBe(double.PositiveInfinity);
        Elementary.Exp(-745.2).ShouldBe(0.0);
        Elementary.Exp(-745.13).ShouldBe(double.Epsilon);
        Elementary.Log(0.0).ShouldBe(double.NegativeInfinity);
        Elementary.Log(-0.0).ShouldBe(double.NegativeInfinity);
        Elementary.Log(1.0).ShouldBe(0.0);
        Elementary.Log(-1.0).ShouldBe(double.NaN);
        Elementary.Log(double.NegativeInfinity).ShouldBe(double.NaN);
        Elementary.Log(double.PositiveInfinity).ShouldBe(double.PositiveInfinity);
        Elementary.Log1p(-1.0).ShouldBe(double.NegativeInfinity);
        Elementary.Log1p(-1.5).ShouldBe(double.NaN);
        Elementary.Log1p(double.PositiveInfinity).ShouldBe(double.PositiveInfinity);
        double.IsNegative(Elementary.Log1p(-0.0)).ShouldBeTrue();
        Elementary.Softplus(double.NegativeInfinity).ShouldBe(0.0);
        Elementary.Softplus(double.PositiveInfinity).ShouldBe(double.PositiveInfinity);
        Elementary.Softplus(1e300).ShouldBe(1e300);
        Elementary.Softplus(-745.13).ShouldBe(double.Epsilon);
        Elementary.Sigmoid(double.NegativeInfinity).ShouldBe(0.0);
        Elementary.Sigmoid(double.PositiveInfinity).ShouldBe(1.0);
        Elementary.Sigmoid(0.0).ShouldBe(0.5);
    }

    [Fact]
    public void NaNStaysNaN()
    {
        Elementary.Exp(double.NaN).ShouldBe(double.NaN);
        Elementary.Log(double.NaN).ShouldBe(double.NaN);
        Elementary.Log1p(double.NaN).ShouldBe(double.NaN);
        Elementary.Softplus(double.NaN).ShouldBe(double.NaN);
        Elementary.Sigmoid(double.NaN).ShouldBe(double.NaN);
    }

    [Fact]
    public void EveryLaneGivesTheBitsOfTheScalar()
    {
        double[] x = [.. Specials(), .. Uniform(-750, 750), .. Logarithmic(-1074, 1023), .. Uniform(-2, 2)];
        for (int start = 0; start + 4 <= x.Length; start++)
        {
            Vector256<double> four = Vector256.Create<double>(x.AsSpan(start, 4));
            for (int lane = 0; lane < 4; lane++)
            {
                double one = x[start + lane];
                Same(Elementary.Exp(one), Elementary.Exp(four)[lane], one);
                Same(Elementary.Log(one), Elementary.Log(four)[lane], one);
                Same(Elementary.Log1p(one), Elementary.Log1p(four)[lane], one);
                Same(Elementary.Softplus(one), Elementary.Softplus(four)[lane], one);
                Same(Elementary.Sigmoid(one), Elementary.Sigmoid(four)[lane], one);
            }
        }
    }

    [Fact]
    public void ASpanOfAnyLengthGivesTheBitsOfTheScalar()
    {
        double[] x = [.. Uniform(-5, 5).Take(67)];
        for (int length = 0; length <= x.Length; length++)
        {
            double[] y = new double[length];
            Elementary.Exp(x.AsSpan(0, length), y);
            y.ShouldBe(x.Take(length).Select(Elementary.Exp));
        }
    }

    [Fact]
    public void SpansOfDifferentLengthAreRefused() =>
        Should.Throw<ArgumentException>(() => Elementary.Exp(new double[3], new double[4]));

    private static IEnumerable<double> Specials() =>
    [
        0.0, -0.0, double.Epsilon, -double.Epsilon, 2.2250738585072009e-308, 2.2250738585072014e-308, double.MaxValue,
        double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1.0, -1.0,
        BitConverter.Int64BitsToDouble(0x7FF8000000000123), BitConverter.Int64BitsToDouble(0x7FF0000000000001),
    ];

    private static IEnumerable<double> Uniform(double low, double high)
    {
        var random = new System.Random(20261122);
        return Enumerable.Range(0, Samples).Select(_ => low + ((high - low) * random.NextDouble()));
    }

    private static IEnumerable<double> Logarithmic(int low, int high)
    {
        var random = new System.Random(7);
        return Enumerable.Range(0, Samples)
            .Select(_ => Math.ScaleB(1.0 + random.NextDouble(), low + random.Next(high - low)));
    }

    private static double Worst(
        IEnumerable<double> x,
        Func<double, double> function,
        Func<double, BigInteger> reference,
        HighPrecision? precision = null) =>
        x.Max(argument => (precision ?? Reference).ErrorInUlp(function(argument), reference(argument)));

    private static void Same(double expected, double found, double x)
    {
        if (BitConverter.DoubleToInt64Bits(expected) != BitConverter.DoubleToInt64Bits(found))
        {
            throw new Xunit.Sdk.XunitException($"x = {x:R}: {found:R} in a vector, {expected:R} alone");
        }
    }
}
