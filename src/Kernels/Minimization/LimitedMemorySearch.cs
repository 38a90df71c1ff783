using Glasswright.Kernels.Numerics;

namespace Glasswright.Kernels.Minimization;

/// <summary>
/// L-BFGS: d = H F with the inverse stiffness H from the last m pairs s = x_{k+1} - x_k, y = F_k - F_{k+1} by the two-loop
/// recursion, begun with (s·y/y·y) 1, or with a preconditioner. The step t = 1 is mostly taken as it is, so an iteration costs little
/// more than one evaluation.
/// </summary>
/// <remarks>
/// <para>The preconditioner is based on the first point and again after every <see cref="RefreshEvery"/> iterations; the pairs kept stay valid,
/// since they tell of the objective and not of it.</para>
/// <para>A pair is kept only where s·y is positive, so H stays positive definite. Before the first pair d = F times
/// <see cref="MinimizerSettings.InitialStep"/>.</para>
/// <para>A continued minimization keeps the pairs: along a quasistatic run the stiffness changes little from step to step, and what
/// was learned of the soft directions saves a fifth of the evaluations (23 instead of 29 a step of 10⁻⁴, 864 atoms; conjugate gradient: 56).</para>
/// <para>Surprising consequence: its steps are longer than those of conjugate gradient, so at a saddle it may end in another valley.</para>
/// <para>Liu and Nocedal, Math. Program. 45, 503 (1989), doi 10.1007/BF01589116; Nocedal and Wright, Numerical Optimization, ch. 7.</para>
/// </remarks>
internal sealed class LimitedMemorySearch : IDescent
{
    /// <summary>Pairs kept without a preconditioner. On 864 atoms the two loops then cost a tenth of an evaluation.</summary>
    public const int DefaultMemory = 24;

    /// <summary>Pairs kept with one: it knows most of what they would tell.</summary>
    public const int PreconditionedMemory = 10;

    /// <summary>Iterations that a preconditioner's base serves.</summary>
    public const int RefreshEvery = 30;

    // A step may leave much of the slope: the next direction takes care of it.
    private const double Curvature = 0.9;

    // Below this part of y·y a product s·y is noise.
    private const double LeastCurvature = 1e-12;

    private readonly LineSearch _line;
    private readonly IPreconditioner? _preconditioner;
    private readonly double[][] _moves;
    private readonly double[][] _falls;
    private readonly double[][] _products;   // s_k·y_j of an older k and a newer j
    private readonly double[] _inverseProducts;
    private readonly double[] _weights;
    private readonly double[] _forces;
    private readonly double[] _direction;
    private readonly double[] _solved;
    private int _pairs;
    private int _next;
    private int _sinceRefresh;
    private double _scale;

    /// <summary>A search with buffers for <paramref name="length"/> coordinates.</summary>
    public LimitedMemorySearch(int length, IPreconditioner? preconditioner = null)
    {
        int memory = preconditioner is null ? DefaultMemory : PreconditionedMemory;
        _preconditioner = preconditioner;
        _line = new LineSearch(length, Curvature);
        _moves = new double[memory][];
        _falls = new double[memory][];
        _products = new double[memory][];
        for (int k = 0; k < memory; k++)
        {
            _products[k] = new double[memory];
            _moves[k] = new double[length];
            _falls[k] = new double[length];
        }

        _inverseProducts = new double[memory];
        _weights = new double[memory];
        _forces = new double[length];
        _direction = new double[length];
        _solved = new double[preconditioner is null ? 0 : length];
    }

    private int Memory => _moves.Length;

