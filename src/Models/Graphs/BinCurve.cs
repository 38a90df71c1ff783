using Glasswright.Kernels.Neighbors;

namespace Glasswright.Models.Graphs;

/// <summary>
/// A way through all bins of a grid that stays near where it was (<see cref="ZOrder"/>). Made again only when the grid changes.
/// </summary>
internal sealed class BinCurve
{
    private readonly int[] _bins = new int[3];
    private int[] _path = [];
    private int[] _codes = [];

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
            _codes = new int[count];
        }

        for (int bin = 0; bin < count; bin++)
        {
            _path[bin] = bin;
            _codes[bin] = ZOrder.Place(bin / bins[2] / bins[1], bin / bins[2] % bins[1], bin % bins[2], bins[0], bins[1], bins[2]);
        }

        _codes.AsSpan(0, count).Sort(_path.AsSpan(0, count));
        bins.CopyTo(_bins);
        return _path.AsSpan(0, count);
    }
}
