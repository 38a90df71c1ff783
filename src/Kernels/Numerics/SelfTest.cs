using System.Runtime.Intrinsics;
using Glasswright.Kernels.Random;

namespace Glasswright.Kernels.Numerics;

/// <summary>The calculations of the built-in self-test that belong to this layer; a few milliseconds together.</summary>
internal static class SelfTest
{
    private const int Samples = 1024;
    private const ulong Seed = 20211;

    /// <summary>Double functions over arguments of every size, special values included.</summary>
    public static void ElementaryDouble(DigestWriter digest)
    {
        double[] results = new double[Vector256<double>.Count];
        foreach (Vector256<double> x in DoubleArguments())
        {
            foreach (Vector256<double> y in (ReadOnlySpan<Vector256<double>>)
            [
                Elementary.Exp(x), Elementary.Log(x), Elementary.Log1p(x), Elementary.Softplus(x), Elementary.Sigmoid(x),
            ])
            {
                y.CopyTo(results);
                digest.Add(results);
            }
        }
    }

    /// <summary>Float functions over random bit patterns, special values included.</summary>
    public static void ElementarySingle(DigestWriter digest)
    {
        float[] results = new float[Vector256<float>.Count];
        for (int i = 0; i < Samples; i++)
        {
            PhiloxBlock a = RandomStreams.Block(Seed, RandomStream.SelfTest, 1, i, 0);
            PhiloxBlock b = RandomStreams.Block(Seed, RandomStream.SelfTest, 1, i, 1);

            // Four of any size, four where softplus bends.
            Vector256<float> x = Vector256.Create(
                AnyFloat(a.W0), AnyFloat(a.W1), AnyFloat(a.W2), AnyFloat(a.W3), Near(b.W0), Near(b.W1), Near(b.W2), Near(b.W3));
            Vector256<float> softplus = Elementary.Softplus(x, out Vector256<float> derivative);
            foreach (Vector256<float> y in (ReadOnlySpan<Vector256<float>>)
                [Elementary.Exp(x), Elementary.Log(x), softplus, derivative])
            {
                y.CopyTo(results);
                digest.Add(results);
            }
        }
    }

    /// <summary>Sums, products and updates of every length up to 40 and of one long span.</summary>
    public static void Sums(DigestWriter digest)
    {
        double[] x = new double[Samples];
        double[] y = new double[Samples];
        DrawSequence draws = RandomStreams.Draws(Seed, RandomStream.SelfTest, 2, 0);
        for (int i = 0; i < Samples; i++)
        {
            x[i] = draws.NextUniform() - 0.5;
            y[i] = (draws.NextUniform() - 0.5) / (i + 1.0);
        }

        for (int length = 0; length < Samples; length += length < 40 ? 1 : 321)
        {
            digest.Add(FixedSum.Sum(x.AsSpan(0, length)));
            digest.Add(FixedSum.Dot(x.AsSpan(0, length), y.AsSpan(0, length)));
            digest.Add(FixedSum.SumOfSquares(y.AsSpan(0, length)));
            digest.Add(FixedSum.MaxAbs(y.AsSpan(0, length)));
        }

        FixedSum.AddScaled(y, 0.1, x);
        FixedSum.ScaleAdd(x, 0.3, y);
        digest.Add(x);
        digest.Add(y);
    }

    /// <summary>Uniform numbers, integers and normal deviates of some addresses.</summary>
    public static void RandomNumbers(DigestWriter digest)
    {
        for (int trial = 0; trial < Samples / 16; trial++)
        {
            DrawSequence draws = RandomStreams.Draws(Seed + (ulong)trial, RandomStream.SelfTest, 3, (long)trial << 32);
            digest.Add(draws.NextUniform());
            digest.Add((ulong)draws.NextBelow(1 + (trial * 0x123456789L)));
            digest.Add(draws.NextNormal());
        }
    }

    private static IEnumerable<Vector256<double>> DoubleArguments()
    {
        yield return Vector256.Create(0.0, -0.0, double.Epsilon, double.NaN);
        yield return Vector256.Create(double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, -1.0);
        for (int i = 0; i < Samples; i++)
        {
            PhiloxBlock a = RandomStreams.Block(Seed, RandomStream.SelfTest, 0, i, 0);
            double u = RandomStreams.ToUniform(a.First64);
            double v = RandomStreams.ToUniform(a.Second64);
            yield return Vector256.Create(
                (u * 1500.0) - 750.0, v, (v * 80.0) - 40.0, BitConverter.UInt64BitsToDouble(a.First64 & ~(1UL << 62)));
        }
    }

    private static float AnyFloat(uint bits) => BitConverter.UInt32BitsToSingle(bits);

    private static float Near(uint bits) => ((int)(bits >> 8) - 8388608) * 4.7683716e-6f;
}
