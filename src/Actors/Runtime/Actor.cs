using System.Threading.Channels;

namespace Glasswright.Actors.Runtime;

/// <summary>Where an actor's handler runs.</summary>
internal enum ActorPlacement
{
    /// <summary>On the thread pool, whenever there are messages: for actors that only coordinate.</summary>
    Pool,

    /// <summary>On a thread of its own for life: for actors that compute.</summary>
    DedicatedThread,
}

/// <summary>
/// One mailbox, one reader: messages are handled one at a time, in order, so a handler's state needs no lock. An exception
/// goes to the supervisor together with its message; nothing is swallowed. The actor ends after <see cref="RequestStop"/>,
/// by its supervisor's word, or when its mailbox is closed and empty; <see cref="Completion"/> tells.
/// </summary>
/// <typeparam name="TMessage">The base record of the messages it understands.</typeparam>
internal abstract class Actor<TMessage> : IMailbox<TMessage>
    where TMessage : class
{
    private readonly Channel<TMessage> _mailbox =
        Channel.CreateUnbounded<TMessage>(new UnboundedChannelOptions { SingleReader = true });

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ISupervisor<TMessage> _supervisor;
    private readonly ActorPlacement _placement;

    // Written by any thread, read by the actor's own between two messages.
    private volatile bool _stopRequested;
    private int _started;

    /// <summary>Creates an actor that does not run yet; messages told before <see cref="Start"/> wait.</summary>
    protected Actor(string name, ISupervisor<TMessage> supervisor, ActorPlacement placement = ActorPlacement.Pool)
    {
        Name = name;
        _supervisor = supervisor;
        _placement = placement;
    }

    /// <summary>The name in logs and failures.</summary>
    public string Name { get; }

    /// <summary>Ends when the actor has handled its last message and released what it held.</summary>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public void Tell(TMessage message) => _mailbox.Writer.TryWrite(message);

    /// <summary>Begins to handle messages.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException($"{Name} runs already.");
        }

        if (_placement == ActorPlacement.DedicatedThread)
        {
            new Thread(RunOnOwnThread) { Name = Name, IsBackground = true }.Start();
        }
        else
        {
            _ = Task.Run(RunOnPoolAsync);
        }
    }

    /// <summary>Ends the actor after the message in hand; messages still waiting are not handled.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        _mailbox.Writer.TryComplete();
    }

    /// <summary>Handles one message.</summary>
    protected abstract void Handle(TMessage message);

    /// <summary>Gives up state that a failure may have left half-changed. Called before a retry or skip.</summary>
    protected virtual void OnRestart()
    {
    }

    /// <summary>Releases what the actor held. Called once, on the actor's thread, at its end.</summary>
    protected virtual void OnStopped()
    {
    }

    private void RunOnOwnThread()
    {
        try
        {
            while (!_stopRequested && _mailbox.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                Drain();
            }
        }
        finally
        {
            End();
        }
    }

    private async Task RunOnPoolAsync()
    {
        try
        {
            while (!_stopRequested && await _mailbox.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                Drain();
            }
        }
        finally
        {
            End();
        }
    }

    private void Drain()
    {
        while (!_stopRequested && _mailbox.Reader.TryRead(out TMessage? message))
        {
            HandleSupervised(message);
        }
    }

    private void HandleSupervised(TMessage message)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                Handle(message);
                return;
            }
#pragma warning disable CA1031 // A supervisor decides over every kind of failure; none is swallowed here.
            catch (Exception error)
#pragma warning restore CA1031
            {
                switch (_supervisor.Decide(new Failure<TMessage>(Name, message, attempt, error)))
                {
                    case Directive.Retry:
                        OnRestart();
                        continue;
                    case Directive.Skip:
                        OnRestart();
                        return;
                    default:
                        RequestStop();
                        return;
                }
            }
        }
    }

    private void End()
    {
        _mailbox.Writer.TryComplete();
        try
        {
            OnStopped();
            _completion.TrySetResult();
        }
#pragma warning disable CA1031 // Whoever awaits the completion receives it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _completion.TrySetException(error);
        }
    }
}
