using System.Globalization;
using Glasswright.Actors.Storage;
using Glasswright.Host.Configuration;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary>A run as a store has it: all that is needed to work on it or to look at it.</summary>
internal static class StoredRun
{
    /// <summary>Reads configuration and inputs of a run.</summary>
    /// <param name="store">The run.</param>
    /// <param name="record">Its own row.</param>
    /// <param name="folder">Where files may lie that readers want.</param>
    /// <param name="samplers">How many samplers there will be.</param>
    /// <param name="session">For warnings.</param>
    public static SearchInput Read(IRunStore store, RunRecord record, string folder, int samplers, Session session)
    {
        string path = Path.Combine(folder, "config.conf");
        File.WriteAllText(path, record.Configuration);
        ResolvedConfiguration configuration = ConfigurationReader.Resolve(
            path, [string.Create(CultureInfo.InvariantCulture, $"search.samplers={samplers}")]);
        return SearchInput.Resume(configuration, folder, store.ReadInputs(), session);
    }

    /// <summary>The configuration of a run; nothing of its inputs is read.</summary>
    public static ResolvedConfiguration ReadConfiguration(RunRecord record)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, record.Configuration);
            return ConfigurationReader.Resolve(path, []);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The run with an id, or the only one of a store.</summary>
    /// <exception cref="InputException">There is no such run.</exception>
    public static RunListing Find(Database database, string? run)
    {
        IReadOnlyList<RunListing> runs = RunListing.Read(database);
        string[] ids = [.. runs.Select(listing => listing.Run)];
        return runs.FirstOrDefault(listing => listing.Run == run) ?? throw new InputException(
            "the store has no such run",
            run,
            expected: ids.Length == 0 ? "a run; there is none yet" : string.Join(", ", ids),
            nearest: run is null ? null : Kernels.Formats.NearestName.Find(run, ids));
    }
}
