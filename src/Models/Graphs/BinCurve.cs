namespace Glasswright.Models.Graphs;

/// <summary>
/// A way through all bins of a grid that stays near where it was (Morton's: the bits of the three numbers interleaved). Made
/// again only when the grid changes.
/// </summary>
internal sealed class BinCurve
{
    private readonly int[] _bins = new int[3];
    private int[] _path = [];
    private ulong[] _codes = [];

    /// <summary>Bins (b₁·B₂ + b₂)·B₃ + b₃ along the curve.</summary>
    public ReadOnlySpan<int> Through(ReadOnlySpan<int> bins)
    {
        int count = bins[0] * bins[1] * bins[2];
        if (bins.SequenceEqual(_bins))
        {
            return _path.AsSpan(0, count);
        }

        if (_path.Length < count)
        {
            _path = new int[count];
            _codes = new ulong[count];
        }

        for (int bin = 0; bin < count; bin++)
        {
            _path[bin] = bin;
            _codes[bin] = Spread(bin / bins[2] / bins[1]) << 2 | Spread(bin / bins[2] % bins[1]) << 1 | Spread(bin % bins[2]);
        }

        _codes.AsSpan(0, count).Sort(_path.AsSpan(0, count));
        bins.CopyTo(_bins);
        return _path.AsSpan(0, count);
    }

    /// <summary>The bits of a number, two zeros before each.</summary>
    private static ulong Spread(int value)
    {
        ulong x = (uint)value & 0x1FFFFF;
        x = (x | x << 32) & 0x1F00000000FFFF;
        x = (x | x << 16) & 0x1F0000FF0000FF;
        x = (x | x << 8) & 0x100F00F00F00F00F;
        x = (x | x << 4) & 0x10C30C30C30C30C3;
        return (x | x << 2) & 0x1249249249249249;
    }
}
