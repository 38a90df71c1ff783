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

    /// <summary>Requires that two labels mean the same and were made the same way: only such are learned from together.</summary>
    /// <exception cref="InputException">They differ; the message names the first difference.</exception>
    public static void RequireSame(ModelLabel expected, ModelLabel found, string file)
    {
        RequireComparable(expected, found, file);
        Require("strain step", Text(expected.Step), Text(found.Step), file);
    }

    /// <summary>
    /// Requires that two labels are of the same quantity. The strain step may differ: a coarser one finds nearly the same
    /// plastic events (<see cref="ModelUse.WarnOfLabels"/> tells of it).
    /// </summary>
    /// <exception cref="InputException">They are not; the message names the first difference.</exception>
    public static void RequireComparable(ModelLabel expected, ModelLabel found, string file)
    {
        Require("quantity", expected.Quantity, found.Quantity, file);
        Require("strain", Text(expected.Strain), Text(found.Strain), file);
        Require("lateral condition", Text(expected.Lateral), Text(found.Lateral), file);
        Require("modes", string.Join(',', expected.Modes), string.Join(',', found.Modes), file);
        Require("D2min cutoff", Text(expected.D2MinCutoff), Text(found.D2MinCutoff), file);
        Require("D2min normalization", Text(expected.D2MinNormalization), Text(found.D2MinNormalization), file);
    }

    private static void Require(string name, string expected, string found, string file)
    {
        if (expected != found)
        {
            throw new InputException($"the labels have another {name}", file: file, expected: expected, found: found);
        }
    }

    private static string Text(object? value) => value is null ? "unknown" : FormattableString.Invariant($"{value}");
}
