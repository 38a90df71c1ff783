using Glasswright.Kernels.Numerics;

namespace Glasswright.Kernels.Minimization;

/// <summary>How following a line ended.</summary>
internal enum LineEnd
{
    /// <summary>A lower point was found and taken.</summary>
    Stepped,

    /// <summary>No point along the line was low enough.</summary>
    NoStep,

    /// <summary>The evaluations ran out.</summary>
    Limit,

    /// <summary>The energy or a force was not finite.</summary>
    NonFinite,

    /// <summary>The minimization was canceled.</summary>
    Canceled,
}

/// <summary>
/// A search along x + t·d that uses gradients. A trial step is kept when the slope there has fallen to a part of that at the start and
/// the energy has not risen; else the zero of the slope's secant is tried.
/// </summary>
/// <remarks>
/// An energy rise within round-off counts as none, so near the floor of the energy only the slope decides. No coordinate moves
/// farther than <see cref="MinimizerSettings.MaxMove"/>, so the path stays in the valley it started in as far as such a
/// method can. Nocedal and Wright, Numerical Optimization, ch. 3.
/// </remarks>
internal sealed class LineSearch
{
    // An energy rise below this part of |E| is round-off.
    private const double EnergyNoise = 1e-13;
    private const double LongestStretch = 4;
    private const double ShortestShrink = 0.1;
    private const int TrialsPerSearch = 12;

    private readonly double[] _start;
    private readonly double _curvature;

    /// <summary>A search with a buffer for <paramref name="length"/> coordinates.</summary>
    /// <param name="length">Number of coordinates.</param>
    /// <param name="curvature">The slope that a step may leave, as a part of that at the start.</param>
    public LineSearch(int length, double curvature)
    {
        _start = new double[length];
        _curvature = curvature;
    }

    /// <summary>Where the last line began.</summary>
    public ReadOnlySpan<double> Start => _start;

    /// <summary>Evaluations since <see cref="Begin"/>.</summary>
    public int Evaluations { get; private set; }

    /// <summary>The energy of the present point.</summary>
    public double Energy { get; private set; }

    /// <summary>The last step taken, t.</summary>
    public double Step { get; private set; }

    /// <summary>Evaluates the first point of a minimization.</summary>
    public double Begin(IObjective objective)
    {
        Step = 0;
        Evaluations = 1;
        return Energy = objective.Evaluate();
    }

    /// <summary>
    /// Steps along the direction. After <see cref="LineEnd.Stepped"/> the coordinates are the new point and the objective holds its
    /// forces; otherwise they are those where the line began.
    /// </summary>
    /// <param name="objective">The function.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="direction">d.</param>
    /// <param name="slope">F·d at the start, positive.</param>
    /// <param name="guess">The first t.</param>
    /// <param name="cancel">Checked at each evaluation.</param>
    public LineEnd Follow(
        IObjective objective, MinimizerSettings settings, ReadOnlySpan<double> direction, double slope, double guess, CancellationToken cancel)
    {
        objective.Coordinates.CopyTo(_start, 0);
        double longest = settings.MaxMove / FixedSum.MaxAbs(direction);
        double step = Math.Min(guess, longest);
        double noise = EnergyNoise * Math.Abs(Energy);

        // The minimum along the line lies beyond `lower` and, once known, before `upper`.
        double lower = 0, lowerSlope = slope;
        double upper = double.PositiveInfinity;
        for (int trial = 0; trial < TrialsPerSearch; trial++)
        {
            if (cancel.IsCancellationRequested || Evaluations >= settings.MaxEvaluations)
            {
                _start.CopyTo(objective.Coordinates, 0);
                return cancel.IsCancellationRequested ? LineEnd.Canceled : LineEnd.Limit;
            }

            _start.CopyTo(objective.Coordinates, 0);
            FixedSum.AddScaled(objective.Coordinates, step, direction);
            double energy = objective.Evaluate();
            Evaluations++;

            // The slope downhill: positive as long as the minimum lies farther on.
            double here = FixedSum.Dot(objective.Forces, direction);
            if (!double.IsFinite(energy) || !double.IsFinite(here))
            {
                _start.CopyTo(objective.Coordinates, 0);
                return LineEnd.NonFinite;
            }

            bool descended = energy <= Energy + noise;
            if (descended && (Math.Abs(here) <= _curvature * slope || (here > 0 && step >= longest)))
            {
                Energy = energy;
                Step = step;
                return LineEnd.Stepped;
            }

            if (descended && here > 0)
            {
                double secant = lowerSlope > here
                    ? step + ((step - lower) * here / (lowerSlope - here))
                    : double.PositiveInfinity;
                (lower, lowerSlope) = (step, here);
                double limit = double.IsPositiveInfinity(upper)
                    ? Math.Min(LongestStretch * step, longest)
                    : 0.5 * (step + upper);
                step = Math.Min(secant, limit);
            }
            else
            {
                upper = step;
                double secant = here < 0
                    ? lower + ((step - lower) * lowerSlope / (lowerSlope - here))
                    : 0.5 * (lower + step);
                double margin = ShortestShrink * (step - lower);
                step = Math.Clamp(secant, lower + margin, step - margin);
            }
        }

        _start.CopyTo(objective.Coordinates, 0);
        return LineEnd.NoStep;
    }
}
