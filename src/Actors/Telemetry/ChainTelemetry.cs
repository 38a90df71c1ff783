using System.Diagnostics;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Telemetry;

/// <summary>What is measured of one chain, with the attribute <c>glasswright.replica</c>.</summary>
internal sealed class ChainTelemetry
{
    /// <summary>The key under which a measurement tells the chain.</summary>
    public const string ReplicaKey = "glasswright.replica";

    private readonly RunTelemetry _run;
    private readonly KeyValuePair<string, object?> _replica;

    /// <summary>The measurements of a chain.</summary>
    public ChainTelemetry(RunTelemetry run, int replica)
    {
        _run = run;
        _replica = new(ReplicaKey, replica);
    }

    /// <summary>Commits to the store, and counts what is in it then.</summary>
    public CommitOutcome Commit(IRunStore store, ChainCommit commit)
    {
        using Activity? write = _run.Start("store.write");
        long began = Stopwatch.GetTimestamp();
        CommitOutcome outcome = store.Commit(commit);
        _run.CommitSeconds.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        if (outcome == CommitOutcome.Committed)
        {
            long accepted = 0;
            for (int t = 0; t < commit.Trials.Count; t++)
            {
                accepted += commit.Trials[t].Accepted ? 1 : 0;
            }

            _run.Trials.Add(commit.Trials.Count, _replica);
            _run.Accepted.Add(accepted, _replica);
        }
        else
        {
            write?.SetStatus(ActivityStatusCode.Error, outcome.ToString());
        }

        write?.SetTag(ReplicaKey, _replica.Value).SetTag("glasswright.trials", commit.Trials.Count);
        return outcome;
    }

    /// <summary>Counts trials that were worked on in vain.</summary>
    public void Discard(long trials)
    {
        if (trials > 0)
        {
            _run.Discards.Add(trials, _replica);
        }
    }
}
