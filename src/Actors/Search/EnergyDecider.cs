using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Search;

/// <summary>The energy decides alone: basin hopping. It comes from the relaxation, so there is nothing left to do.</summary>
internal sealed class EnergyDecider : IDecider
{
    /// <inheritdoc/>
    public string Kind => "energy";

    /// <inheritdoc/>
    public bool GivesValues => false;

    /// <inheritdoc/>
    public bool Evaluate(AtomicStructure structure, Span<double> values, CancellationToken cancel = default) => true;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