    /// <inheritdoc/>
    /// <remarks>A continued minimization keeps the pairs.</remarks>
    public MinimizationResult Minimize(
        IObjective objective, MinimizerSettings settings, bool continued, CancellationToken cancel, MinimizationPause? pause = null)
    {
        if (!continued)
        {
            Forget(settings);
        }

        int iterations = 0;
        double initial = _line.Begin(objective);
        objective.Forces.CopyTo(_forces, 0);
        if (!double.IsFinite(initial) || !double.IsFinite(FixedSum.SumOfSquares(_forces)))
        {
            return Report(MinimizationOutcome.NonFiniteEnergy);
        }

        while (!objective.Converged(settings))
        {
            if (pause is not null && objective.Converged(pause.At))
            {
                if (!pause.GoOn(_line.Energy, _line.Evaluations))
                {
                    return Report(MinimizationOutcome.Dismissed);
                }

                pause = null;
            }

            if (_preconditioner is not null && _sinceRefresh++ % RefreshEvery == 0)
            {
                _preconditioner.Refresh();
            }

            Direct();
            double slope = FixedSum.Dot(_forces, _direction);
            LineEnd end = slope > 0 ? _line.Follow(objective, settings, _direction, slope, 1, cancel) : LineEnd.NoStep;
            switch (end)
            {
                case LineEnd.NonFinite:
                    return Report(MinimizationOutcome.NonFiniteEnergy);
                case LineEnd.Limit:
                    return Report(MinimizationOutcome.EvaluationLimit);
                case LineEnd.Canceled:
                    return Report(MinimizationOutcome.Canceled);
                case LineEnd.NoStep when _pairs == 0:
                    return Report(MinimizationOutcome.NoDescent);
                case LineEnd.NoStep:
                    Forget(settings);
                    continue;
            }

            iterations++;
            Remember(objective);
        }

        return Report(MinimizationOutcome.Converged);

        MinimizationResult Report(MinimizationOutcome outcome) => new(
            outcome, iterations, _line.Evaluations, initial, _line.Energy,
            Math.Sqrt(FixedSum.SumOfSquares(_forces)), FixedSum.MaxAbs(_forces));
    }

    private void Forget(MinimizerSettings settings)
    {
        _pairs = 0;
        _next = 0;
        _sinceRefresh = 0;
        _scale = settings.InitialStep;
    }

    /// <summary>
    /// d = H F. Of the two loops' products s_k·y_j only those of an older s and a newer y are needed; they are kept, so each s and each y is
    /// read twice and not four times: at 16,000 atoms the pairs are twenty times the second-level cache.
    /// </summary>
    private void Direct()
    {
        for (int age = 1; age <= _pairs; age++)
        {
            int k = Slot(age);
            double product = FixedSum.Dot(_moves[k], _forces);
            for (int newer = 1; newer < age; newer++)
            {
                product -= _weights[Slot(newer)] * _products[k][Slot(newer)];
            }

            _weights[k] = _inverseProducts[k] * product;
        }

        _forces.CopyTo(_direction, 0);
        for (int age = 1; age <= _pairs; age++)
        {
            FixedSum.AddScaled(_direction, -_weights[Slot(age)], _falls[Slot(age)]);
        }

        if (_preconditioner is not null)
        {
            _preconditioner.Apply(_direction, _solved);
            _solved.CopyTo(_direction, 0);
        }
        else
        {
            for (int i = 0; i < _direction.Length; i++)
            {
                _direction[i] *= _scale;
            }
        }

        for (int age = _pairs; age >= 1; age--)
        {
            int k = Slot(age);
            double product = FixedSum.Dot(_falls[k], _direction);
            for (int older = _pairs; older > age; older--)
            {
                product += _weights[Slot(older)] * _products[Slot(older)][k];
            }

            // From here on the weight is that of the move in d.
            _weights[k] -= _inverseProducts[k] * product;
        }

        for (int age = _pairs; age >= 1; age--)
        {
            FixedSum.AddScaled(_direction, _weights[Slot(age)], _moves[Slot(age)]);
        }
    }

    /// <summary>Where the pair of an age stands; 1 is the newest.</summary>
    private int Slot(int age) => (_next - age + Memory) % Memory;

    /// <summary>Keeps the pair of the step just taken, and its forces.</summary>
    private void Remember(IObjective objective)
    {
        double[] move = _moves[_next], fall = _falls[_next];
        ReadOnlySpan<double> from = _line.Start;
        for (int i = 0; i < move.Length; i++)
        {
            move[i] = objective.Coordinates[i] - from[i];
            fall[i] = _forces[i] - objective.Forces[i];
        }

        objective.Forces.CopyTo(_forces, 0);
        double product = FixedSum.Dot(move, fall), square = FixedSum.SumOfSquares(fall);
        if (product > LeastCurvature * square)
        {
            _inverseProducts[_next] = 1 / product;
            _scale = product / square;
            for (int age = 1; age <= Math.Min(_pairs, Memory - 1); age++)
            {
                _products[Slot(age)][_next] = FixedSum.Dot(_moves[Slot(age)], fall);
            }

            _next = (_next + 1) % Memory;
            _pairs = Math.Min(Memory, _pairs + 1);
        }
        else
        {
            // The place of the oldest was written over.
            _pairs = Math.Min(Memory - 1, _pairs);
        }
    }
}
