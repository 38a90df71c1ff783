using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Minimization;

/// <summary>
/// Nonlinear conjugate gradient (Polak-Ribière+) on the 3N coordinates at fixed cell, with a line search that uses gradients:
/// d_k = F_k + β_k d_{k-1}, β_k = max(0, F_k·(F_k - F_{k-1}) / F_{k-1}·F_{k-1}).
/// </summary>
/// <remarks>
/// The first trial of a line search is the last step length, scaled by the ratio of the slopes. It is kept when the slope there has
/// fallen to a part of that at the start and the energy has not risen; else the zero of the slope's secant is tried. Near the noise
/// floor of the energy only the slope decides. Coordinates move at most <see cref="MinimizerSettings.MaxMove"/> a step, so the
/// path stays in the valley it started in as far as such a method can. On return the structure holds the point with the energy
/// and forces reported, also when it did not converge. Polak and Ribière, Rev. Fr. Inform. Rech. Opér. 3, 35 (1969);
/// Nocedal and Wright, Numerical Optimization, ch. 5.
/// Surprising consequence: a tolerance on ‖F‖₂ is stricter per atom in larger systems.
/// </remarks>
internal sealed class ConjugateGradient
{
    // The slope a trial step may leave, as a part of that at the start.
    private const double Curvature = 0.35;

    // An energy rise below this part of |E| is round-off.
    private const double EnergyNoise = 1e-13;
    private const double LongestStretch = 4;
    private const double ShortestShrink = 0.1;
    private const int TrialsPerSearch = 12;

    private readonly IForceField _field;
    private readonly ForceResult _result;
    private readonly double[] _start;
    private readonly double[] _forces;
    private readonly double[] _direction;

    /// <summary>A minimizer with buffers for <paramref name="atoms"/> atoms.</summary>
    public ConjugateGradient(IForceField field, int atoms)
    {
        _field = field;
        _result = new ForceResult(atoms);
        _start = new double[3 * _result.Stride];
        _forces = new double[3 * _result.Stride];
        _direction = new double[3 * _result.Stride];
    }

    private enum SearchEnd
    {
        Stepped,
        NoStep,
        Limit,
        NonFinite,
        Canceled,
    }

    /// <summary>
    /// Moves the atoms of <paramref name="structure"/> to a local minimum. The force field is bound to the structure first, so the
    /// result depends on nothing but structure and settings.
    /// </summary>
    public MinimizationResult Minimize(AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel)
    {
        _field.Bind(structure);
        return MinimizeBound(structure, settings, cancel);
    }

    /// <summary>As <see cref="Minimize"/>, but going on with the neighbor list that the force field holds.</summary>
    public MinimizationResult MinimizeBound(AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel)
    {
        var state = new State { Step = settings.InitialStep };
        double initial = Evaluate(structure, ref state);
        state.Energy = initial;
        _result.Forces.CopyTo(_forces, 0);
        if (!double.IsFinite(initial) || !double.IsFinite(FixedSum.SumOfSquares(_forces)))
        {
            return Report(MinimizationOutcome.NonFiniteEnergy, state, initial);
        }

        bool steepest = true;
        double forces2 = FixedSum.SumOfSquares(_forces);
        _forces.CopyTo(_direction, 0);
        while (!Converged(forces2, settings))
        {
            double slope = FixedSum.Dot(_forces, _direction);
            if (slope <= 0)
            {
                _forces.CopyTo(_direction, 0);
                slope = forces2;
                steepest = true;
            }

            switch (Search(structure, settings, slope, ref state, cancel))
            {
                case SearchEnd.NonFinite:
                    return Report(MinimizationOutcome.NonFiniteEnergy, state, initial);
                case SearchEnd.Limit:
                    return Report(MinimizationOutcome.EvaluationLimit, state, initial);
                case SearchEnd.Canceled:
                    return Report(MinimizationOutcome.Canceled, state, initial);
                case SearchEnd.NoStep when steepest:
                    return Report(MinimizationOutcome.NoDescent, state, initial);
                case SearchEnd.NoStep:
                    _forces.CopyTo(_direction, 0);
                    steepest = true;
                    state.Step = settings.InitialStep;
                    continue;
            }

            state.Iterations++;
            double next2 = FixedSum.SumOfSquares(_result.Forces);
            double beta = Math.Max(0, (next2 - FixedSum.Dot(_result.Forces, _forces)) / forces2);
            _result.Forces.CopyTo(_forces, 0);
            forces2 = next2;
            FixedSum.ScaleAdd(_direction, beta, _forces);
            steepest = beta == 0;
        }

        return Report(MinimizationOutcome.Converged, state, initial);
    }

