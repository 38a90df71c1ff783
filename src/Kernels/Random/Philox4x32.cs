using System.Runtime.CompilerServices;

namespace Glasswright.Kernels.Random;

/// <summary>
/// Philox4x32-10: a bijection of 128 bits under a key of 64 bits, ten rounds. A random number is a function of its address,
/// so numbers can be drawn in any order, by anyone, again.
/// </summary>
/// <remarks>
/// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011),
/// doi:10.1145/2063384.2063405. Round: with (x₀, x₁, x₂, x₃) and key (k₀, k₁), p = M₀·x₀, q = M₁·x₂ as 64-bit products,
/// the new words are (high q ⊕ x₁ ⊕ k₀, low q, high p ⊕ x₃ ⊕ k₁, low p); between rounds the key grows by (W₀, W₁).
/// </remarks>
internal static class Philox4x32
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>The image of a counter under a key.</summary>
    /// <param name="counter">The address.</param>
    /// <param name="key">The seed; its low half is the first key word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PhiloxBlock Block(PhiloxBlock counter, ulong key)
    {
        (uint x0, uint x1, uint x2, uint x3) = counter;
        uint k0 = (uint)key;
        uint k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong p = (ulong)Multiplier0 * x0;
            ulong q = (ulong)Multiplier1 * x2;
            x0 = (uint)(q >> 32) ^ x1 ^ k0;
            x1 = (uint)q;
            x2 = (uint)(p >> 32) ^ x3 ^ k1;
            x3 = (uint)p;
            k0 = unchecked(k0 + Weyl0);
            k1 = unchecked(k1 + Weyl1);
        }

        return new PhiloxBlock(x0, x1, x2, x3);
    }
}
