using System.Text;

namespace Glasswright.Actors.Storage;

/// <summary>
/// The id of a run: a hash of all that decides its answer, so that the same search has the same id anywhere.
/// </summary>
internal static class RunIdentity
{
    /// <summary>The id and the text that it is the hash of.</summary>
    /// <param name="configuration">
    /// The resolved configuration in one canonical text, without <c>out</c>, <c>out-exists</c>, <c>store</c>, <c>store-lease</c>,
    /// threads, <c>samplers</c> and <c>checkpoint-every</c>, and without the paths of the inputs.
    /// </param>
    /// <param name="inputs">The inputs; their bytes count, not their names.</param>
    /// <param name="numerics">The numerics version.</param>
    public static (string Run, string Text) Compute(string configuration, IEnumerable<RunInput> inputs, string numerics)
    {
        var text = new StringBuilder(configuration).Append('\n');
        foreach (RunInput input in inputs.OrderBy(i => i.Name, StringComparer.Ordinal))
        {
            text.Append("input ").Append(input.Name).Append(' ').Append(input.Sha256).Append('\n');
        }

        text.Append("numerics ").Append(numerics).Append('\n');
        string identity = text.ToString();
        return (CanonicalStructure.Id(Encoding.UTF8.GetBytes(identity))[..16], identity);
    }
}
