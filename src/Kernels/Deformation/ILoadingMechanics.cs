using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>What minimizes the steps of a <see cref="QuasistaticRun"/>, and tells the virial between them. One run at a time.</summary>
internal interface ILoadingMechanics
{
    /// <summary>Begins a run of a structure.</summary>
    void Begin(AtomicStructure structure, MinimizerKind kind);

    /// <summary>Moves the atoms to a local minimum; what was learned of the stiffness since <see cref="Begin"/> may be used.</summary>
    MinimizationResult Minimize(AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel);

    /// <summary>The virial of a structure as it stands.</summary>
    void EvaluateVirial(AtomicStructure structure, ForceResult result);
}
