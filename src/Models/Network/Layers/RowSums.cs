namespace Glasswright.Models.Network.Layers;

/// <summary>Sums of rows [r, W], column by column, over the rows in the order in which they are named.</summary>
internal static unsafe class RowSums
{
    /// <summary>to = Σ_r rows[r] over <paramref name="count"/> rows that follow each other.</summary>
    public static void Consecutive(float* rows, int count, float* to, int width) =>
        ColumnKernel.Run(new SumKernel(rows, null, count, to, width), width);

    /// <summary>to = Σ_k rows[indices[k]].</summary>
    public static void Gather(float* rows, int* indices, int count, float* to, int width) =>
        ColumnKernel.Run(new SumKernel(rows, indices, count, to, width), width);

    /// <summary>to[r] = first + second[indices[r]] for every r.</summary>
    public static void Pair(float* first, float* second, int* indices, int count, float* to, int width) =>
        ColumnKernel.Run(new PairKernel(first, second, indices, count, to, width), width);

    private readonly struct SumKernel(float* rows, int* indices, int count, float* to, nint width) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            TLanes sum = default;
            float* at = rows + column;
            nint step = width;
            if (indices is null)
            {
                for (float* end = at + (count * step); at < end; at += step)
                {
                    sum += TLanes.Load(at);
                }
            }
            else
            {
                int* end = indices + count;
                for (int* index = indices; index < end; index++)
                {
                    sum += TLanes.Load(at + (*index * step));
                }
            }

            sum.Store(to + column);
        }
    }

    private readonly struct PairKernel(float* first, float* second, int* indices, int count, float* to, nint width) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            var p = TLanes.Load(first + column);
            float* q = second + column, at = to + column;
            nint step = width;
            int* end = indices + count;
            for (int* index = indices; index < end; index++, at += step)
            {
                (p + TLanes.Load(q + (*index * step))).Store(at);
            }
        }
    }
}