    /// <summary>
    /// Steps along the direction. After <see cref="SearchEnd.Stepped"/> the structure stands at the new point and the result holds its
    /// forces; otherwise it stands where the search began.
    /// </summary>
    private SearchEnd Search(
        AtomicStructure structure, MinimizerSettings settings, double slope, ref State state, CancellationToken cancel)
    {
        structure.Coordinates.CopyTo(_start, 0);
        double longest = settings.MaxMove / FixedSum.MaxAbs(_direction);
        double guess = state.Slope > 0 ? state.Step * Math.Clamp(state.Slope / slope, ShortestShrink, LongestStretch) : state.Step;
        double step = Math.Min(guess, longest);
        double noise = EnergyNoise * Math.Abs(state.Energy);

        // The interval known to hold a point to stop at: the slope is downhill at its lower end.
        double lower = 0, lowerSlope = slope;
        double upper = double.PositiveInfinity;
        for (int trial = 0; trial < TrialsPerSearch; trial++)
        {
            SearchEnd? stop = cancel.IsCancellationRequested ? SearchEnd.Canceled
                : state.Evaluations >= settings.MaxEvaluations ? SearchEnd.Limit
                : null;
            if (stop is not null)
            {
                Restore(structure);
                return stop.Value;
            }

            Move(structure, step);
            double energy = Evaluate(structure, ref state);
            double here = FixedSum.Dot(_result.Forces, _direction);
            if (!double.IsFinite(energy) || !double.IsFinite(here))
            {
                Restore(structure);
                return SearchEnd.NonFinite;
            }

            bool descended = energy <= state.Energy + noise;
            if (descended && (Math.Abs(here) <= Curvature * slope || (here > 0 && step >= longest)))
            {
                state.Energy = energy;
                state.Step = step;
                state.Slope = slope;
                return SearchEnd.Stepped;
            }

            // `here` is the slope downhill: positive means that the minimum along the line lies farther.
            if (descended && here > 0)
            {
                double secant = lowerSlope > here ? step + ((step - lower) * here / (lowerSlope - here)) : double.PositiveInfinity;
                (lower, lowerSlope) = (step, here);
                double limit = double.IsPositiveInfinity(upper) ? Math.Min(LongestStretch * step, longest) : 0.5 * (step + upper);
                step = Math.Min(secant, limit);
            }
            else
            {
                upper = step;
                double secant = here < 0 ? lower + ((step - lower) * lowerSlope / (lowerSlope - here)) : 0.5 * (lower + step);
                step = Math.Clamp(secant, lower + (ShortestShrink * (step - lower)), step - (ShortestShrink * (step - lower)));
            }
        }

        Restore(structure);
        return SearchEnd.NoStep;
    }

    private bool Converged(double forces2, MinimizerSettings settings) =>
        settings.MaxForceTolerance is { } largest
            ? FixedSum.MaxAbs(_forces) <= largest
            : forces2 <= settings.ForceTolerance * settings.ForceTolerance;

    private double Evaluate(AtomicStructure structure, ref State state)
    {
        state.Evaluations++;
        return _field.Evaluate(structure, _result, ForceParts.Forces);
    }

    private void Move(AtomicStructure structure, double step)
    {
        _start.CopyTo(structure.Coordinates, 0);
        FixedSum.AddScaled(structure.Coordinates, step, _direction);
    }

    private void Restore(AtomicStructure structure) => _start.CopyTo(structure.Coordinates, 0);

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
        public double Slope;
    }
}
