using Glasswright.Host.Configuration;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Configured = Glasswright.Host.Configuration.Settings;

namespace Glasswright.Host.Commands;

/// <summary>The group <c>label</c> of a configuration in the words of the kernels, with the flags over it.</summary>
internal static class LabelMethod
{
    /// <summary>Translates and checks; what a flag does not say is the configuration's.</summary>
    /// <param name="configuration">The configuration; the reference alone without a file.</param>
    /// <param name="strains">The strains of a flag; null without.</param>
    /// <param name="step">The step of a flag; null without.</param>
    /// <param name="lateral">The name of the lateral condition of a flag; null without.</param>
    /// <exception cref="InputException">Step and strains do not go together, or there is no such condition.</exception>
    public static LabelSettings Translate(
        ResolvedConfiguration configuration, IReadOnlyList<double>? strains = null, double? step = null, string? lateral = null)
    {
        Configured.LabelSettings label = configuration.Settings.Label;
        var definition = new LabelDefinition
        {
            Strains = strains ?? label.Strains,
            Modes = [.. label.Modes.Select(mode => LoadingMode.Parse(mode))],
            Lateral = LateralConditions.Parse(lateral ?? label.Lateral),
            Step = step ?? label.Step,
            ForceTolerance = label.ForceTolerance,
            Cutoff = label.NeighborCutoff,
            DividedByNeighbors = label.DivideByNeighbors,
        };
        if (strains is null && step is null)
        {
            RequireReached(configuration, definition);
        }

        return new LabelSettings { Definition = definition, MaxEvaluations = label.MaxEvaluations };
    }

    /// <summary>What a label at one strain is, for a group of settings of its own; what it leaves out is that of <c>label</c>.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="group">The group, such as <c>search.decider</c>, for messages.</param>
    /// <param name="strain">The strain.</param>
    /// <param name="step">The strain of one step; null for that of <c>label</c>.</param>
    /// <param name="lateral">The lateral condition; null for that of <c>label</c>.</param>
    /// <param name="modes">The loading modes; null for those of <c>label</c>.</param>
    /// <exception cref="InputException">Strain and step do not go together.</exception>
    public static LabelSettings AtStrain(
        ResolvedConfiguration configuration, string group, double strain, double? step, string? lateral, IReadOnlyList<string>? modes)
    {
        LabelSettings label = Translate(configuration, [strain], step, lateral);
        LabelDefinition definition = label.Definition with
        {
            Modes = modes is not null ? [.. modes.Select(mode => LoadingMode.Parse(mode))] : label.Definition.Modes,
        };
        try
        {
            definition.Validate();
        }
        catch (InputException error)
        {
            throw configuration.Fault($"{group}.strain", $"and its step do not go together: {error.Problem}", error.Expected, error.Found);
        }

        return label with { Definition = definition };
    }

    /// <summary>Names the line of the configuration, which the kernels do not know.</summary>
    private static void RequireReached(ResolvedConfiguration configuration, LabelDefinition definition)
    {
        try
        {
            definition.Validate();
        }
        catch (InputException error)
        {
            throw configuration.Fault(
                "label.strains", $"and label.step do not go together: {error.Problem}", error.Expected, error.Found);
        }
    }
}
