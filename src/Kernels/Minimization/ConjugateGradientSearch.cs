using Glasswright.Kernels.Numerics;

namespace Glasswright.Kernels.Minimization;

/// <summary>
/// Nonlinear conjugate gradient (Polak-Ribière+) with a line search that uses gradients:
/// d_k = F_k + β_k d_{k-1}, β_k = max(0, F_k·(F_k - F_{k-1}) / F_{k-1}·F_{k-1}).
/// </summary>
/// <remarks>
/// The first trial of a line search is the last step length, scaled by the ratio of the slopes. It is kept when the slope there has
/// fallen to a part of that at the start and the energy has not risen; else the zero of the slope's secant is tried. An energy
/// rise within round-off counts as none, so near the floor of the energy only the slope decides. No coordinate moves
/// farther than <see cref="MinimizerSettings.MaxMove"/> in a step, so the path stays in the valley it started in as far as such a
/// method can. Polak and Ribière, Rev. Fr. Inform. Rech. Opér. 3, 35 (1969); Nocedal and Wright, Numerical Optimization, ch. 5.
/// </remarks>
internal sealed class ConjugateGradientSearch
{
    // The slope a trial step may leave, as a part of that at the start.
    private const double Curvature = 0.35;

    // An energy rise below this part of |E| is round-off.
    private const double EnergyNoise = 1e-13;
    private const double LongestStretch = 4;
    private const double ShortestShrink = 0.1;
    private const int TrialsPerSearch = 12;

    private readonly double[] _start;
    private readonly double[] _forces;
    private readonly double[] _direction;

    /// <summary>A search with buffers for <paramref name="length"/> coordinates.</summary>
    public ConjugateGradientSearch(int length)
    {
        _start = new double[length];
        _forces = new double[length];
        _direction = new double[length];
    }

    private enum LineEnd
    {
        Stepped,
        NoStep,
        Limit,
        NonFinite,
        Canceled,
    }

    /// <summary>Moves the coordinates of <paramref name="objective"/> to a local minimum.</summary>
    public MinimizationResult Minimize(IObjective objective, MinimizerSettings settings, CancellationToken cancel)
    {
        var state = new State { Step = settings.InitialStep, Evaluations = 1 };
        double initial = objective.Evaluate();
        state.Energy = initial;
        objective.Forces.CopyTo(_forces, 0);
        double forces2 = FixedSum.SumOfSquares(_forces);
        if (!double.IsFinite(initial) || !double.IsFinite(forces2))
        {
            return Report(MinimizationOutcome.NonFiniteEnergy, state, initial);
        }

        bool steepest = true;
        _forces.CopyTo(_direction, 0);
        bool converged = objective.Converged(settings);
        while (!converged)
        {
            double slope = FixedSum.Dot(_forces, _direction);
            if (slope <= 0)
            {
                _forces.CopyTo(_direction, 0);
                slope = forces2;
                steepest = true;
            }

            switch (FollowLine(objective, settings, slope, ref state, cancel))
            {
                case LineEnd.NonFinite:
                    return Report(MinimizationOutcome.NonFiniteEnergy, state, initial);
                case LineEnd.Limit:
                    return Report(MinimizationOutcome.EvaluationLimit, state, initial);
                case LineEnd.Canceled:
                    return Report(MinimizationOutcome.Canceled, state, initial);
                case LineEnd.NoStep when steepest:
                    return Report(MinimizationOutcome.NoDescent, state, initial);
                case LineEnd.NoStep:
                    _forces.CopyTo(_direction, 0);
                    steepest = true;
                    state.Step = settings.InitialStep;
                    state.Slope = 0;
                    continue;
            }

            state.Iterations++;
            converged = objective.Converged(settings);
            double next2 = FixedSum.SumOfSquares(objective.Forces);
            double beta = Math.Max(0, (next2 - FixedSum.Dot(objective.Forces, _forces)) / forces2);
            objective.Forces.CopyTo(_forces, 0);
            forces2 = next2;
            FixedSum.ScaleAdd(_direction, beta, _forces);
            steepest = beta == 0;
        }

        return Report(MinimizationOutcome.Converged, state, initial);
    }

    /// <summary>
    /// Steps along the direction. After <see cref="LineEnd.Stepped"/> the coordinates are the new point and the objective holds its
    /// forces; otherwise they are those where the line began.
    /// </summary>
    private LineEnd FollowLine(
        IObjective objective, MinimizerSettings settings, double slope, ref State state, CancellationToken cancel)
    {
        objective.Coordinates.CopyTo(_start, 0);
        double longest = settings.MaxMove / FixedSum.MaxAbs(_direction);
        double guess = state.Slope > 0
            ? state.Step * Math.Clamp(state.Slope / slope, ShortestShrink, LongestStretch)
            : state.Step;
        double step = Math.Min(guess, longest);
        double noise = EnergyNoise * Math.Abs(state.Energy);

        // The minimum along the line lies beyond `lower` and, once known, before `upper`.
        double lower = 0, lowerSlope = slope;
        double upper = double.PositiveInfinity;
        for (int trial = 0; trial < TrialsPerSearch; trial++)
        {
            if (cancel.IsCancellationRequested || state.Evaluations >= settings.MaxEvaluations)
            {
                _start.CopyTo(objective.Coordinates, 0);
                return cancel.IsCancellationRequested ? LineEnd.Canceled : LineEnd.Limit;
            }

            _start.CopyTo(objective.Coordinates, 0);
            FixedSum.AddScaled(objective.Coordinates, step, _direction);
            double energy = objective.Evaluate();
            state.Evaluations++;

            // The slope downhill: positive as long as the minimum lies farther on.
            double here = FixedSum.Dot(objective.Forces, _direction);
            if (!double.IsFinite(energy) || !double.IsFinite(here))
            {
                _start.CopyTo(objective.Coordinates, 0);
                return LineEnd.NonFinite;
            }

            bool descended = energy <= state.Energy + noise;
            if (descended && (Math.Abs(here) <= Curvature * slope || (here > 0 && step >= longest)))
            {
                state.Energy = energy;
                state.Step = step;
                state.Slope = slope;
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

    private MinimizationResult Report(MinimizationOutcome outcome, in State state, double initial) => new(
        outcome,
        state.Iterations,
        state.Evaluations,
        initial,
        state.Energy,
        Math.Sqrt(FixedSum.SumOfSquares(_forces)),
        FixedSum.MaxAbs(_forces),
        state.Step);

    private struct State
    {
        public int Iterations;
        public int Evaluations;
        public double Energy;
        public double Step;

        // The slope at the start of the line whose step length is remembered; 0 before the first.
        public double Slope;
    }
}
