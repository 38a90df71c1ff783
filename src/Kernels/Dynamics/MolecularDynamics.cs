using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// A trajectory of atoms: velocity Verlet, with a Nosé-Hoover chain on the atoms and a barostat on the cell as the ensemble wants. One step is
/// the symmetric product of the moves' exact solutions: barostat's chain, atoms' chain, ω, v by ω, v by f, then positions and cell in full,
/// forces, and the same back (docs/design/dynamics.md).
/// </summary>
/// <remarks>
/// <para>A trajectory is a function of its start and settings, not of threads and not of whether it was interrupted: at every
/// <see cref="RebaseEvery"/>-th step the neighbor list and the forces are made anew from the positions alone. There, and only there, the state
/// is what <see cref="DynamicsState"/> holds.</para>
/// <para>A step allocates nothing; with a barostat it makes one new <see cref="Cell"/>. One instance serves one thread.</para>
/// </remarks>
internal sealed class MolecularDynamics
{
    /// <summary>Steps between two states that a trajectory can be gone on with from.</summary>
    public const int RebaseEvery = 100;

    /// <summary>Extra reach of the list that loops run over, Å: atoms of a melt leave the relaxations' in three steps.</summary>
    public const double InnerSkin = 0.3;

    /// <summary>Extra reach of the list that it is picked from, Å.</summary>
    public const double Skin = 1.6;

    private readonly IForceField _field;
    private readonly ForceResult _forces;
    private readonly DynamicsSettings _settings;
    private readonly NoseHooverChain _chain;
    private readonly Barostat? _barostat;
    private readonly double[] _kinetic = new double[6];
    private bool _begun;
    private bool _virialKnown;

    /// <summary>A trajectory at step 0.</summary>
    /// <param name="field">Forces; belongs to this trajectory until its end.</param>
    /// <param name="motion">Atoms with velocities, moved in place.</param>
    /// <param name="settings">Ensemble, time step, periods, pressure.</param>
    public MolecularDynamics(IForceField field, AtomMotion motion, DynamicsSettings settings)
    {
        _field = field;
        Motion = motion;
        _settings = settings;
        _chain = new NoseHooverChain(motion.Degrees);
        _forces = new ForceResult(motion.Structure.Count);
        if (settings.HasBarostat)
        {
            _barostat = new Barostat(
                settings.Ensemble == Ensemble.FullPressure, motion.Structure.Count, settings.Pressure, settings.BarostatPeriod);
        }
    }

    /// <summary>The atoms.</summary>
    public AtomMotion Motion { get; }

    /// <summary>Steps since the start.</summary>
    public long Step { get; private set; }

    /// <summary>Potential energy, eV.</summary>
    public double Potential => _forces.Energy;

    /// <summary>The chain on the atoms.</summary>
    public NoseHooverChain Chain => _chain;

    /// <summary>The cell's motion; null at fixed cell.</summary>
    public Barostat? Barostat => _barostat;

    /// <summary>Goes one step further.</summary>
    /// <param name="temperature">The thermostat's target in this step, K.</param>
    /// <param name="measured">Whether <see cref="Measure"/> follows; it would have to compute the virial otherwise.</param>
    /// <exception cref="ArithmeticException">The cell ran away.</exception>
    public void Advance(double temperature, bool measured = false)
    {
        if (!_begun)
        {
            Rebase();
        }

        double half = 0.5 * _settings.TimeStep, thermal = temperature * MetalUnits.BoltzmannConstant;
        _barostat?.Thermostat(half, thermal);
        Thermostat(half, thermal);
        if (_barostat is not null)
        {
            AccelerateCell(_barostat, half, thermal);
            Motion.Transform(_barostat.VelocityFactor(half));
        }

        Motion.Kick(half, _forces.Forces);
        if (_barostat is not null)
        {
            Matrix3 flow = _barostat.CellFactor(half);
            RequireSound(flow);
            Motion.DriftInFlow(_settings.TimeStep, flow);
        }
        else
        {
            Motion.Drift(_settings.TimeStep);
        }

        Evaluate(measured);
        Motion.Kick(half, _forces.Forces);
        if (_barostat is not null)
        {
            Motion.Transform(_barostat.VelocityFactor(half));
            AccelerateCell(_barostat, half, thermal);
        }

        Thermostat(half, thermal);
        _barostat?.Thermostat(half, thermal);
        if (++Step % RebaseEvery == 0)
        {
            Rebase();
        }
    }

    /// <summary>The present thermodynamic quantities.</summary>
    /// <param name="temperature">The thermostat's target, K.</param>
    public ThermoPoint Measure(double temperature)
    {
        if (!_begun)
        {
            Rebase();
        }

        if (!_virialKnown)
        {
            Evaluate(virial: true);
        }

        double twice = Motion.TwiceKineticEnergy(), volume = Motion.Structure.Cell.Volume;
        double thermal = temperature * MetalUnits.BoltzmannConstant;
        double[] w = _forces.Virial;
        double conserved = Potential + (0.5 * twice);
        conserved += _settings.HasThermostat ? _chain.Energy(Motion.Degrees, thermal, _settings.ThermostatPeriod) : 0;
        conserved += _barostat?.Energy(volume, thermal) ?? 0;
        return new ThermoPoint(
            Step,
            Step * _settings.TimeStep,
            twice / (Motion.Degrees * MetalUnits.BoltzmannConstant),
            Potential,
            0.5 * twice,
            volume,
            (twice + w[0] + w[1] + w[2]) / (3 * volume) * MetalUnits.BarPerPressureUnit,
            conserved);
    }

    /// <summary>Makes neighbor list and forces anew from the positions: to be called when species or velocities were changed from outside.</summary>
    public void Rebase()
    {
        _field.Bind(Motion.Structure);
        _begun = true;
        Evaluate(virial: true);
    }

    /// <summary>Takes over a state of the same atoms.</summary>
    public void Restore(DynamicsState state)
    {
        state.CopyTo(Motion);
        Step = state.Step;
        state.Chain.CopyTo(_chain);
        if (_barostat is not null)
        {
            state.Rates.CopyTo(_barostat.Rates);
            state.BarostatChain.CopyTo(_barostat.Chain);
        }

        Rebase();
    }

    /// <summary>A cell that doubles in half a step is none that anything is learned from; NaN is not sound.</summary>
    private void RequireSound(in Matrix3 flow)
    {
        double growth = flow.Determinant;
        if (!(growth is > 0.5 and < 2))
        {
            throw new ArithmeticException(FormattableString.Invariant($"the cell ran away at step {Step + 1}; a smaller time step may help"));
        }
    }

    private void Thermostat(double time, double thermal)
    {
        if (_settings.HasThermostat)
        {
            Motion.Scale(_chain.Advance(time, Motion.TwiceKineticEnergy(), Motion.Degrees, thermal, _settings.ThermostatPeriod));
        }
    }

    private void AccelerateCell(Barostat barostat, double time, double thermal)
    {
        Motion.KineticTensor(_kinetic);
        barostat.Accelerate(time, _kinetic, _forces.Virial, Motion.Structure.Cell.Volume, thermal);
    }

    private void Evaluate(bool virial)
    {
        _virialKnown = virial || _barostat is not null;
        _field.Evaluate(Motion.Structure, _forces, _virialKnown ? ForceParts.Forces | ForceParts.Virial : ForceParts.Forces);
    }
}
