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
        values.Clear();
        IReadOnlyList<LoadingMode> modes = settings.Definition.Modes;
        foreach (LoadingMode mode in modes)
        {
            using var field = new VectorEam(tables);
            ModeResult result = LabelUnit.Compute(field, structure, settings, mode, null, cancel);
            if (result.Outcome == QuasistaticOutcome.Canceled)
            {
                return false;
            }

            // In the order of the modes, as ModeLabelTable.Average sums them.
            double[] found = result.LnD2Min[0];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] += found[i];
            }
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] /= modes.Count;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
