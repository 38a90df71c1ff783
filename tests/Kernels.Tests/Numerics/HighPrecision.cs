using System.Numerics;

namespace Glasswright.Kernels.Tests.Numerics;

/// <summary>
/// Elementary functions in fixed point with so many fraction bits that only the tested function can be wrong: series in
/// big integers, nothing shared with the code under test.
/// </summary>
internal sealed class HighPrecision
{
    private readonly int _bits;
    private readonly BigInteger _one;
    private readonly BigInteger _ln2;

    public HighPrecision(int bits)
    {
        _bits = bits;
        _one = BigInteger.One << bits;
        _ln2 = 2 * InverseTangentHyperbolic(_one / 3);
    }

    public BigInteger Exp(double x) => Exp(Exact(x));

    public BigInteger Log(double x) => Log(Exact(x));

    public BigInteger Log1p(double x) => Log(_one + Exact(x));

    public BigInteger Softplus(double x) => Log(_one + Exp(Exact(x)));

    public BigInteger Sigmoid(double x) => (_one << _bits) / (_one + Exp(Exact(-x)));

    /// <summary>|value - reference| in units of the last place of the reference.</summary>
    public double ErrorInUlp(double value, BigInteger reference)
    {
        int exponent = (int)BigInteger.Abs(reference).GetBitLength() - 1 - _bits;
        int ulp = Math.Max(exponent, -1022) - 52;
        BigInteger difference = BigInteger.Abs(Exact(value) - reference);
        return (double)(difference * 1_000_000 / (BigInteger.One << (_bits + ulp))) / 1e6;
    }

    private BigInteger Exact(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int biased = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFFL;
        mantissa = biased == 0 ? mantissa : mantissa | (1L << 52);
        int exponent = Math.Max(biased, 1) - 1075 + _bits;
        BigInteger value = exponent >= 0 ? new BigInteger(mantissa) << exponent : new BigInteger(mantissa) >> -exponent;
        return bits < 0 ? -value : value;
    }

    private BigInteger Exp(BigInteger x)
    {
        BigInteger n = BigInteger.Divide(x, _ln2);
        BigInteger r = (x - (n * _ln2)) >> 8;
        BigInteger sum = _one;
        BigInteger term = _one;
        for (int i = 1; !term.IsZero; i++)
        {
            term = ((term * r) >> _bits) / i;
            term = term == BigInteger.MinusOne ? BigInteger.Zero : term;
            sum += term;
        }

        for (int i = 0; i < 8; i++)
        {
            sum = (sum * sum) >> _bits;
        }

        return n >= 0 ? sum << (int)n : sum >> (int)-n;
    }

    private BigInteger Log(BigInteger x)
    {
        int k = (int)x.GetBitLength() - 1 - _bits;
        BigInteger m = k >= 0 ? x >> k : x << -k;
        return (k * _ln2) + (2 * InverseTangentHyperbolic(((m - _one) << _bits) / (m + _one)));
    }

    private BigInteger InverseTangentHyperbolic(BigInteger s)
    {
        BigInteger z = (s * s) >> _bits;
        BigInteger power = s;
        BigInteger sum = s;
        for (int i = 3; !power.IsZero; i += 2)
        {
            power = (power * z) >> _bits;
            sum += power / i;
        }

        return sum;
    }
}
