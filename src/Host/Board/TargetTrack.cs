using System.Globalization;
using Glasswright.Actors.Acceptance;
using Glasswright.Host.Dashboard;

namespace Glasswright.Host.Board;

/// <summary>What a board knows of one target of one chain: its value along the accepted structures that this process saw.</summary>
/// <param name="target">The target.</param>
internal sealed class TargetTrack(Target target)
{
    // A screen has fewer columns.
    private const int MostPoints = 256;

    private readonly Curve _curve = new(MostPoints);
    private double _until;

    /// <summary>The target's name; of one that is driven toward a goal, the distance that is shown: <c>|mean-3|</c>.</summary>
    public string Name { get; } = target.Direction == TargetDirection.Toward
        ? FormattableString.Invariant($"|{target.Name}-{target.Goal}|")
        : target.Name;

    /// <summary>The present value as it is shown; a hyphen where there is none.</summary>
    public string Value => double.IsFinite(_curve.Last)
        ? _curve.Last.ToString(Math.Abs(_curve.Last) < 1000 ? "F4" : "F2", CultureInfo.InvariantCulture)
        : "-";

    /// <summary>Whether the target was driven where it should: null as long as it stands where it was first seen.</summary>
    public bool? IsBetter => _curve.Last == _curve.First || _curve.Count == 0 ? null : _curve.Last < _curve.First ^ target.Direction == TargetDirection.Raise;

    /// <summary>Takes F_k of the chain's present structure, reached by a trial.</summary>
    public void Add(long trial, double objective)
    {
        _until = trial;
        double value = target.Direction == TargetDirection.Raise ? -objective : objective;
        if (value != _curve.Last)
        {
            _curve.Add(trial, value);
        }
    }

    /// <summary>The values over the trials.</summary>
    public string Draw(int width, bool blocks) => Sparkline.Draw(_curve.X(), _curve.Y(), _until, width, blocks);
}
