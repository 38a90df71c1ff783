using Glasswright.Kernels.Numerics;

namespace Glasswright.Kernels.Minimization;

/// <summary>
/// Nonlinear conjugate gradient (Polak-Ribière+): d_k = F_k + β_k d_{k-1}, β_k = max(0, F_k·(F_k - F_{k-1}) / F_{k-1}·F_{k-1}).
/// </summary>
/// <remarks>
/// The first trial of a line search is the last step length, scaled by the ratio of the slopes.
/// Polak and Ribière, Rev. Fr. Inform. Rech. Opér. 3, 35 (1969); Nocedal and Wright, Numerical Optimization, ch. 5.
/// </remarks>
internal sealed class ConjugateGradientSearch : IDescent
{
    // Conjugacy needs lines that are followed rather closely.
    private const double Curvature = 0.35;
    private const double LongestStretch = 4;
    private const double ShortestShrink = 0.1;

    private readonly LineSearch _line;
    private readonly double[] _forces;
    private readonly double[] _direction;
    private double _lastStep;

    /// <summary>A search with buffers for <paramref name="length"/> coordinates.</summary>
    public ConjugateGradientSearch(int length)
    {
        _line = new LineSearch(length, Curvature);
        _forces = new double[length];
        _direction = new double[length];
    }

    /// <inheritdoc/>
    /// <remarks>A continued minimization begins with the last step length.</remarks>
    public MinimizationResult Minimize(
        IObjective objective, MinimizerSettings settings, bool continued, CancellationToken cancel, MinimizationPause? pause = null)
    {
        // The slope at the start of the line whose step length is remembered; 0 before the first.
        double lastSlope = 0;
        double lastStep = continued && _lastStep > 0 ? _lastStep : settings.InitialStep;
        int iterations = 0;
        double initial = _line.Begin(objective);
        objective.Forces.CopyTo(_forces, 0);
        double forces2 = FixedSum.SumOfSquares(_forces);
        if (!double.IsFinite(initial) || !double.IsFinite(forces2))
        {
            return Report(MinimizationOutcome.NonFiniteEnergy);
        }

        bool steepest = true;
        _forces.CopyTo(_direction, 0);
        bool converged = objective.Converged(settings);
        while (!converged)
        {
            if (pause is not null && objective.Converged(pause.At))
            {
                if (!pause.GoOn(_line.Energy, _line.Evaluations))
                {
                    return Report(MinimizationOutcome.Dismissed);
                }

                pause = null;
            }

            double slope = FixedSum.Dot(_forces, _direction);
            if (slope <= 0)
            {
                _forces.CopyTo(_direction, 0);
                slope = forces2;
                steepest = true;
            }

            double guess = lastSlope > 0 ? lastStep * Math.Clamp(lastSlope / slope, ShortestShrink, LongestStretch) : lastStep;
            switch (_line.Follow(objective, settings, _direction, slope, guess, cancel))
            {
                case LineEnd.NonFinite:
                    return Report(MinimizationOutcome.NonFiniteEnergy);
                case LineEnd.Limit:
                    return Report(MinimizationOutcome.EvaluationLimit);
                case LineEnd.Canceled:
                    return Report(MinimizationOutcome.Canceled);
                case LineEnd.NoStep when steepest && lastSlope == 0 && lastStep == settings.InitialStep:
                    return Report(MinimizationOutcome.NoDescent);
                case LineEnd.NoStep:
                    _forces.CopyTo(_direction, 0);
                    steepest = true;
                    lastStep = settings.InitialStep;
                    lastSlope = 0;
                    continue;
            }

            (lastStep, lastSlope) = (_line.Step, slope);
            iterations++;
            converged = objective.Converged(settings);
            double next2 = FixedSum.SumOfSquares(objective.Forces);
            double beta = Math.Max(0, (next2 - FixedSum.Dot(objective.Forces, _forces)) / forces2);
            objective.Forces.CopyTo(_forces, 0);
            forces2 = next2;
            FixedSum.ScaleAdd(_direction, beta, _forces);
            steepest = beta == 0;
        }

        return Report(MinimizationOutcome.Converged);

        MinimizationResult Report(MinimizationOutcome outcome)
        {
            _lastStep = lastStep;
            return new MinimizationResult(
                outcome, iterations, _line.Evaluations, initial, _line.Energy,
                Math.Sqrt(FixedSum.SumOfSquares(_forces)), FixedSum.MaxAbs(_forces));
        }
    }
}
