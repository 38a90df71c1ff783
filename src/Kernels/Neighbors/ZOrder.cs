namespace Glasswright.Kernels.Neighbors;

/// <summary>
/// The Z-order curve over a grid of bins (Morton 1966): the bits of the three numbers one after another, those of a short direction left
/// out where it has none. Bins that are close on it are close in space.
/// </summary>
internal static class ZOrder
{
    /// <summary>Bits that tell the numbers 0 … n-1 apart.</summary>
    public static int Bits(int n) => 32 - int.LeadingZeroCount(n - 1);

    /// <summary>The place of bin (b₁, b₂, b₃) of a grid of n₁ × n₂ × n₃ on the curve, below 2^(sum of the bits).</summary>
    public static int Place(int b1, int b2, int b3, int n1, int n2, int n3)
    {
        int place = 0, at = 0;
        int bits1 = Bits(n1), bits2 = Bits(n2), bits3 = Bits(n3);
        for (int bit = 0; bit < Math.Max(bits1, Math.Max(bits2, bits3)); bit++)
        {
            if (bit < bits3)
            {
                place |= ((b3 >> bit) & 1) << at++;
            }

            if (bit < bits2)
            {
                place |= ((b2 >> bit) & 1) << at++;
            }

            if (bit < bits1)
            {
                place |= ((b1 >> bit) & 1) << at++;
            }
        }

        return place;
    }
}
