using System.Diagnostics;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Runtime;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Search;

/// <summary>
/// Evaluates trials that other nodes offer, with samplers that nobody here has work for. It prepares the version that they start from
/// once, as any owner would, and brings back numbers; a structure only where the rule as it is known here would accept it. What the trial
/// means is decided by its owner. Takes <see cref="ChainMessage"/>s; a failure ends the process's part of the run, since numbers that differ
/// from node to node are an alarm. A restart loses the trials in hand, whose claims run out.
/// </summary>
internal sealed class Helper : Actor<ChainMessage>
{
    /// <summary>The number by which the coordinator knows it: below the opening.</summary>
    public const int OwnerNumber = -2;

    private const double ClaimedSeconds = 0.5;
    private const int MostClaims = 512;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(0.25);

    private readonly SearchSettings _settings;
    private readonly IRunStore _store;
    private readonly string _node;
    private readonly ExchangeRounds _rounds;
    private readonly IMailbox<CoordinatorMessage> _coordinator;
    private readonly Queue<Claim> _waiting = new();
    private readonly Dictionary<int, Base> _bases = [];
    private readonly List<RemoteResult> _found = [];
    private readonly LearningPlan _learning;
    private IReadOnlyList<LearningRecord> _decisions = [];
    private readonly Dictionary<(int Replica, long Trial), CancellationTokenSource> _underWay = [];
    private long _lastWrite = Stopwatch.GetTimestamp();
    private bool _ended;

    /// <summary>Creates the helper of a process.</summary>
    public Helper(
        SearchSettings settings,
        IRunStore store,
        string node,
        ExchangeRounds rounds,
        IMailbox<CoordinatorMessage> coordinator,
        ISupervisor<ChainMessage> supervisor)
        : base("helper", supervisor)
    {
        _settings = settings;
        _store = store;
        _node = node;
        _rounds = rounds;
        _coordinator = coordinator;
        _learning = settings.LearningPlan;
    }

    private WorkDemand Demand => new(
        !_ended && (_bases.Values.Any(version => version.Wanted is not null) || _waiting.Any(IsReady)), _underWay.Count);

    /// <inheritdoc/>
    protected override void Handle(ChainMessage message)
    {
        switch (message)
        {
            case HelpOthers help:
                Look(help);
                break;
            case OfferSampler offer:
                Answer(offer);
                return;
            case FromSampler { Message: VersionPrepared prepared } answer:
                Prepare(answer.Replica, prepared.Version);
                break;
            case FromSampler { Message: TrialEvaluated trial } answer:
                Take(answer.Replica, trial);
                break;
            case FromSampler { Message: TrialCanceled canceled } answer:
                _underWay.Remove((answer.Replica, canceled.Trial));
                break;
            case HaltChain:
                _ended = true;
                GiveUp(_ => true);
                break;
            default:
                throw new InvalidOperationException($"{Name} does not know {message.GetType().Name}.");
        }

        _coordinator.Tell(new DemandChanged(OwnerNumber, Demand));
    }

    private bool IsReady(Claim claim) => _bases.TryGetValue(claim.Replica, out Base? version) && version.Version?.Number == claim.Version
        && version.Generation == GenerationOf(claim.Trial);

    /// <summary>The model by which a trial is evaluated.</summary>
    private int GenerationOf(long trial) => LearningRecord.GenerationAfter(_decisions, _learning.DecisionsBefore(trial));

    private void FindDecisions()
    {
        if (_settings.Learning is not null)
        {
            _decisions = _store.ReadLearning();
        }
    }

    /// <summary>Gives up what has passed, brings back what is found, and takes new claims if samplers are free.</summary>
    private void Look(HelpOthers help)
    {
        if (_ended)
        {
            return;
        }

        if (_underWay.Count + _waiting.Count + _found.Count > 0)
        {
            IReadOnlyList<ChainPosition> present = _store.ReadPositions();
            FindDecisions();
            GiveUp(replica => !_bases.TryGetValue(replica, out Base? version) || present[replica].Version != version.Number
                || GenerationOf(present[replica].NextTrial) != version.Generation);
            foreach ((int replica, Base version) in _bases)
            {
                // An exchange of rungs leaves a version as it is and moves what would be accepted.
                version.Judge = version.Judge is null ? null : Judge(present[replica]);
            }

            WriteFound(late: true);
        }

        if (help.FreeSamplers == 0 || _waiting.Count > 0)
        {
            return;
        }

        double aThread = help.TrialSeconds > 0 ? Math.Max(1, ClaimedSeconds / help.TrialSeconds) : 1;
        int most = (int)Math.Min(MostClaims, Math.Ceiling(aThread * help.FreeSamplers));
        IReadOnlyList<Claim> claims = _store.TakeClaims(_node, most);
        if (claims.Count > 0)
        {
            // A trial is offered after the decisions that lie before it.
            FindDecisions();
        }

        // What its owner offered before the chain was taken from it, or went on, would only be in the way.
        IReadOnlyList<ChainPosition> positions = claims.Count > 0 ? _store.ReadPositions() : [];
        foreach (Claim claim in claims.Where(claim => !Has(claim) && positions[claim.Replica].Version == claim.Version))
        {
            _waiting.Enqueue(claim);
            int generation = GenerationOf(claim.Trial);
            if (!_bases.TryGetValue(claim.Replica, out Base? version) || (version.Number, version.Generation) != (claim.Version, generation))
            {
                StoredVersion? stored = _store.ReadRenewed(claim.Replica, claim.Version, generation);
                _bases[claim.Replica] = new Base(claim.Version, generation, stored)
                {
                    Wanted = stored is null
                        ? null
                        : new PrepareVersion(new Desk(this, claim.Replica), stored.Number, stored.Trial, stored.Bytes, generation),
                };
            }
        }
    }

