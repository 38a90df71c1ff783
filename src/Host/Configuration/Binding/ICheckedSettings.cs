namespace Glasswright.Host.Configuration.Binding;

/// <summary>Settings that have to fit each other; checked after each of them was found good on its own.</summary>
internal interface ICheckedSettings
{
    /// <summary>What does not fit, if anything.</summary>
    IEnumerable<SettingFault> Check();
}

/// <summary>Something wrong with one setting in the light of others.</summary>
/// <param name="Key">The setting to blame, as a path below the record that reports it.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Nearest">The nearest valid name, if it looks like a misspelling.</param>
internal sealed record SettingFault(string Key, string Problem, string Expected, string? Nearest = null)
{
    /// <summary>
    /// The other settings that the problem lies between: where the blamed one only has its default, the line of the first
    /// of these that the user gave is named.
    /// </summary>
    public IReadOnlyList<string> Others { get; init; } = [];
}
