using System.Text.RegularExpressions;
using Glasswright.Host.Configuration.Binding;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>A property of every atom beside the decider's z: <c>{ name = strength, model = a.safetensors }</c>.</summary>
internal sealed partial record PropertySettings : ICheckedSettings
{
    /// <summary>What targets and columns call it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The model file, or those of an ensemble.</summary>
    [InputPath]
    [OneOrMore]
    [MinimumCount(1)]
    public IReadOnlyList<string> Model { get; init; } = [];

    /// <summary>κ of an ensemble: value = mean + κ·spread.</summary>
    [Default("0")]
    public double Kappa { get; init; }

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        // It becomes part of columns in CSV and extended XYZ.
        if (!Word().IsMatch(Name))
        {
            yield return new SettingFault("name", "is not one that columns can bear", "letters, digits and underscores, a letter first");
        }

        if (Kappa != 0 && Model.Count < 2)
        {
            yield return new SettingFault("kappa", "weighs the spread of an ensemble, and there is none", "0, or two models and more");
        }
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_]*\z")]
    private static partial Regex Word();
}
