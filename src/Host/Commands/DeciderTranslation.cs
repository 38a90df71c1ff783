using Glasswright.Actors.Search;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
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
            Loading = decider.Kind == DeciderChoice.Aqs
                ? LabelMethod.AtStrain(configuration, "search.decider", decider.Strain, decider.Step, decider.Lateral, decider.Modes)
                : null,
            Acceptance = decider.Acceptance,
            Temperature = decider.Temperature,
            Constant = decider.Constant,
        };
    }
}
