using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Minimization;

/// <summary>
/// Relaxes the atoms of a structure at fixed cell to the inherent structure by nonlinear conjugate gradient
/// (<see cref="ConjugateGradientSearch"/>). One instance serves one thread and allocates nothing per call.
/// </summary>
/// <remarks>Surprising consequence: a tolerance on ‖F‖₂ over all 3N components is stricter per atom in larger systems.</remarks>
internal sealed class ConjugateGradient
{
    private readonly IForceField _field;
    private readonly FixedCell _objective;
    private readonly ConjugateGradientSearch _search;

    /// <summary>A minimizer with buffers for <paramref name="atoms"/> atoms.</summary>
    public ConjugateGradient(IForceField field, int atoms)
    {
        _field = field;
        _objective = new FixedCell(field, atoms);
        _search = new ConjugateGradientSearch(3 * AtomicStructure.PaddedCount(atoms));
    }

    /// <summary>
    /// Moves the atoms of <paramref name="structure"/> to a local minimum. The force field is bound to the structure first, so the
    /// result depends on nothing but structure and settings. On return the structure holds the point whose energy and forces are
    /// reported, also when it did not converge.
    /// </summary>
    public MinimizationResult Minimize(AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel)
    {
        _field.Bind(structure);
        return MinimizeBound(structure, settings, cancel);
    }

    /// <summary>As <see cref="Minimize"/>, but going on with the neighbor list that the force field holds.</summary>
    public MinimizationResult MinimizeBound(AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel)
    {
        _objective.Attach(structure);
        return _search.Minimize(_objective, settings, cancel);
    }
}
