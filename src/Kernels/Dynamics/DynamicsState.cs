using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// All that a trajectory goes on from, at a multiple of <see cref="MolecularDynamics.RebaseEvery"/> steps: what is not here is a function of it.
/// </summary>
internal sealed record DynamicsState
{
    /// <summary>Steps since the start.</summary>
    public required long Step { get; init; }

    /// <summary>Atoms and cell; positions not wrapped.</summary>
    public required AtomicStructure Structure { get; init; }

    /// <summary>Velocities, Å/ps, <c>[3·Stride]</c>.</summary>
    public required double[] Velocities { get; init; }

    /// <summary>The chain on the atoms.</summary>
    public required ChainState Chain { get; init; }

    /// <summary>ω, 1/ps, <c>[6]</c>.</summary>
    public required double[] Rates { get; init; }

    /// <summary>The chain on ω.</summary>
    public required ChainState BarostatChain { get; init; }

    /// <summary>A copy of a trajectory's state.</summary>
    /// <exception cref="InvalidOperationException">The step is not a multiple of <see cref="MolecularDynamics.RebaseEvery"/>.</exception>
    public static DynamicsState Of(MolecularDynamics run)
    {
        if (run.Step % MolecularDynamics.RebaseEvery != 0)
        {
            throw new InvalidOperationException($"There is no state to go on from at step {run.Step}.");
        }

        return new DynamicsState
        {
            Step = run.Step,
            Structure = run.Motion.Structure.Clone(),
            Velocities = [.. run.Motion.Velocities],
            Chain = ChainState.Of(run.Chain),
            Rates = run.Barostat is { } barostat ? barostat.Rates.ToArray() : new double[6],
            BarostatChain = run.Barostat is { } moved ? ChainState.Of(moved.Chain) : ChainState.AtRest,
        };
    }

    /// <summary>Puts atoms, cell and velocities in place.</summary>
    public void CopyTo(AtomMotion motion)
    {
        motion.Structure.CopyFrom(Structure);
        Velocities.CopyTo(motion.Velocities, 0);
        motion.AssignMasses();
    }
}

/// <summary>η and η̇ of a chain.</summary>
/// <param name="Positions">η, <c>[3]</c>.</param>
/// <param name="Rates">η̇, 1/ps, <c>[3]</c>.</param>
internal sealed record ChainState(double[] Positions, double[] Rates)
{
    /// <summary>A chain that has not acted yet.</summary>
    public static ChainState AtRest => new(new double[NoseHooverChain.Length], new double[NoseHooverChain.Length]);

    /// <summary>A copy of a chain's state.</summary>
    public static ChainState Of(NoseHooverChain chain) => new(chain.Positions.ToArray(), chain.Rates.ToArray());

    /// <summary>Gives a chain this state.</summary>
    public void CopyTo(NoseHooverChain chain)
    {
        Positions.CopyTo(chain.Positions);
        Rates.CopyTo(chain.Rates);
    }
}