    // What is found but not written yet is claimed still.
    private bool Has(Claim claim) => _underWay.ContainsKey((claim.Replica, claim.Trial)) || _waiting.Contains(claim) ||
        _found.Exists(result => (result.Replica, result.Version, result.Trial) == (claim.Replica, claim.Version, claim.Trial));

    private void GiveUp(Func<int, bool> hasPassed)
    {
        foreach (((int replica, long _), CancellationTokenSource cancellation) in _underWay)
        {
            if (hasPassed(replica))
            {
                cancellation.Cancel();
            }
        }

        Claim[] kept = [.. _waiting.Where(claim => !hasPassed(claim.Replica) && _bases[claim.Replica].Number == claim.Version)];
        _waiting.Clear();
        foreach (Claim claim in kept)
        {
            _waiting.Enqueue(claim);
        }
    }

    private void Answer(OfferSampler offer)
    {
        bool taken = false;
        if (!_ended && _bases.Values.FirstOrDefault(version => version.Wanted is not null) is { } wanted)
        {
            offer.Sampler.Tell(wanted.Wanted!);
            wanted.Wanted = null;
            taken = true;
        }
        else
        {
            // One round through the queue: claims whose version is being prepared go to its end.
            for (int k = _waiting.Count; !_ended && !taken && k > 0; k--)
            {
                Claim claim = _waiting.Dequeue();
                if (IsReady(claim))
                {
                    Start(claim, offer.Sampler);
                    taken = true;
                }
                else
                {
                    _waiting.Enqueue(claim);
                }
            }
        }

        _coordinator.Tell(new OfferAnswered(OwnerNumber, offer.Index, taken, Demand));
    }

    private void Start(Claim claim, IMailbox<SamplerCommand> sampler)
    {
        Base version = _bases[claim.Replica];
        var cancellation = new CancellationTokenSource();
        _underWay[(claim.Replica, claim.Trial)] = cancellation;
        sampler.Tell(new RelaxTrial(
            new Desk(this, claim.Replica), version.Version!, claim.Trial, claim.Pair, null, version.Judge!, cancellation.Token));
    }

    private void Prepare(int replica, ChainVersion version)
    {
        if (!_bases.TryGetValue(replica, out Base? expected) || (expected.Number, expected.Generation) != (version.Number, version.Generation))
        {
            return;
        }

        if (!expected.Stored!.Agrees(version))
        {
            throw new LawBrokenException(
                $"version {version.Number} of chain {replica} evaluates to other numbers here than where it was committed");
        }

        expected.Version = version;
        expected.Judge = Judge(_store.ReadPositions()[replica]);
    }

    private ChainJudge Judge(ChainPosition chain) => new(
        _settings.Seed, chain.Replica, _rounds.Latest.Rules[chain.Rung], _settings.Screening, _settings.Proposal.Reversible, _settings.Decider.Acceptance,
        _settings.Proposal.TransmutationShare);

    private void Take(int replica, TrialEvaluated trial)
    {
        _underWay.Remove((replica, trial.Trial));
        _found.Add(new RemoteResult(replica, trial.Version, trial.Trial, trial.Outcome, trial.Structure));
        WriteFound(late: trial.Structure is not null);
    }

    /// <summary>Writes several at a time; one that would be accepted at once, since all beyond it is in vain.</summary>
    private void WriteFound(bool late)
    {
        bool due = late || _underWay.Count == 0 || Stopwatch.GetElapsedTime(_lastWrite) > LongestDelay;
        if (_found.Count > 0 && due)
        {
            _store.WriteResults(_found);
            _found.Clear();
            _lastWrite = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>A version that trials start from.</summary>
    private sealed class Base(long number, int generation, StoredVersion? stored)
    {
        public long Number => number;

        public int Generation => generation;

        public StoredVersion? Stored => stored;

        // To be given to a sampler.
        public PrepareVersion? Wanted { get; set; }

        public ChainVersion? Version { get; set; }

        public ChainJudge? Judge { get; set; }
    }

    /// <summary>Where a sampler answers: trials of several chains have equal numbers.</summary>
    private sealed class Desk(Helper helper, int replica) : IMailbox<ChainMessage>
    {
        public void Tell(ChainMessage message) => helper.Tell(new FromSampler(replica, message));
    }

    private sealed record FromSampler(int Replica, ChainMessage Message) : ChainMessage;
}
