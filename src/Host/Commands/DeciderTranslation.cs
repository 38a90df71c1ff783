using Glasswright.Actors.Search;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Chain = Glasswright.Actors.Search;
using Configured = Glasswright.Host.Configuration.Settings;

namespace Glasswright.Host.Commands;

/// <summary>The decider of a configuration in the words of the actors.</summary>
internal static class DeciderTranslation
{
    /// <summary>Translates and checks; nothing is read.</summary>
    /// <exception cref="InputException">Strain and step do not go together.</exception>
    public static Chain.DeciderSettings Translate(ResolvedConfiguration configuration)
    {
        Configured.DeciderSettings decider = configuration.Settings.Search.Decider;
        return new Chain.DeciderSettings
        {
            Kind = decider.Kind switch
            {
                DeciderChoice.Gnn => DeciderKind.Gnn,
                DeciderChoice.Energy => DeciderKind.Energy,
                DeciderChoice.Aqs => DeciderKind.Aqs,
                DeciderChoice.Random => DeciderKind.Random,
                var other => throw new InvalidOperationException($"No decider {other}."),
            },
            Models = decider.Model ?? [],
            Kappa = decider.Kappa,
            Properties = [.. decider.Properties.Select(property => new Chain.PropertySettings(property.Name, property.Model, property.Kappa))],
            Loading = decider.Kind == DeciderChoice.Aqs ? Loading(configuration, decider) : null,
            Acceptance = decider.Acceptance,
            Temperature = decider.Temperature,
            Constant = decider.Constant,
        };
    }

    /// <summary>What the decider leaves out is that of the group <c>label</c>.</summary>
    private static Kernels.Deformation.LabelSettings Loading(ResolvedConfiguration configuration, Configured.DeciderSettings decider)
    {
        Kernels.Deformation.LabelSettings label = LabelMethod.Translate(
            configuration, [decider.Strain], decider.Step, decider.Lateral);
        LabelDefinition definition = label.Definition with
        {
            Modes = decider.Modes is { } modes ? [.. modes.Select(mode => LoadingMode.Parse(mode))] : label.Definition.Modes,
        };
        try
        {
            definition.Validate();
        }
        catch (InputException error)
        {
            throw configuration.Fault(
                "search.decider.strain", $"and its step do not go together: {error.Problem}", error.Expected, error.Found);
        }

        return label with { Definition = definition };
    }
}
