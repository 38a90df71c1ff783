namespace Glasswright.Kernels.Threading;

/// <summary>
/// Runs the blocks 0 … n-1 of a kernel, each once, in any order and on any thread, and returns when all are done. Kernels start
/// no threads of their own: who calls them decides.
/// </summary>
internal interface IBlockRunner
{
    /// <summary>How many blocks run at a time.</summary>
    int Threads { get; }

    /// <summary>Runs <paramref name="body"/> for every block; rethrows what a block throws.</summary>
    void Run(int blocks, Action<int> body);
}
