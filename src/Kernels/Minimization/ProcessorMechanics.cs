using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Minimization;

/// <summary>Energies and relaxations by <see cref="VectorEam"/> on the calling thread. Allocates nothing per call.</summary>
internal sealed class ProcessorMechanics : IMechanics
{
    private readonly VectorEam _field;
    private readonly AtomRelaxation _relaxation;

    /// <summary>Mechanics of structures of <paramref name="atoms"/> atoms.</summary>
    public ProcessorMechanics(EamTables tables, int atoms, MinimizerKind kind)
    {
        _field = new VectorEam(tables);
        _relaxation = new AtomRelaxation(_field, atoms, kind);
    }

    /// <inheritdoc/>
    public MinimizationResult Minimize(
        AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel, MinimizationPause? pause = null) =>
        _relaxation.Minimize(structure, settings, cancel, pause);

    /// <inheritdoc/>
    public double EvaluateRelaxed(AtomicStructure structure, ForceResult result) => _field.Evaluate(structure, result, ForceParts.Virial);

    /// <inheritdoc/>
    public double Evaluate(AtomicStructure structure, ForceResult result, CancellationToken cancel)
    {
        _field.Bind(structure);
        return _field.Evaluate(structure, result, ForceParts.All);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _relaxation.Dispose();
        _field.Dispose();
    }
}
