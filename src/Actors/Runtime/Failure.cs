namespace Glasswright.Actors.Runtime;

/// <summary>What a supervisor wants done with an actor whose handler threw.</summary>
internal enum Directive
{
    /// <summary>Give up what the actor held in memory (<see cref="Actor{TMessage}.OnRestart"/>) and hand it the message once more.</summary>
    Retry,

    /// <summary>Give up what the actor held in memory and go on with the next message.</summary>
    Skip,

    /// <summary>Stop this actor; its mailbox is drained unread.</summary>
    Stop,
}

/// <summary>An exception that left a handler, with the message that caused it.</summary>
/// <typeparam name="TMessage">The actor's messages.</typeparam>
/// <param name="Actor">The actor's name.</param>
/// <param name="Message">The message in hand.</param>
/// <param name="Attempt">How often the handler has now failed on it, from 1.</param>
/// <param name="Error">What was thrown.</param>
internal sealed record Failure<TMessage>(string Actor, TMessage Message, int Attempt, Exception Error)
    where TMessage : class;

/// <summary>
/// Decides over failures of the actors it supervises. Called on the failing actor's thread, so it decides by the failure alone
/// and tells its own actor of it as a message.
/// </summary>
/// <typeparam name="TMessage">The supervised actors' messages.</typeparam>
internal interface ISupervisor<TMessage>
    where TMessage : class
{
    /// <summary>What to do.</summary>
    Directive Decide(Failure<TMessage> failure);
}
