using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Minimization;

/// <summary>
/// Energies and relaxations at fixed cell of structures of one number of atoms, by whatever computes them. One instance serves one thread; what
/// it gives depends on nothing but its arguments.
/// </summary>
internal interface IMechanics : IDisposable
{
    /// <summary>Moves the atoms to a local minimum, as <see cref="AtomRelaxation.Minimize"/>.</summary>
    MinimizationResult Minimize(AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel, MinimizationPause? pause = null);

    /// <summary>Energy in eV and virial of a structure that <see cref="Minimize"/> has just left converged.</summary>
    double EvaluateRelaxed(AtomicStructure structure, ForceResult result);

    /// <summary>Energy in eV, energies of atoms and virial of a structure as it stands.</summary>
    double Evaluate(AtomicStructure structure, ForceResult result, CancellationToken cancel);
}
