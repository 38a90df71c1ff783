namespace Glasswright.Kernels.Threading;

/// <summary>
/// A fixed number of dedicated threads that share the blocks of a kernel; the caller works too. Which thread runs which block is
/// left to chance, so a block must write only what belongs to it.
/// </summary>
internal sealed class ThreadTeam : IBlockRunner, IDisposable
{
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _start = new(0);
    private readonly CountdownEvent _working = new(1);
    private Action<int>? _body;
    private int _blocks;
    private int _next;          // the next block that nobody has taken; only touched by Interlocked
    private Exception? _failure; // the first exception of a run; only touched by Interlocked
    private volatile bool _ended;

    /// <summary>Starts <paramref name="threads"/> - 1 background threads.</summary>
    public ThreadTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        _threads = new Thread[threads - 1];
        for (int k = 0; k < _threads.Length; k++)
        {
            _threads[k] = new Thread(Work) { IsBackground = true, Name = $"kernel {k + 1}" };
            _threads[k].Start();
        }
    }

    /// <inheritdoc/>
    public int Threads => _threads.Length + 1;

    /// <inheritdoc/>
    public void Run(int blocks, Action<int> body)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        _body = body;
        _blocks = blocks;
        _next = 0;
        _failure = null;
        int helpers = Math.Min(_threads.Length, Math.Max(0, blocks - 1));
        _working.Reset(helpers + 1);

        // The semaphore's release publishes the fields above to the threads it wakes.
        if (helpers > 0)
        {
            _start.Release(helpers);
        }

        TakeBlocks();
        _working.Wait();
        if (_failure is not null)
        {
            throw new AggregateException("A block of a kernel failed.", _failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        if (_threads.Length > 0)
        {
            _start.Release(_threads.Length);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _start.Dispose();
        _working.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _start.Wait();
            if (_ended)
            {
                return;
            }

            TakeBlocks();
        }
    }

    private void TakeBlocks()
    {
        try
        {
            for (int block; (block = Interlocked.Increment(ref _next) - 1) < _blocks;)
            {
                _body!(block);
            }
        }
        catch (Exception failure)
        {
            // Kept for the caller, who rethrows it; the other blocks need not run.
            Interlocked.CompareExchange(ref _failure, failure, null);
            Interlocked.Exchange(ref _next, _blocks);
        }

        _working.Signal();
    }
}
