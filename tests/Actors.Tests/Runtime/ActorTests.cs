using Glasswright.Actors.Runtime;

namespace Glasswright.Actors.Tests.Runtime;

public class ActorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(ActorPlacement.Pool)]
    [InlineData(ActorPlacement.DedicatedThread)]
    internal async Task MessagesOfManySendersAreHandledOneAtATimeEachSenderInOrder(ActorPlacement placement)
    {
        const int Senders = 4, Each = 2000;
        var actor = new Recorder(Senders * Each, placement, new Supervisor(_ => Directive.Stop));
        actor.Start();
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(s => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                actor.Tell(new Message(s, i));
            }
        }))).WaitAsync(Patience);
        await actor.AllHandled.WaitAsync(Patience);
        actor.Overlaps.ShouldBe(0);
        foreach (int sender in Enumerable.Range(0, Senders))
        {
            actor.Handled.Where(m => m.Sender == sender).Select(m => m.Number).ShouldBe(Enumerable.Range(0, Each));
        }

        actor.RequestStop();
        await actor.Completion.WaitAsync(Patience);
    }

    [Fact]
    public async Task AFailureCarriesItsMessageAndARetryHandsItOutAgainAfterARestart()
    {
        var failures = new List<Failure<Message>>();
        var actor = new Recorder(2, ActorPlacement.Pool, new Supervisor(f =>
        {
            failures.Add(f);
            return Directive.Retry;
        }))
        {
            FailOnceOn = 7,
        };
        actor.Tell(new Message(0, 7));
        actor.Tell(new Message(0, 8));
        actor.Start();
        await actor.AllHandled.WaitAsync(Patience);
        failures.ShouldHaveSingleItem().Message.Number.ShouldBe(7);
        actor.Restarts.ShouldBe(1);
        actor.Handled.Select(m => m.Number).ShouldBe([7, 8]);
        actor.RequestStop();
        await actor.Completion.WaitAsync(Patience);
    }

    [Fact]
    public async Task ASkippedMessageIsNotHandledAndTheNextIs()
    {
        var actor = new Recorder(1, ActorPlacement.Pool, new Supervisor(_ => Directive.Skip)) { FailOnceOn = 7 };
        actor.Tell(new Message(0, 7));
        actor.Tell(new Message(0, 8));
        actor.Start();
        await actor.AllHandled.WaitAsync(Patience);
        actor.Handled.Select(m => m.Number).ShouldBe([8]);
        actor.RequestStop();
        await actor.Completion.WaitAsync(Patience);
    }

    [Fact]
    public async Task AStoppedActorReleasesWhatItHeldAndDropsMessages()
    {
        var actor = new Recorder(1, ActorPlacement.DedicatedThread, new Supervisor(_ => Directive.Stop)) { FailOnceOn = 7 };
        actor.Tell(new Message(0, 7));
        actor.Tell(new Message(0, 8));
        actor.Start();
        await actor.Completion.WaitAsync(Patience);
        actor.Handled.ShouldBeEmpty();
        actor.Released.ShouldBeTrue();
        actor.Tell(new Message(0, 9));
    }

    internal sealed record Message(int Sender, int Number);

    private sealed class Supervisor(Func<Failure<Message>, Directive> decide) : ISupervisor<Message>
    {
        public Directive Decide(Failure<Message> failure) => decide(failure);
    }

    private sealed class Recorder(int expected, ActorPlacement placement, ISupervisor<Message> supervisor)
        : Actor<Message>("recorder", supervisor, placement)
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _inside;

        public int FailOnceOn { get; set; } = -1;

        public List<Message> Handled { get; } = [];

        public int Overlaps { get; private set; }

        public int Restarts { get; private set; }

        public bool Released { get; private set; }

        public Task AllHandled => _all.Task;

        protected override void Handle(Message message)
        {
            if (message.Number == FailOnceOn)
            {
                FailOnceOn = -1;
                throw new InvalidOperationException("as asked");
            }

            if (Interlocked.Increment(ref _inside) != 1)
            {
                Overlaps++;
            }

            Handled.Add(message);
            Interlocked.Decrement(ref _inside);
            if (Handled.Count == expected)
            {
                _all.TrySetResult();
            }
        }

        protected override void OnRestart() => Restarts++;

        protected override void OnStopped() => Released = true;
    }
}
