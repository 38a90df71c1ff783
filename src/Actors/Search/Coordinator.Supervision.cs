using Glasswright.Actors.Messages;
using Glasswright.Actors.Runtime;
using Glasswright.Kernels;

namespace Glasswright.Actors.Search;

/// <content>What becomes of failures: of samplers, of chains, and of the coordinator itself.</content>
internal sealed partial class Coordinator
{
    private sealed class SamplerSupervisor(IMailbox<CoordinatorMessage> coordinator) : ISupervisor<SamplerCommand>
    {
        public Directive Decide(Failure<SamplerCommand> failure)
        {
            // A failure that its inputs explain would only repeat itself.
            if (failure.Attempt == 1 && failure.Error is not (InputException or LawBrokenException))
            {
                return Directive.Retry;
            }

            coordinator.Tell(new ActorFailed(failure.Actor, failure.Message.GetType().Name, failure.Error));
            return Directive.Stop;
        }
    }

    private sealed class ChainSupervisor(Coordinator coordinator, int owner, long fence) : ISupervisor<ChainMessage>
    {
        public Directive Decide(Failure<ChainMessage> failure)
        {
            if (failure.Error is OwnershipLostException && coordinator._parts.Ownership.IsShared)
            {
                // It goes on answering offers, so that no sampler is lost with it.
                coordinator.Tell(new OwnerLost(owner, fence));
                return Directive.Skip;
            }

            coordinator.Tell(new ActorFailed(failure.Actor, failure.Message.GetType().Name, failure.Error));
            return Directive.Stop;
        }
    }

    /// <summary>
    /// A coordinator that fails itself, at a write of what was spent for example, has nobody above but whoever awaits its report,
    /// and that one takes the report for the end of every actor. So the first failure halts the run as that of any actor does;
    /// one in the halting gives the messages up and reports once the others have ended.
    /// </summary>
    private sealed class OwnFailure : ISupervisor<CoordinatorMessage>
    {
        private bool _halting;

        public Coordinator Coordinator { private get; set; } = null!;

        public Directive Decide(Failure<CoordinatorMessage> failure)
        {
            if (!_halting && failure.Message is not ActorsEnded)
            {
                _halting = true;
                Coordinator.Tell(new ActorFailed(failure.Actor, failure.Message.GetType().Name, failure.Error));
                return Directive.Skip;
            }

            _ = Coordinator.GiveUpAsync(Coordinator._error ?? failure.Error);
            return Directive.Stop;
        }
    }
}
