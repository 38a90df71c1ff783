namespace Glasswright.Kernels.Threading;

/// <summary>Runs blocks one after another on the calling thread.</summary>
internal sealed class SerialRunner : IBlockRunner
{
    /// <summary>The one instance; it has no state.</summary>
    public static SerialRunner Instance { get; } = new();

    /// <inheritdoc/>
    public int Threads => 1;

    /// <inheritdoc/>
    public void Run(int blocks, Action<int> body)
    {
        for (int block = 0; block < blocks; block++)
        {
            body(block);
        }
    }
}
