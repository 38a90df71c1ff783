using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Minimization;

/// <summary>The potential energy as a function of the 3N positions at fixed cell.</summary>
internal sealed class FixedCell : IObjective
{
    private readonly IForceField _field;
    private readonly ForceResult _result;
    private AtomicStructure? _structure;

    /// <summary>An objective with buffers for <paramref name="atoms"/> atoms.</summary>
    public FixedCell(IForceField field, int atoms)
    {
        _field = field;
        _result = new ForceResult(atoms);
    }

    /// <inheritdoc/>
    public double[] Coordinates => Structure.Coordinates;

    /// <inheritdoc/>
    public double[] Forces => _result.Forces;

    private AtomicStructure Structure => _structure ?? throw new InvalidOperationException("No structure is attached.");

    /// <summary>Chooses the structure whose atoms move.</summary>
    public void Attach(AtomicStructure structure) => _structure = structure;

    /// <inheritdoc/>
    public double Evaluate() => _field.Evaluate(Structure, _result, ForceParts.Forces);

    /// <inheritdoc/>
    public bool Converged(MinimizerSettings settings) =>
        settings.MaxForceTolerance is { } largest
            ? FixedSum.MaxAbs(_result.Forces) <= largest
            : FixedSum.SumOfSquares(_result.Forces) <= settings.ForceTolerance * settings.ForceTolerance;
}
