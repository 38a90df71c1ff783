using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using ModelLabel = Glasswright.Models.Storage.LabelDefinition;

namespace Glasswright.Host.Commands;

/// <summary>What label files say they mean, in the words that model files use.</summary>
internal static class LabelMeaning
{
    /// <summary>The meaning of the labels of one strain.</summary>
    public static ModelLabel At(LabelDefinition definition, double strain) => new()
    {
        Quantity = ModelLabel.LogD2Min,
        Strain = strain,
        Step = definition.Step,
        Lateral = definition.Lateral.Name(),
        Modes = [.. definition.Modes.Select(mode => mode.Name)],
        D2MinCutoff = definition.Cutoff,
        D2MinNormalization = definition.DividedByNeighbors ? "mean" : "sum",
    };

    /// <summary>Requires that two labels mean the same: mixing them would compare what cannot be compared.</summary>
    /// <exception cref="InputException">They differ; the message names the first difference.</exception>
    public static void RequireSame(ModelLabel expected, ModelLabel found, string file)
    {
        (string Name, string Expected, string Found)[] parts =
        [
            ("quantity", expected.Quantity, found.Quantity),
            ("strain", Text(expected.Strain), Text(found.Strain)),
            ("lateral condition", Text(expected.Lateral), Text(found.Lateral)),
            ("modes", string.Join(',', expected.Modes), string.Join(',', found.Modes)),
            ("strain step", Text(expected.Step), Text(found.Step)),
            ("D2min cutoff", Text(expected.D2MinCutoff), Text(found.D2MinCutoff)),
            ("D2min normalization", Text(expected.D2MinNormalization), Text(found.D2MinNormalization)),
        ];
        foreach ((string name, string wanted, string present) in parts)
        {
            if (wanted != present)
            {
                throw new InputException($"the labels have another {name}", file: file, expected: wanted, found: present);
            }
        }
    }

    private static string Text(object? value) => value is null ? "unknown" : FormattableString.Invariant($"{value}");
}
