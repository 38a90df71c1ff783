using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Kernels.Numerics;

/// <summary>
/// Exponential, logarithm, softplus and sigmoid that give the same bits on every machine.
/// </summary>
/// <remarks>
/// <para>
/// The functions of the C library choose their code by the processor, and so do the vector functions of the base library;
/// one bit of difference in one acceptance makes another chain. These use only + - × ÷, fused multiply-add, comparison,
/// selection and integer operations on the bits, in one written order. Each formula stands once, for a vector; the scalar
/// function is its first lane, so scalar and vector agree in every bit, whatever the lane and whatever the instruction set.
/// </para>
/// <para>Largest errors, in units in the last place (ulp) of the exact result; the tests measure them:</para>
/// <list type="table">
/// <listheader><term>function</term><description>double; float</description></listheader>
/// <item><term>Exp</term><description>1 ulp; 1.1 ulp (of the subnormal where the result is subnormal)</description></item>
/// <item><term>Log</term><description>1 ulp; 1 ulp, subnormal arguments included</description></item>
/// <item><term>Log1p</term><description>1.5 ulp; not offered</description></item>
/// <item><term>Softplus</term><description>2 ulp; 2 ulp down to results of 2⁻¹²⁶, below that 1.2e-38 absolute</description></item>
/// <item><term>Sigmoid</term><description>2 ulp; 2.5 ulp down to results of 2⁻¹²⁶, below that 1.2e-38 absolute</description></item>
/// </list>
/// <para>
/// Special values: exp(-∞) = 0, exp(+∞) = ∞; log(±0) = -∞, log(x) = NaN for x &lt; 0, log(∞) = ∞; softplus(-∞) = 0,
/// softplus(∞) = ∞; sigmoid(-∞) = 0, sigmoid(∞) = 1; NaN gives NaN. The polynomials come from
/// <c>docs/design/elementary-coefficients.py</c>.
/// </para>
/// </remarks>
internal static partial class Elementary
{
    /// <summary>eˣ.</summary>
    public static double Exp(double x) => Exp(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>ln x.</summary>
    public static double Log(double x) => Log(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>ln(1 + x), exact to rounding also where 1 + x is not representable.</summary>
    public static double Log1p(double x) => Log1p(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>ln(1 + eˣ).</summary>
    public static double Softplus(double x) => Softplus(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>1 / (1 + e⁻ˣ), the derivative of softplus.</summary>
    public static double Sigmoid(double x) => Sigmoid(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>eˣ.</summary>
    public static float Exp(float x) => Exp(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>ln x.</summary>
    public static float Log(float x) => Log(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>ln(1 + eˣ).</summary>
    public static float Softplus(float x) => Softplus(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>1 / (1 + e⁻ˣ), the derivative of softplus.</summary>
    public static float Sigmoid(float x) => Sigmoid(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>result[i] = eˣ⁽ⁱ⁾; the spans may be the same.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void Exp(ReadOnlySpan<double> x, Span<double> result)
    {
        RequireSameLength(x.Length, result.Length);
        int i = 0;
        for (; i <= x.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            Exp(Vector256.Create(x.Slice(i))).CopyTo(result.Slice(i));
        }

        for (; i < x.Length; i++)
        {
            result[i] = Exp(x[i]);
        }
    }

    /// <summary>result[i] = ln(1 + eˣ⁽ⁱ⁾); the spans may be the same.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void Softplus(ReadOnlySpan<float> x, Span<float> result)
    {
        RequireSameLength(x.Length, result.Length);
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Softplus(Vector256.Create(x.Slice(i))).CopyTo(result.Slice(i));
        }

        for (; i < x.Length; i++)
        {
            result[i] = Softplus(x[i]);
        }
    }

    /// <summary>The logarithm where x is positive and finite; -∞ at zero, NaN below, x + x at ∞ and NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> SelectLogSpecials<T>(Vector256<T> x, Vector256<T> ln)
        where T : struct, IFloatingPointIeee754<T>
    {
        Vector256<T> zero = Vector256<T>.Zero;
        Vector256<T> finite = Vector256.LessThan(x, Vector256.Create(T.PositiveInfinity));
        Vector256<T> special = Vector256.ConditionalSelect(Vector256.LessThan(x, zero), Vector256.Create(T.NaN), x + x);
        special = Vector256.ConditionalSelect(Vector256.Equals(x, zero), Vector256.Create(T.NegativeInfinity), special);
        return Vector256.ConditionalSelect(Vector256.BitwiseAnd(finite, Vector256.GreaterThan(x, zero)), ln, special);
    }

    /// <summary>1 / (1 + e⁻ˣ) from t = e⁻ˡˣˡ: t / (1 + t) where x is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> SigmoidOf<T>(Vector256<T> t, Vector256<T> x)
        where T : struct, IFloatingPointIeee754<T>
    {
        Vector256<T> numerator = Vector256.ConditionalSelect(
            Vector256.GreaterThanOrEqual(x, Vector256<T>.Zero), Vector256<T>.One, t);
        return numerator / (Vector256<T>.One + t);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequireSameLength(int arguments, int results)
    {
        if (arguments != results)
        {
            throw new ArgumentException($"{arguments} arguments need as many results, not {results}.");
        }
    }
}
