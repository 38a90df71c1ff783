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

/// <summary>By a force field and the minimizers of the processor, which keep neighbor list and stiffness from step to step.</summary>
/// <param name="field">The force field; it belongs to the run while it goes on.</param>
internal sealed class FieldLoading(IForceField field) : ILoadingMechanics
{
    private readonly Dictionary<(MinimizerKind Kind, int Atoms), AtomRelaxation> _minimizers = [];
    private (MinimizerKind Kind, int Atoms) _present;
    private bool _continued;

    /// <inheritdoc/>
    public void Begin(AtomicStructure structure, MinimizerKind kind)
    {
        _present = (kind, structure.Count);
        if (!_minimizers.ContainsKey(_present))
        {
            _minimizers[_present] = new AtomRelaxation(field, structure.Count, kind);
        }

        _continued = false;
        field.Bind(structure);
    }

    /// <inheritdoc/>
    public MinimizationResult Minimize(AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel)
    {
        MinimizationResult result = _minimizers[_present].MinimizeBound(structure, settings, _continued, cancel);
        _continued = true;
        return result;
    }

    /// <inheritdoc/>
    public void EvaluateVirial(AtomicStructure structure, ForceResult result) => field.Evaluate(structure, result, ForceParts.Virial);
}

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
