using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>By whatever computes whole relaxations, such as a device, always by conjugate gradient; each step begins from nothing but its start.</summary>
/// <param name="mechanics">Energies and relaxations; the caller disposes of it.</param>
internal sealed class MechanicsLoading(IMechanics mechanics) : ILoadingMechanics
{
    /// <inheritdoc/>
    public void Begin(AtomicStructure structure, MinimizerKind kind)
    {
    }

    /// <inheritdoc/>
    public MinimizationResult Minimize(AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel) =>
        mechanics.Minimize(structure, settings with { Kind = MinimizerKind.ConjugateGradient }, cancel);

    /// <inheritdoc/>
    public void EvaluateVirial(AtomicStructure structure, ForceResult result) => mechanics.Evaluate(structure, result, CancellationToken.None);
}
