using System.Globalization;
using Glasswright.Actors.Search;
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

    /// <summary>Reads configuration and inputs of a run and leaves no file behind.</summary>
    public static SearchInput ReadAside(IRunStore store, RunRecord record, Session session)
    {
        string folder = Directory.CreateTempSubdirectory("glasswright-").FullName;
        try
        {
            return Read(store, record, folder, 1, session);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Makes the files of a run in a new folder, whatever the run is at.</summary>
    /// <returns>The folder and what the run came to.</returns>
    public static (string Folder, SearchResult Result) Export(Database database, RunListing listing, string path, Session session)
    {
        using RunFolder folder = RunFolder.Create(path, OutExists.Refuse);
        try
        {
            var store = new RunStore(database, listing.Run, owns: false);
            RunRecord record = store.ReadRun()!;
            SearchInput input = Read(store, record, folder.Path, 1, session);
            return (folder.Path, new SearchSession(new SearchParts
            {
                Settings = input.Settings,
                Start = input.Glass.Structure,
                MakeEvaluator = input.MakeEvaluator,
                Store = store,
                Folder = folder,
                Record = record,
                Inputs = input.Files,
            }).Export());
        }
        catch (InputException)
        {
            folder.Discard();
            throw;
        }
    }

    /// <summary>
    /// The database of a run, for verbs that look: <paramref name="run"/> is its folder, which becomes its id, or its id, with the flag of the
    /// store beside it.
    /// </summary>
    /// <exception cref="InputException">There is no such folder and no store is given, or the folder holds no run.</exception>
    public static Database Open(ref string? run, Arguments arguments, System.CommandLine.Option<string> store, Session session)
    {
        if (run is null || !Directory.Exists(run))
        {
            if (run is not null && !arguments.IsGiven(store))
            {
                throw new InputException("there is no such run folder", run, expected: "a run folder, or the id of a run with --store URL");
            }

            return new PostgresDatabase(NodeConnection.Parse(arguments.Required(store)), session.Warn, create: false, session.Stop);
        }

        string folder = run;
        if (RunFolder.FindStore(folder) is not { } file)
        {
            run = RunFolder.ReadRunId(folder);
            string kept = ConfigurationReader.Resolve(Path.Combine(folder, "config.conf"), []).Settings.Store;
            return new PostgresDatabase(NodeConnection.Parse(arguments.Text(store) ?? kept), session.Warn, create: false, session.Stop);
        }

        if (arguments.IsGiven(store))
        {
            throw new InputException("the state of this run lies in its folder", folder, expected: $"{arguments.Verb} RUN without --store");
        }

        var database = new SqliteDatabase(file, create: false);
        run = RunListing.Read(database)[0].Run;
        return database;
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
