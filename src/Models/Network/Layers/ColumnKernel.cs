using System.Runtime.Intrinsics;

namespace Glasswright.Models.Network.Layers;

/// <summary>What is done with some columns of a strip of rows; a struct, so that a loop is compiled for each and calls nothing.</summary>
internal interface IColumnKernel
{
    /// <summary>Works on the columns from <paramref name="column"/>, as many as <typeparamref name="TLanes"/> has lanes.</summary>
    void Run<TLanes>(int column)
        where TLanes : struct, IColumnLanes<TLanes>;
}

/// <summary>Leads a kernel over columns: a cache line of each row at a time, eight columns where fewer are left.</summary>
internal static class ColumnKernel
{
    /// <summary>Runs the kernel over the columns 0 … <paramref name="width"/>-1, a multiple of 8.</summary>
    public static void Run<TKernel>(TKernel kernel, int width)
        where TKernel : struct, IColumnKernel
    {
        int column = 0;
        for (; column + Lanes16.Count <= width; column += Lanes16.Count)
        {
            if (Vector512.IsHardwareAccelerated)
            {
                kernel.Run<Lanes16>(column);
            }
            else
            {
                kernel.Run<LanePair>(column);
            }
        }

        if (column < width)
        {
            kernel.Run<Lanes8>(column);
        }
    }
}
