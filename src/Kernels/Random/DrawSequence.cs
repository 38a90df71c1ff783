using Glasswright.Kernels.Numerics;

namespace Glasswright.Kernels.Random;

/// <summary>
/// Reads the draws of one (seed, stream, replica, trial) in order. All of its state is the number of the next draw, so a
/// sequence made anew repeats itself. Uniform number j equals <see cref="RandomStreams.Uniform"/> at draw j as long as only
/// uniform numbers were read before it; the other distributions may use several draws each.
/// </summary>
internal struct DrawSequence
{
    private readonly ulong _seed;
    private readonly RandomStream _stream;
    private readonly int _replica;
    private readonly long _trial;

    /// <summary>Starts at draw 0.</summary>
    public DrawSequence(ulong seed, RandomStream stream, int replica, long trial)
    {
        _seed = seed;
        _stream = stream;
        _replica = replica;
        _trial = trial;
        NextDraw = 0;
    }

    /// <summary>The number of the next draw.</summary>
    public long NextDraw { get; private set; }

    /// <summary>Uniform in (0, 1); one draw.</summary>
    public double NextUniform() => RandomStreams.ToUniform(NextBlock().First64);

    /// <summary>
    /// An integer of 0 … n - 1, each exactly as likely: the upper half of 64 random bits times n, and the few products
    /// whose lower half would favor some integers are drawn again (D. Lemire, doi:10.1145/3230636).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">n is not positive.</exception>
    public long NextBelow(long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        ulong range = (ulong)n;
        ulong rejected = unchecked(0UL - range) % range;
        while (true)
        {
            ulong high = Math.BigMul(NextBlock().First64, range, out ulong low);
            if (low >= rejected)
            {
                return (long)high;
            }
        }
    }

    /// <summary>
    /// A normal deviate of mean 0 and variance 1 by Marsaglia's polar method (doi:10.1137/1006063): a point of the unit
    /// disk, v √(-2 ln s / s) with s its squared radius. One draw an attempt, 1.27 on average; the second deviate of the
    /// point is not kept, so the sequence has no state but its number.
    /// </summary>
    public double NextNormal()
    {
        while (true)
        {
            PhiloxBlock block = NextBlock();
            double v = (2.0 * RandomStreams.ToUniform(block.First64)) - 1.0;
            double w = (2.0 * RandomStreams.ToUniform(block.Second64)) - 1.0;
            double s = double.FusedMultiplyAdd(v, v, w * w);
            if (s < 1.0 && s > 0.0)
            {
                return v * Math.Sqrt(-2.0 * Elementary.Log(s) / s);
            }
        }
    }

    /// <summary>Orders the items at random, every order equally likely (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = (int)NextBelow(i + 1L);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>The 128 bits of the next draw.</summary>
    public PhiloxBlock NextBlock() => RandomStreams.Block(_seed, _stream, _replica, _trial, NextDraw++);
}
