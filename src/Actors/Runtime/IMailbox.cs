namespace Glasswright.Actors.Runtime;

/// <summary>Where messages of one type are put. Any thread may tell; messages of one sender keep their order.</summary>
/// <typeparam name="TMessage">The messages that the actor behind it understands.</typeparam>
internal interface IMailbox<in TMessage>
    where TMessage : class
{
    /// <summary>Puts a message at the end and returns at once. An actor that has stopped drops it.</summary>
    void Tell(TMessage message);
}
