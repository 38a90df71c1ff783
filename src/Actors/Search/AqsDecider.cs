using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Search;

/// <summary>
/// The true simulation decides: z_i is the label of atom i, the mean over the loading modes of ln(D²min/Å²) at one strain, the bits
/// that <c>label</c> writes for the same structure. The modes run one after the other in the sampler's thread, each on a force field of its
/// own as there.
/// </summary>
/// <remarks>
/// An atom that is invalid in any mode is NaN, all atoms where a mode ends before the strain. Such a structure is rejected: to leave atoms
/// out would let a chain lower its targets by making its softest atoms invalid.
/// </remarks>
/// <param name="tables">The potential.</param>
/// <param name="settings">What a label is; of one strain.</param>
internal sealed class AqsDecider(EamTables tables, LabelSettings settings) : IDecider
{
    /// <inheritdoc/>
    public string Kind => "aqs";

    /// <inheritdoc/>
    public bool GivesValues => true;

    /// <inheritdoc/>
    public bool Evaluate(AtomicStructure structure, Span<double> values, CancellationToken cancel = default)
    {
        IReadOnlyList<LoadingMode> modes = settings.Definition.Modes;
        var found = new double[modes.Count][];
        for (int m = 0; m < found.Length; m++)
        {
            using var field = new VectorEam(tables);
            ModeResult result = LabelUnit.Compute(field, structure, settings, modes[m], null, cancel);
            if (result.Outcome == QuasistaticOutcome.Canceled)
            {
                return false;
            }

            found[m] = result.LnD2Min[0];
        }

        ModeMean.Compute(found, values);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
