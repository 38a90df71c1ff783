using System.Runtime.Intrinsics;
using Glasswright.Models.Inference;

namespace Glasswright.Models.Tests.Inference;

public class ExponentialLanesTests
{
    /// <summary>Every 997th float from 1e-6 to 200 in magnitude, against the C library in double.</summary>
    [Fact]
    public void ErrorsAreAsStated()
    {
        for (uint bits = 0x358637BD; bits < 0x43480000; bits += 997)
        {
            float x = BitConverter.UInt32BitsToSingle(bits);
            foreach (float y in (float[])[x, -x])
            {
                double exact = Math.Max(y, 0) + Math.Log(1 + Math.Exp(-Math.Abs((double)y)));
                double error = Math.Abs(ExponentialLanes.Softplus(Vector256.Create(y)).ToScalar() - exact);
                error.ShouldBeLessThan(2.5e-7 * Math.Max(1, exact), $"softplus({y:R})");
            }

            double exp = Math.Exp(-(double)Math.Min(x, 86));
            double found = ExponentialLanes.Exp(Vector256.Create(-x)).ToScalar();
            Math.Abs(found - exp).ShouldBeLessThan(2.5e-7, $"exp({-x:R})");
            Math.Abs(found - exp).ShouldBeLessThan(4e-6 * exp, $"exp({-x:R})");
        }
    }

    [Fact]
    public void FourVectorsGiveTheBitsOfOne()
    {
        Random random = new(5);
        Span<float> x = stackalloc float[32];
        for (int round = 0; round < 2000; round++)
        {
            for (int k = 0; k < x.Length; k++)
            {
                x[k] = round % 3 == 0 ? BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)) : (random.NextSingle() - 0.5f) * 30;
            }

            Vector256<float> a = Vector256.Create<float>(x), b = Vector256.Create<float>(x[8..]);
            Vector256<float> c = Vector256.Create<float>(x[16..]), d = Vector256.Create<float>(x[24..]);
            Vector256<float>[] expected = [SoftplusLanes.Apply(a), SoftplusLanes.Apply(b), SoftplusLanes.Apply(c), SoftplusLanes.Apply(d)];
            SoftplusLanes.Apply(ref a, ref b, ref c, ref d);
            Vector256<float>[] actual = [a, b, c, d];
            for (int k = 0; k < 4; k++)
            {
                actual[k].AsInt32().ShouldBe(expected[k].AsInt32());
            }
        }
    }

    [Fact]
    public void SpecialValuesPassThrough()
    {
        Vector256<float> x = Vector256.Create(
            float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, float.MaxValue, float.MinValue);
        Vector256<float> softplus = ExponentialLanes.Softplus(x);
        float.IsNaN(softplus[0]).ShouldBeTrue();
        float.IsNaN(softplus[1]).ShouldBeTrue();
        softplus[2].ShouldBe(float.PositiveInfinity);
        softplus[3].ShouldBeInRange(0, 1e-37f);
        softplus[4].ShouldBe(0.6931472f, 1e-7f);
        softplus[5].ShouldBe(softplus[4]);
        softplus[6].ShouldBe(float.MaxValue);
        softplus[7].ShouldBeInRange(0, 1e-37f);
        Vector256<float> exp = ExponentialLanes.Exp(x);
        float.IsNaN(exp[0]).ShouldBeTrue();
        float.IsNaN(exp[3]).ShouldBeTrue("∞ - ∞ of an overflowed score");
        exp[4].ShouldBe(1);
    }
}
