using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>
/// Athermal quasistatic loading: small affine steps, each followed by a minimization of the energy at fixed cell, so that
/// the glass stays in an inherent structure and leaves it only where that structure ceases to exist.
/// </summary>
/// <remarks>
/// <para>Step k has the gradient F_k of <see cref="LoadingPath"/> relative to the <em>initial</em> cell: F_k F_{k-1}⁻¹ is
/// applied to the positions about the cell's origin, and the cell vectors become exactly F_k times the initial vectors, so
/// that rounding does not accumulate in the cell.</para>
/// <para>The structure given is minimized first; that is the reference at zero strain. The lateral stress is not relaxed
/// there: with <see cref="LateralCondition.Stress"/> give a structure that is stress-free.</para>
/// <para><b>Extrapolated starts.</b> With u_k the displacement of the atoms by the minimization of step k relative to its
/// affine positions, step k+1 starts from its own affine positions + u_k: elastic increments change little from step to step.
/// (Measured on Cu50Zr50 with conjugate gradient: 31 evaluations a step instead of 100; 2u_k - u_{k-1} amplifies the tolerance's noise and needs 36.) An
/// increment with a component above <see cref="LargestSmoothIncrement"/> is an event and not repeated; and a start that does not converge is repeated from the affine positions. The minimizer keeps from
/// step to step what it has learned of the stiffness (<see cref="IDescent"/>). Everything is a function of this run's own steps, so the
/// answer is that of (structure, settings).</para>
/// <para>One instance serves one thread; it owns the buffers, and steps allocate nothing but what they record.</para>
/// </remarks>
internal sealed class QuasistaticRun
{
    /// <summary>
    /// The largest component of a nonaffine increment, Å, that is taken for elastic motion. A choice between the scales of a step
    /// of 1e-4, far below 0.01 Å, and of events, 0.1 Å and more; in between the two kinds of start differ little.
    /// </summary>
    public const double LargestSmoothIncrement = 0.02;

    private readonly ILoadingMechanics _mechanics;
    private readonly AtomicStructure _reference;
    private readonly AtomicStructure _current;
    private readonly AtomicStructure _last;
    private readonly ForceResult _forces;
    private readonly double[] _affine;
    private readonly double[] _increment;
    private bool _incrementIsSmooth;
    private long _evaluations;

    /// <summary>Prepares to load a copy of <paramref name="structure"/>.</summary>
    /// <param name="field">The force field; it belongs to this run while it goes on.</param>
    /// <param name="structure">The structure to load; it is not changed.</param>
    public QuasistaticRun(IForceField field, AtomicStructure structure)
        : this(new FieldLoading(field), structure)
    {
    }

    /// <summary>Prepares to load a copy of <paramref name="structure"/>.</summary>
    /// <param name="mechanics">What minimizes; it belongs to this run while it goes on.</param>
    /// <param name="structure">The structure to load; it is not changed.</param>
    public QuasistaticRun(ILoadingMechanics mechanics, AtomicStructure structure)
    {
        _mechanics = mechanics;
        _reference = structure.Clone();
        _current = structure.Clone();
        _last = structure.Clone();
        _forces = new ForceResult(structure.Count);
        _affine = new double[structure.Coordinates.Length];
        _increment = new double[structure.Coordinates.Length];
    }

