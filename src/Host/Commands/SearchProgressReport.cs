using System.Diagnostics;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Host.Board;
using Glasswright.Host.Output;

namespace Glasswright.Host.Commands;

/// <summary>Shows and logs how far a search is, and remembers how long each stage took. Told on the coordinator's thread.</summary>
/// <param name="session">Where to show it.</param>
/// <param name="log">The run's log.</param>
/// <param name="constants">Tells of the constants, once they are fixed and before the first trial is shown.</param>
/// <param name="board">Where a person sees it; null to show a line.</param>
/// <param name="start">Targets of version 0 of the first chain, from which changes count, also in a resumed run; null before it stands.</param>
internal sealed class SearchProgressReport(
    Session session, Serilog.ILogger log, SearchBoard? board, Action constants, Func<TargetReport?> start) : IProgress<SearchProgress>
{
    private readonly List<(SearchStage Stage, long Began)> _stages = [(SearchStage.Opening, Stopwatch.GetTimestamp())];
    private ProgressLine _line = new(session.Terminal);
    private TargetReport? _start;
    private long _ended;
    private long _acceptedSeen;
    private bool _constantsTold;
    private IReadOnlyList<ChainProgress?> _chains = [];

    /// <summary>Wall time of each stage of this process.</summary>
    public IEnumerable<KeyValuePair<string, double>> Stages
    {
        get
        {
            for (int k = 0; k < _stages.Count; k++)
            {
                long end = k + 1 < _stages.Count ? _stages[k + 1].Began : _ended;
                yield return KeyValuePair.Create(
                    _stages[k].Stage.ToString().ToLowerInvariant(), Stopwatch.GetElapsedTime(_stages[k].Began, end).TotalSeconds);
            }
        }
    }

    /// <inheritdoc/>
    public void Report(SearchProgress value)
    {
        if (value.Stage != _stages[^1].Stage)
        {
            _stages.Add((value.Stage, Stopwatch.GetTimestamp()));
            _line.End();
            _line = new ProgressLine(session.Terminal, value.DoneHere);
            log.Information("{stage:l}", value.Stage.ToString());
            if (value.Stage == SearchStage.Running && !_constantsTold)
            {
                _constantsTold = true;
                constants();
            }
        }

        long accepted = value.Chains.Aggregate(0L, (sum, chain) => sum + (chain?.Accepted ?? 0));
        if (accepted > _acceptedSeen)
        {
            _acceptedSeen = accepted;
            About(value).Information("{trials} trials, {accepted} accepted", value.Done, accepted);
        }

        _chains = value.Chains;

        switch (value.Stage)
        {
            case SearchStage.Opening:
                Show(0, 1, 0, "relaxation of the start");
                break;
            case SearchStage.Calibrating:
                Show(value.Done, value.Total, value.DoneHere, "pilot trials");
                break;
            default:
                _start ??= start();
                Show(value.Done, value.Total, value.DoneHere, "trials", () => Describe(value, accepted));
                break;
        }

        void Show(double done, double total, double here, string unit, Func<string>? rest = null)
        {
            if (board is null)
            {
                _line.Show(done, total, here, unit, rest);
            }
            else
            {
                // The replicas tell the rest; by then another stage may have another line.
                ProgressLine line = _line;
                board.Show(value, () => line.Text(done, total, here, unit, rest is null ? null : () => Share(accepted, value.Done)));
            }
        }
    }

    /// <summary>Ends the line and the last stage.</summary>
    public void End()
    {
        _ended = Stopwatch.GetTimestamp();
        _line.End();
        board?.Dispose();
    }

    /// <summary>The log for what one replica did, if it was one: the trial is the last one that it has committed.</summary>
    private Serilog.ILogger About(SearchProgress value)
    {
        // One that is seen for the first time, in a resumed run, has accepted at some time or other.
        int[] moved = [.. Enumerable.Range(0, Math.Min(value.Chains.Count, _chains.Count)).Where(r => value.Chains[r]?.Accepted > (_chains[r]?.Accepted ?? long.MaxValue))];
        return moved is [int replica] ? log.ForContext("replica", replica).ForContext("trial", value.Chains[replica]!.Trials) : log;
    }

    private static string Share(long accepted, long done)
    {
        string share = done > 0 ? FormattableString.Invariant($" ({100.0 * accepted / done:0.0} %)") : "";
        return FormattableString.Invariant($"{accepted} accepted{share}");
    }

    private string Describe(SearchProgress value, long accepted)
    {
        string text = Share(accepted, value.Done);
        if (value.Chains.Count == 0 || value.Chains[0] is not { } chain)
        {
            return text;
        }

        return chain.Report.IsEmpty || _start is null
            ? FormattableString.Invariant($"{text}, energy {chain.Energy:F3} eV")
            : FormattableString.Invariant(
                $"{text}, mean {chain.Report.Mean:F4} ({chain.Report.Mean - _start.Mean:+0.0000;-0.0000;0}), max {chain.Report.Maximum:F3}, q0.90 {chain.Report.Q90:F3}");
    }
}
