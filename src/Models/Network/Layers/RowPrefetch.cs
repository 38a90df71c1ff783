using System.Runtime.Intrinsics.X86;

namespace Glasswright.Models.Network.Layers;

/// <summary>Asks for rows that are needed soon; changes no number. Addresses beyond the end of a buffer do no harm.</summary>
internal static unsafe class RowPrefetch
{
    private const int LineFloats = 16;

    /// <summary>Asks for <paramref name="columns"/> numbers of each of the rows that follow those of a strip, as many again.</summary>
    public static void Next(float* rows, nint stride, int count, int columns)
    {
        if (Sse.IsSupported)
        {
            float* row = rows + (count * stride);
            for (int k = 0; k < count; k++, row += stride)
            {
                Row(row, columns);
            }
        }
    }

    /// <summary>Asks for the rows of some indices, [r, W].</summary>
    public static void Gather(float* rows, int* indices, int count, int width)
    {
        if (Sse.IsSupported)
        {
            for (int k = 0; k < count; k++)
            {
                Row(rows + (indices[k] * (nint)width), width);
            }
        }
    }

    private static void Row(float* row, int columns)
    {
        for (int c = 0; c < columns; c += LineFloats)
        {
            Sse.Prefetch1(row + c);
        }
    }
}