    /// <summary>Loads the structure. May be called again: each call starts from the structure given at first.</summary>
    /// <param name="settings">Mode, strain, tolerances.</param>
    /// <param name="onStep">Told the number of steps completed so far, after each.</param>
    /// <param name="cancel">Stops the run within a force evaluation; the outcome is then <see cref="QuasistaticOutcome.Canceled"/>.</param>
    /// <exception cref="InputException">A strain is not a multiple of the step, or beyond the end of the run.</exception>
    public QuasistaticResult Run(
        QuasistaticSettings settings, Action<int>? onStep = null, CancellationToken cancel = default)
    {
        int steps = LoadingPath.StepsTo(settings.Strain, settings.Step);
        HashSet<int> wanted = SnapshotSteps(settings, steps);
        var minimization = new MinimizerSettings
        {
            ForceTolerance = settings.ForceTolerance,
            MaxEvaluations = settings.MaxEvaluations,
        };
        var curve = new List<CurvePoint>(steps + 1);
        var snapshots = new List<LoadedStructure>(wanted.Count);
        _evaluations = 0;
        _incrementIsSmooth = false;
        _current.CopyFrom(_reference);
        _mechanics.Begin(_current, settings.Minimizer);

        QuasistaticOutcome outcome = Minimize(minimization, cancel, out double energy);
        AtomicStructure reference = _current.Clone();
        double referenceEnergy = energy;
        double[] referencePressure = new double[6];
        Array.Fill(referencePressure, double.NaN);
        int done = 0;
        if (outcome == QuasistaticOutcome.Completed)
        {
            Record(0);
            EvaluateVirial();
            for (int component = 0; component < 6; component++)
            {
                referencePressure[component] = Pressure(component);
            }

            bool balances = settings.Lateral == LateralCondition.Stress && !settings.Mode.IsShear;
            LateralBalance? lateral = null;
            if (balances)
            {
                outcome = PrepareLateral(settings, reference, minimization, cancel, out lateral);
            }

            Matrix3 before = Matrix3.Identity;
            while (outcome == QuasistaticOutcome.Completed && done < steps)
            {
                double strain = (done + 1) * settings.Step;
                lateral?.Predict();
                Matrix3 gradient = GradientAt(settings, strain, lateral);
                outcome = Advance(gradient, before, reference.Cell, settings, minimization, cancel, out energy);
                if (outcome == QuasistaticOutcome.Completed && lateral is not null)
                {
                    outcome = Balance(lateral, settings, strain, reference.Cell, ref gradient, minimization, cancel, ref energy);
                }

                if (outcome != QuasistaticOutcome.Completed)
                {
                    break;
                }

                before = gradient;
                done++;
                Record(strain);
                if (wanted.Contains(done))
                {
                    snapshots.Add(new LoadedStructure(strain, _current.Clone()));
                }

                if (settings.KeepLast)
                {
                    _last.CopyFrom(_current);
                }

                onStep?.Invoke(done);
            }
        }

        if (settings.KeepLast && outcome != QuasistaticOutcome.Completed && done > 0 && !wanted.Contains(done))
        {
            snapshots.Add(new LoadedStructure(done * settings.Step, _last.Clone()));
        }

        return new QuasistaticResult
        {
            Outcome = outcome,
            Steps = done,
            Reference = reference,
            ReferenceEnergy = referenceEnergy,
            ReferencePressure = referencePressure,
            Curve = curve,
            Snapshots = snapshots,
            Evaluations = _evaluations,
        };

        void Record(double strain) => curve.Add(new CurvePoint(
            strain, energy, settings.RecordStress ? StressAlong(settings.Mode) : double.NaN));
    }

    private static HashSet<int> SnapshotSteps(QuasistaticSettings settings, int steps)
    {
        var wanted = new HashSet<int>();
        foreach (double strain in settings.Snapshots)
        {
            int step = LoadingPath.StepsTo(strain, settings.Step);
            if (step > steps)
            {
                throw new InputException(
                    "a snapshot beyond the end of the run",
                    expected: FormattableString.Invariant($"at most {settings.Strain}"),
                    found: FormattableString.Invariant($"{strain}"));
            }

            wanted.Add(step);
        }

        return wanted;
    }

    private static Matrix3 GradientAt(QuasistaticSettings settings, double strain, LateralBalance? lateral) =>
        lateral is null
            ? LoadingPath.Gradient(settings.Mode, settings.Lateral, strain)
            : LoadingPath.Gradient(settings.Mode, strain, lateral.FirstStretch, lateral.SecondStretch);

