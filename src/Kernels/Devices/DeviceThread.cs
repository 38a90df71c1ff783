using System.Collections.Concurrent;

namespace Glasswright.Kernels.Devices;

/// <summary>
/// The one thread that speaks to a device for many: takes their questions and answers each; whoever asks waits. It begins with the first user and
/// ends when the last has left. After a failure of the device every question is answered with it.
/// </summary>
/// <typeparam name="TQuestion">What is asked.</typeparam>
internal abstract class DeviceThread<TQuestion>
    where TQuestion : DeviceQuestion
{
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private int _users;

    /// <summary>A thread that begins with its first user.</summary>
    /// <param name="name">Its name.</param>
    protected DeviceThread(string name) => _thread = new Thread(Run) { Name = name, IsBackground = true };

    /// <summary>What was asked and not taken yet. Complete when the last user has left.</summary>
    protected BlockingCollection<TQuestion> Asked { get; } = [];

    /// <summary>What was taken and not answered yet.</summary>
    protected abstract IEnumerable<TQuestion> Taken { get; }

    /// <summary>Notes one more user; false when the last has left and the thread has ended.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (Asked.IsAddingCompleted)
            {
                return false;
            }

            if (_users++ == 0)
            {
                _thread.Start();
            }

            return true;
        }
    }

    /// <summary>Notes one user less; the last ends the thread.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_users > 0)
            {
                return;
            }

            Asked.CompleteAdding();
        }

        _thread.Join();
    }

    /// <summary>Hands a question over and waits for its answer.</summary>
    public void Do(TQuestion question)
    {
        Asked.Add(question);
        question.Wait();
    }

    /// <summary>Answers questions until <see cref="Asked"/> is complete.</summary>
    protected abstract void Serve();

    private void Run()
    {
        Exception? failure = null;
        try
        {
            Serve();
        }
        catch (Exception error)
        {
            failure = error;
        }

        // A device that failed answers everybody; without a failure nobody is left.
        foreach (TQuestion question in Taken.Concat(Asked.GetConsumingEnumerable()))
        {
            question.Failure = failure;
            question.Answer();
        }
    }
}
