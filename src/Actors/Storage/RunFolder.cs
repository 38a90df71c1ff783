using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Glasswright.Actors.Acceptance;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Storage;

/// <summary>What to do when the folder of a new run already holds one.</summary>
internal enum OutExists
{
    /// <summary>Refuse.</summary>
    Refuse,

    /// <summary>Take the next free of <c>name-2</c>, <c>name-3</c>, ….</summary>
    Number,
}

/// <summary>
/// The folder of a run: everything in it but <c>run.db</c>, <c>config.conf</c> and the logs is a projection of the store.
/// Held by one process at a time through a locked file.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string StoreName = "run.db";
    private const string LockName = ".lock";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    // What a run has written before its constants are fixed. Chain files come after.
    private static readonly string[] FirstFiles =
        [StoreName, StoreName + "-wal", StoreName + "-shm", "run.json", "config.conf", "log.txt", "log.jsonl", LockName];

    // Any of these tells of a run, whatever became of its store.
    private static readonly string[] Results = ["run.json", "chain-0.csv"];

    private readonly FileStream _lock;
    private readonly List<string> _madeFolders = [];
    private readonly HashSet<string> _foundFiles = [];
    private string? _latestBefore;
    private bool _discard;

    private RunFolder(string path)
    {
        for (string? folder = System.IO.Path.GetFullPath(path); folder is not null && !Directory.Exists(folder);
            folder = System.IO.Path.GetDirectoryName(folder))
        {
            _madeFolders.Add(folder);
        }

        Path = path;
        try
        {
            Directory.CreateDirectory(path);
            _foundFiles.UnionWith(FirstFiles.Where(name => File.Exists(Within(name))));
            _lock = new FileStream(Within(LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException busy) when (IsSharingViolation(busy))
        {
            throw new InputException("another process works in this run folder", path, inner: busy);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                "the run folder cannot be written",
                path,
                expected: "a folder with write permission and free space",
                found: denied.Message,
                inner: denied);
        }
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether this process made the run, rather than going on with it.</summary>
    public bool IsNew { get; private init; }

    /// <summary>Whether the run's store is a file in here, rather than a database elsewhere.</summary>
    public bool HasOwnStore { get; private init; } = true;

    /// <summary>The id in <c>run.json</c>; null where there is none.</summary>
    public string? RunId => ReadRunId(Path);

    /// <summary>Where the log belongs.</summary>
    public string LogPath => Within("log.txt");

    /// <summary>Where the resolved configuration is kept.</summary>
    public string ConfigurationPath => Within("config.conf");

    /// <summary>Makes the folder of a new run and links <c>latest</c> to it where it lies in a folder <c>runs</c>.</summary>
    /// <exception cref="InputException">It holds a run already, and <paramref name="exists"/> refuses.</exception>
    public static RunFolder Create(string path, OutExists exists)
    {
        string free = path;
        for (int number = 2; HoldsRun(free); number++)
        {
            if (exists == OutExists.Refuse)
            {
                throw new InputException(
                    "this folder already holds a run",
                    path,
                    expected: $"--resume {path} to go on with it, or --out with another folder");
            }

            free = path + "-" + number.ToString(CultureInfo.InvariantCulture);
        }

        // A file of one of the run's names where no run has ever been is somebody's own.
        if (!File.Exists(System.IO.Path.Combine(free, LockName)) && !File.Exists(System.IO.Path.Combine(free, StoreName)) &&
            FirstFiles.FirstOrDefault(name => File.Exists(System.IO.Path.Combine(free, name))) is { } own)
        {
            throw new InputException(
                "the run would write over this file", System.IO.Path.Combine(free, own), expected: "a new or empty folder for the run");
        }

        var folder = new RunFolder(free) { IsNew = true };
        folder.RemoveStoreNeverBegun();
        folder.LinkLatest();
        return folder;
    }

    /// <summary>
    /// Where the run of a folder has its store: the file, or null where it is elsewhere, as the folder's configuration says. Takes nothing
    /// of the folder, so that a run can be looked at while a process works on it.
    /// </summary>
    /// <exception cref="InputException">It holds no run, or the run's store is gone.</exception>
    public static string? FindStore(string path) =>
        HoldsStore(path) ? System.IO.Path.Combine(path, StoreName)
        : HoldsNoStoreFile(path) ? null
        : throw new InputException("this folder holds no run", path, expected: "a folder in which `search CONFIG` began one");

    /// <summary>Opens the folder of a run to go on with it. A link such as <c>runs/latest</c> is followed.</summary>
    /// <exception cref="InputException">It holds no run, or the run's store is gone.</exception>
    public static RunFolder Open(string path)
    {
        string target = Directory.Exists(path)
            ? new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path
            : path;
        if (!HoldsRun(target))
        {
            throw new InputException(
                "this folder holds no run to resume", path, expected: "a folder in which `search CONFIG` began a run");
        }

        return HoldsStore(target) || HoldsNoStoreFile(target)
            ? new RunFolder(target) { HasOwnStore = HoldsStore(target) }
            : throw new InputException(
                "this folder holds files of a run, but the run itself is gone",
                path,
                expected: $"the file {StoreName} in which the run was begun",
                found: File.Exists(System.IO.Path.Combine(target, StoreName)) ? "one without a run" : "none");
    }

    /// <summary>
    /// Whether a folder holds a run, or results of one whose store is gone: a new run would write over them. A process that died
    /// while it made its store left none: there is nothing to go on with and nothing to lose.
    /// </summary>
    public static bool HoldsRun(string path) =>
        HoldsStore(path) || Results.Any(name => File.Exists(System.IO.Path.Combine(path, name)));

    /// <summary>The id in a folder's <c>run.json</c>; null where there is none.</summary>
    public static string? ReadRunId(string path)
    {
        string document = System.IO.Path.Combine(path, "run.json");
        return File.Exists(document) ? JsonNode.Parse(File.ReadAllBytes(document))?["run"]?.GetValue<string>() : null;
    }

    // A run of a database elsewhere: its configuration says where, and its document which.
    private static bool HoldsNoStoreFile(string path) =>
        !File.Exists(System.IO.Path.Combine(path, StoreName)) &&
        File.Exists(System.IO.Path.Combine(path, "config.conf")) &&
        File.ReadLines(System.IO.Path.Combine(path, "config.conf")).Any(
            line => line.TrimStart().StartsWith("store", StringComparison.Ordinal) && line.Contains("postgres", StringComparison.Ordinal));

    private static bool HoldsStore(string path)
    {
        string store = System.IO.Path.Combine(path, StoreName);
        return File.Exists(store) && SqliteDatabase.HoldsRun(store);
    }

    // Under the folder's lock, so that no other process is about to begin its run there.
    private void RemoveStoreNeverBegun()
    {
        if (HoldsRun(Path))
        {
            throw new InputException("another process began a run in this folder just now", Path);
        }

        foreach (string name in new[] { StoreName, StoreName + "-wal", StoreName + "-shm" })
        {
            File.Delete(Within(name));

            // What will lie there from now on is this run's, and goes with it.
            _foundFiles.Remove(name);
        }
    }

    /// <summary>Opens the run's own store; only a new run makes one.</summary>
    public RunStore OpenStore() => new(new SqliteDatabase(Within(StoreName), create: IsNew));

    /// <summary>Opens the files of one chain.</summary>
    /// <param name="replica">The chain.</param>
    /// <param name="store">What it is brought to.</param>
    /// <param name="variesComposition">Whether its rows tell the numbers of atoms.</param>
    /// <param name="upTo">Where it stood when it was looked at, if others go on with it meanwhile.</param>
    public IChainProjection OpenChain(int replica, IRunStore store, bool variesComposition = false, ChainPosition? upTo = null) =>
        new ChainFiles(Path, replica, store, variesComposition, upTo);

    /// <summary>Writes the resolved configuration.</summary>
    public void WriteConfiguration(string text) =>
        AtomicFile.Write(ConfigurationPath, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes <c>run.json</c>.</summary>
    public void WriteDocument(JsonObject document) => AtomicFile.Write(
        Within("run.json"), stream => stream.Write(Encoding.UTF8.GetBytes(document.ToJsonString(Indented) + "\n")));

    /// <summary>
    /// Writes <c>exchanges.csv</c>: every exchange of rungs that was tried, one a row. Nothing where there was none.
    /// </summary>
    public void WriteExchanges(IRunStore store)
    {
        IReadOnlyList<ExchangeRecord> exchanges = store.ReadExchanges();
        if (exchanges.Count == 0)
        {
            return;
        }

        var text = new StringBuilder("round,ladder,pair,replica_low,replica_high,probability,accepted\n");
        foreach (ExchangeRecord e in exchanges)
        {
            text.Append(CultureInfo.InvariantCulture, $"{e.Round},{e.Ladder},{e.Pair},{e.ReplicaLow},{e.ReplicaHigh},");
            text.Append(CultureInfo.InvariantCulture, $"{e.Probability},{(e.Accepted ? 1 : 0)}\n");
        }

        AtomicFile.Write(Within("exchanges.csv"), stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>
    /// Writes <c>best.*</c>, <c>final.*</c> and <c>final-r.extxyz</c>. Best is that of <see cref="BestVersion"/> with rung 0's constants.
    /// </summary>
    public void WriteStructures(IRunStore store, int replicas, MultiTargetRule rule)
    {
        IReadOnlyList<string> properties = store.ReadRun()?.Properties ?? [];
        int generation = Learning.LearningRecord.GenerationAfter(store.ReadLearning());
        ((int replica, long version), StoredVersion? within) = BestVersion.Find(store, replicas, rule, generation);
        WriteBoth("best", ChainFiles.Frame(within ?? store.ReadRenewed(replica, version)!, properties));
        for (int r = 0; r < replicas; r++)
        {
            StructureFrame last = ChainFiles.Frame(store.ReadChain(r)!.Structure, properties);
            string name = string.Create(CultureInfo.InvariantCulture, $"final-{r}.extxyz");
            ExtendedXyzFile.Write(Within(name), last);
            if (r == 0)
            {
                WriteBoth("final", last);
            }
        }
    }

    /// <summary>
    /// Puts an input of the run into a file, for readers that want one, and returns its path: the run goes on though the
    /// original was moved or changed. Each lies in a folder of its role: two inputs may have one name, and readers choose by it.
    /// </summary>
    public string Materialize(RunInput input) => Materialize(Path, input);

    /// <summary>The same below any folder.</summary>
    public static string Materialize(string root, RunInput input)
    {
        string folder = System.IO.Path.Combine(root, "inputs", input.Name);
        Directory.CreateDirectory(folder);
        string path = System.IO.Path.Combine(folder, input.FileName);
        if (!File.Exists(path) || CanonicalStructure.Id(File.ReadAllBytes(path)) != input.Sha256)
        {
            AtomicFile.Write(path, stream => stream.Write(input.Bytes));
        }

        return path;
    }

    /// <summary>Says in <c>run.json</c> how the run stands here, where its store cannot be asked for the rest.</summary>
    public void WriteOutcome(string outcome)
    {
        if (File.Exists(Within("run.json")) && JsonNode.Parse(File.ReadAllBytes(Within("run.json"))) is JsonObject document)
        {
            document["outcome"] = outcome;
            WriteDocument(document);
        }
    }

    /// <summary>
    /// Takes a new run back that came to nothing: with the folder's release its files are removed, the folders made for them,
    /// and the link <c>latest</c> to it. What lay there before stays.
    /// </summary>
    public void Discard() => _discard = IsNew;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_discard)
        {
            _lock.Dispose();
            return;
        }

        UnlinkLatest();
        foreach (string name in FirstFiles.Where(name => !_foundFiles.Contains(name)))
        {
            if (name == LockName)
            {
                // Last, since until here nobody else may begin a run; some systems do not remove a file that is open.
                _lock.Dispose();
            }

            File.Delete(Within(name));
        }

        _lock.Dispose();
        foreach (string folder in _madeFolders.TakeWhile(folder => !Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            Directory.Delete(folder);
        }
    }

    /// <summary>Whether a file is held by another process, by the number that the system gives for it.</summary>
    private static bool IsSharingViolation(IOException error)
    {
        const int WindowsSharingViolation = unchecked((int)0x80070020);
        const int LinuxWouldBlock = 11, BsdWouldBlock = 35;
        return error.HResult == (OperatingSystem.IsWindows() ? WindowsSharingViolation
            : OperatingSystem.IsLinux() ? LinuxWouldBlock : BsdWouldBlock);
    }

    private string Within(string name) => System.IO.Path.Combine(Path, name);

    private void WriteBoth(string name, StructureFrame frame)
    {
        ExtendedXyzFile.Write(Within(name + ".extxyz"), frame);

        // LAMMPS has no words for a cell in another orientation; the extended XYZ file says it all.
        if (frame.Structure.Cell.IsRestricted)
        {
            LammpsDataFile.Write(Within(name + ".data"), frame);
        }
    }

    private void LinkLatest()
    {
        string full = System.IO.Path.GetFullPath(Path);
        string? parent = System.IO.Path.GetDirectoryName(full);
        if (parent is null || System.IO.Path.GetFileName(parent) != "runs")
        {
            return;
        }

        string link = System.IO.Path.Combine(parent, "latest");
        var present = new DirectoryInfo(link);
        if (present.LinkTarget is null && (present.Exists || File.Exists(link)))
        {
            // Something of the user's own lies there.
            return;
        }

        if (present.LinkTarget is not null)
        {
            _latestBefore = present.LinkTarget;
            present.Delete();
        }

        Directory.CreateSymbolicLink(link, System.IO.Path.GetFileName(full));
    }

    private void UnlinkLatest()
    {
        string full = System.IO.Path.GetFullPath(Path);
        var link = new DirectoryInfo(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(full) ?? full, "latest"));
        if (link.LinkTarget != System.IO.Path.GetFileName(full))
        {
            return;
        }

        link.Delete();
        if (_latestBefore is not null)
        {
            Directory.CreateSymbolicLink(link.FullName, _latestBefore);
        }
    }
}