    private static QuasistaticOutcome Translate(MinimizationOutcome outcome) => outcome switch
    {
        MinimizationOutcome.Converged => QuasistaticOutcome.Completed,
        MinimizationOutcome.EvaluationLimit => QuasistaticOutcome.EvaluationLimit,
        MinimizationOutcome.NoDescent => QuasistaticOutcome.NoDescent,
        MinimizationOutcome.NonFiniteEnergy => QuasistaticOutcome.NonFiniteEnergy,
        MinimizationOutcome.Canceled => QuasistaticOutcome.Canceled,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>The affine step to a gradient, the start, the minimization, and the increment for the next start.</summary>
    private QuasistaticOutcome Advance(
        Matrix3 gradient, Matrix3 before, Cell initial, QuasistaticSettings settings, MinimizerSettings minimization,
        CancellationToken cancel, out double energy)
    {
        Deform(gradient, before, initial);
        Array.Copy(_current.Coordinates, _affine, _affine.Length);
        bool extrapolated = settings.ExtrapolateStarts && _incrementIsSmooth;
        if (extrapolated)
        {
            Extrapolate();
        }

        QuasistaticOutcome outcome = Minimize(minimization, cancel, out energy);
        if (extrapolated && outcome is not (QuasistaticOutcome.Completed or QuasistaticOutcome.Canceled))
        {
            Array.Copy(_affine, _current.Coordinates, _affine.Length);
            outcome = Minimize(minimization, cancel, out energy);
        }

        if (outcome == QuasistaticOutcome.Completed)
        {
            RememberIncrement();
        }

        return outcome;
    }

    private void Deform(Matrix3 gradient, Matrix3 before, Cell initial)
    {
        _current.Deform(gradient * before.Inverse());
        _current.Cell = initial.Deformed(gradient);
    }

    private void Extrapolate()
    {
        double[] x = _current.Coordinates;
        for (int i = 0; i < x.Length; i++)
        {
            x[i] += _increment[i];
        }
    }

    private void RememberIncrement()
    {
        double largest = 0;
        for (int i = 0; i < _increment.Length; i++)
        {
            _increment[i] = _current.Coordinates[i] - _affine[i];
            largest = Math.Max(largest, Math.Abs(_increment[i]));
        }

        _incrementIsSmooth = largest <= LargestSmoothIncrement;
    }

    private QuasistaticOutcome Minimize(MinimizerSettings settings, CancellationToken cancel, out double energy)
    {
        MinimizationResult result = _mechanics.Minimize(_current, settings, cancel);
        _evaluations += result.Evaluations;
        energy = result.Energy;
        return Translate(result.Outcome);
    }

    /// <summary>
    /// ±σ_ab in bar with σ = -W/V: LAMMPS' pressure tensor with the opposite sign, so that a stretched glass gives positive
    /// stress in tension and a sheared one in the direction of the shear.
    /// </summary>
    private double StressAlong(LoadingMode mode)
    {
        EvaluateVirial();
        return -mode.Sign * Pressure(mode.VoigtIndex);
    }

    private void EvaluateVirial()
    {
        _mechanics.EvaluateVirial(_current, _forces);
        _evaluations++;
    }

    private double Pressure(int component) =>
        _forces.Virial[component] / _current.Cell.Volume * MetalUnits.BarPerPressureUnit;

    // The response of the two lateral stresses to the two lateral stretches, from one probe each; the structure is put back.
    private QuasistaticOutcome PrepareLateral(
        QuasistaticSettings settings, AtomicStructure reference, MinimizerSettings minimization, CancellationToken cancel,
        out LateralBalance? lateral)
    {
        (int first, int second) = LateralBalance.Axes(settings.Mode);
        EvaluateVirial();
        (double First, double Second) at0 = (-Pressure(first), -Pressure(second));
        Span<double> response = stackalloc double[4];
        lateral = null;
        for (int axis = 0; axis < 2; axis++)
        {
            double stretch = 1 + LateralBalance.Probe;
            Deform(
                LoadingPath.Gradient(settings.Mode, 0, axis == 0 ? stretch : 1, axis == 1 ? stretch : 1),
                Matrix3.Identity,
                reference.Cell);
            QuasistaticOutcome outcome = Minimize(minimization, cancel, out _);
            if (outcome != QuasistaticOutcome.Completed)
            {
                return outcome;
            }

            EvaluateVirial();
            response[axis] = (-Pressure(first) - at0.First) / LateralBalance.Probe;
            response[2 + axis] = (-Pressure(second) - at0.Second) / LateralBalance.Probe;
            _current.CopyFrom(reference);
        }

        lateral = new LateralBalance(response[0], response[1], response[2], response[3]);
        return lateral.CanBalance ? QuasistaticOutcome.Completed : QuasistaticOutcome.LateralStressUnbalanced;
    }

    private QuasistaticOutcome Balance(
        LateralBalance lateral, QuasistaticSettings settings, double strain, Cell initial, ref Matrix3 gradient,
        MinimizerSettings minimization, CancellationToken cancel, ref double energy)
    {
        (int first, int second) = LateralBalance.Axes(settings.Mode);
        for (int correction = 0; ; correction++)
        {
            EvaluateVirial();
            double firstStress = -Pressure(first), secondStress = -Pressure(second);
            if (Math.Abs(firstStress) <= settings.LateralTolerance && Math.Abs(secondStress) <= settings.LateralTolerance)
            {
                lateral.Accept();
                return QuasistaticOutcome.Completed;
            }

            if (correction == LateralBalance.MostCorrections)
            {
                return QuasistaticOutcome.LateralStressUnbalanced;
            }

            lateral.Correct(firstStress, secondStress);
            Matrix3 corrected = GradientAt(settings, strain, lateral);
            Deform(corrected, gradient, initial);
            gradient = corrected;
            QuasistaticOutcome outcome = Minimize(minimization, cancel, out energy);
            if (outcome != QuasistaticOutcome.Completed)
            {
                return outcome;
            }
        }
    }
}
