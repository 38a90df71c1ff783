using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

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
