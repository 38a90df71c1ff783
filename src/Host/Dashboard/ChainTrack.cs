using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;

namespace Glasswright.Host.Dashboard;

/// <summary>What a page knows of one chain, in bounded memory however long the chain is. One thread fills it.</summary>
internal sealed class ChainTrack
{
    private readonly Curve[] _figures;
    private readonly Dictionary<string, long> _rejections = new(StringComparer.Ordinal);
    private int _rung = -1;

    /// <summary>Begins with the structure that all chains start from.</summary>
    /// <param name="replica">The chain.</param>
    /// <param name="start">Version 0.</param>
    /// <param name="most">How many points a curve may hold.</param>
    public ChainTrack(int replica, StoredVersion start, int most)
    {
        Replica = replica;
        Atoms = start.Evaluation.AtomEnergies.Length;
        _figures = [.. TargetReport.Names.Select(_ => new Curve(most))];
        Energy = new Curve(most);
        Rungs = new Curve(most);
        Add(0, start.Report, start.Evaluation.Energy);
    }

    /// <summary>The chain.</summary>
    public int Replica { get; }

    /// <summary>Atoms of its structure.</summary>
    public int Atoms { get; }

    /// <summary>Committed trials that were read.</summary>
    public long Trials { get; private set; }

    /// <summary>Of these accepted.</summary>
    public long Accepted { get; private set; }

    /// <summary>The accepted energies, eV.</summary>
    public Curve Energy { get; }

    /// <summary>The rungs, wherever they change.</summary>
    public Curve Rungs { get; }

    /// <summary>How acceptance went along.</summary>
    public AcceptanceWindows Acceptance { get; } = new();

    /// <summary>Rejected trials by what rejected them.</summary>
    public IReadOnlyDictionary<string, long> Rejections => _rejections;

    /// <summary>The mean of z along the accepted structures.</summary>
    public Curve Mean => _figures[1];

    /// <summary>One of the figures of <see cref="TargetReport.Names"/> along the accepted structures.</summary>
    public Curve Figure(int index) => _figures[index];

    /// <summary>Takes the next trial.</summary>
    public void Add(TrialRecord trial)
    {
        Trials = trial.Trial;
        Acceptance.Add(trial.Accepted);
        if (trial.Rung != _rung)
        {
            _rung = trial.Rung;
            Rungs.Add(trial.Trial, trial.Rung);
        }

        if (trial.Accepted)
        {
            Accepted++;
            Add(trial.Trial, trial.Report, trial.Energy);
            return;
        }

        string reason = trial.VetoedBy ?? (trial.Outcome is TrialOutcome.Converged or TrialOutcome.Unrelaxed ? "chance" : trial.Outcome.ToString());
        _rejections[reason] = _rejections.GetValueOrDefault(reason) + 1;
    }

    private void Add(long trial, TargetReport report, double energy)
    {
        double[] figures = report.ToArray();
        for (int k = 0; k < _figures.Length; k++)
        {
            _figures[k].Add(trial, figures[k]);
        }

        Energy.Add(trial, energy);
    }
}
