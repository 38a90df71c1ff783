using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Minimization;

/// <summary>
/// Relaxes the atoms of a structure at fixed cell to the inherent structure. One instance serves one thread and allocates nothing per call.
/// </summary>
/// <remarks>Surprising consequence: a tolerance on ‖F‖₂ over all 3N components is stricter per atom in larger systems.</remarks>
internal sealed class AtomRelaxation : IDisposable
{
    private readonly IForceField _field;
    private readonly FixedCell _objective;
    private readonly IDescent _descent;
    private readonly SpringPreconditioner? _springs;

    /// <summary>A relaxation with buffers for <paramref name="atoms"/> atoms.</summary>
    public AtomRelaxation(IForceField field, int atoms, MinimizerKind kind)
    {
        _field = field;
        _objective = new FixedCell(field, atoms);
        int length = 3 * AtomicStructure.PaddedCount(atoms);
        if (kind == MinimizerKind.PreconditionedLimitedMemory && field is IElasticField elastic)
        {
            _springs = new SpringPreconditioner(elastic);
            _descent = new LimitedMemorySearch(length, _springs);
        }
        else
        {
            _descent = Descent(kind, length);
        }
    }

    /// <summary>A method with buffers for <paramref name="length"/> coordinates, without a preconditioner.</summary>
    public static IDescent Descent(MinimizerKind kind, int length) => kind switch
    {
        MinimizerKind.ConjugateGradient => new ConjugateGradientSearch(length),
        MinimizerKind.LimitedMemory or MinimizerKind.PreconditionedLimitedMemory => new LimitedMemorySearch(length),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>
    /// Moves the atoms of <paramref name="structure"/> to a local minimum. The force field is bound to the structure first, so the
    /// result depends on nothing but structure and settings. On return the structure holds the point whose energy and forces are
    /// reported, also when it did not converge.
    /// </summary>
    public MinimizationResult Minimize(
        AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel, MinimizationPause? pause = null)
    {
        _field.Bind(structure);
        return MinimizeBound(structure, settings, continued: false, cancel, pause);
    }

    /// <summary>
    /// As <see cref="Minimize"/>, but going on with the neighbor list that the force field holds and, if <paramref name="continued"/>,
    /// with what the last minimization learned.
    /// </summary>
    public MinimizationResult MinimizeBound(
        AtomicStructure structure, MinimizerSettings settings, bool continued, CancellationToken cancel, MinimizationPause? pause = null)
    {
        _objective.Attach(structure);
        _springs?.Attach(structure);
        return _descent.Minimize(_objective, settings, continued, cancel, pause);
    }

    /// <inheritdoc/>
    public void Dispose() => _springs?.Dispose();
}
