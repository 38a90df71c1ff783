using System.Diagnostics;
using System.Globalization;
using Glasswright.Kernels;

namespace Glasswright.Host.Stores;

/// <summary>In which state a private server is.</summary>
internal enum ServerState
{
    /// <summary>Stopped in order, or never started.</summary>
    Stopped,

    /// <summary>Its process lives.</summary>
    Running,

    /// <summary>It was killed: its process is gone, its notes are not. A start recovers what was committed.</summary>
    Crashed,

    /// <summary>Another machine started it and has not stopped it.</summary>
    Elsewhere,
}

/// <summary>Starts, stops and looks at the server of a folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="machine">The name of this machine.</param>
internal sealed class StoreServer(StoreFolder folder, string machine)
{
    private const long LongLog = 16 << 20;

    // A killed server's helpers notice within a second; backends at the end of their statement.
    private static readonly TimeSpan PatienceForOrphans = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(50);

    // pg_ctl keeps its own time and is to say so itself.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>The state now.</summary>
    public ServerState State
    {
        get
        {
            bool isHere = !File.Exists(folder.Machine) || File.ReadAllText(folder.Machine).Trim() == machine;
            return ServerProcess.Noted(folder) is null ? ServerState.Stopped
                : !isHere ? ServerState.Elsewhere
                : ServerProcess.Find(folder) is not null ? ServerState.Running
                : ServerState.Crashed;
        }
    }

    /// <summary>Starts the server and waits until it takes connections.</summary>
    /// <param name="settings">What it is to be.</param>
    /// <param name="listen">What it listens on.</param>
    /// <param name="programs">PostgreSQL's programs, of the version that made the data.</param>
    /// <param name="account">Who runs it.</param>
    /// <param name="takeOver">Whether the machine that started it last is known to be dead.</param>
    /// <param name="patience">How long to wait.</param>
    /// <exception cref="InputException">Another machine has it, or the port is taken.</exception>
    /// <exception cref="IOException">It did not start.</exception>
    public void Start(
        StoreSettings settings, ListenAddress listen, ServerPrograms programs, ServerAccount account, bool takeOver, TimeSpan patience)
    {
        ServerState before = State;
        if (before == ServerState.Elsewhere && !takeOver)
        {
            throw new InputException(
                "another machine started the server and has not stopped it; two servers would destroy the store",
                file: folder.Root,
                expected: "glasswright store stop there, or, if that machine is dead, --take-over",
                found: File.ReadAllText(folder.Machine).Trim());
        }

        if (before is ServerState.Crashed or ServerState.Elsewhere)
        {
            ClearNotes();
        }

        ServerPort.RequireFree(listen.Addresses, settings.Port);
        StoreCreation.Adapt(folder, folder, settings, listen, account);
        PrivateFile.Update(folder.Machine, machine + "\n", account);
        long logged = BeginLog();
        int seconds = Math.Max(1, (int)Math.Ceiling(patience.TotalSeconds));
        ChildResult result = Control(
            programs, account, patience, "start", "-w", "-s", "-t", seconds.ToString(CultureInfo.InvariantCulture), "-l", folder.Log);
        if (result.ExitCode == 0)
        {
            return;
        }

        if (State == ServerState.Running)
        {
            throw new IOException(FormattableString.Invariant(
                $"the server takes no connections after {seconds} s; it may still be recovering: ask glasswright store status {folder.Root}, or wait longer with --wait"));
        }

        File.Delete(folder.Machine);
        throw new IOException($"the server did not start: {ChildResult.MostTelling(LogSince(logged)) ?? result.Complaint}; its log is {folder.Log}");
    }

    /// <summary>Stops the server: <c>fast</c> ends connections and writes all; <c>immediate</c> leaves the rest to the next start.</summary>
    /// <exception cref="IOException">It did not stop.</exception>
    public void Stop(ServerPrograms programs, ServerAccount account, string mode, TimeSpan patience)
    {
        int seconds = Math.Max(1, (int)Math.Ceiling(patience.TotalSeconds));
        ChildResult result = Control(programs, account, patience, "stop", "-w", "-s", "-t", seconds.ToString(CultureInfo.InvariantCulture), "-m", mode);
        if (result.ExitCode != 0 && State == ServerState.Running)
        {
            throw new IOException($"the server did not stop: {result.Complaint}");
        }

        File.Delete(folder.Machine);
    }

    private ChildResult Control(ServerPrograms programs, ServerAccount account, TimeSpan patience, params IEnumerable<string> arguments) =>
        ChildProcess.Run(account.Prefix([programs.Control, "-D", folder.Data, .. arguments]), folder.Root, patience + Grace);

    // The server refuses to start while its notes name a living process, and any may have got the number: another program, a zombie,
    // or one of the machine that the folder comes from. So its notes go, those beside the socket too, once nothing works in the folder
    // any more.
    private void ClearNotes()
    {
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<int> orphans;
        while ((orphans = ServerProcess.Orphans(folder)).Count > 0)
        {
            if (Stopwatch.GetElapsedTime(start) > PatienceForOrphans)
            {
                throw new IOException($"processes of the killed server still work in {folder.Data}: {string.Join(", ", orphans)}");
            }

            Thread.Sleep(Pause);
        }

        if (ServerProcess.Noted(folder) is { } number && ServerProcess.Exists(number))
        {
            File.Delete(ServerProcess.PidFile(folder));
            foreach (string socket in Directory.EnumerateFiles(folder.Root, ".s.PGSQL.*").ToArray())
            {
                File.Delete(socket);
            }
        }
    }

    private long BeginLog()
    {
        if (File.Exists(folder.Log) && new FileInfo(folder.Log).Length > LongLog)
        {
            File.Move(folder.Log, folder.Log + ".1", overwrite: true);
        }

        return File.Exists(folder.Log) ? new FileInfo(folder.Log).Length : 0;
    }

    private string LogSince(long position)
    {
        if (!File.Exists(folder.Log))
        {
            return "";
        }

        using var stream = new FileStream(folder.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(position, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
