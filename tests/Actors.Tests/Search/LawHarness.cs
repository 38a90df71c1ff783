using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Telemetry;
using Glasswright.Actors.Validation;
using Glasswright.Kernels.Random;

namespace Glasswright.Actors.Tests.Search;

/// <summary>Runs searches on the toy landscape in folders of their own and compares what they answer, byte for byte.</summary>
internal sealed class LawHarness : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("glasswright-law-").FullName;
    private int _folders;

    /// <summary>A search with everything on: Hastings, reversibility, calibration, two chains, failing relaxations, repeats.</summary>
    public static SearchSettings Settings { get; } = new()
    {
        Trials = 120,
        Seed = 5,
        Replicas = 2,
        Decider = new DeciderSettings { Kind = DeciderKind.Gnn, Models = ["toy"] },
        Proposal = new ProposalSettings { BiasExponent = 2, Hastings = true, Reversible = true },
        Targets = [Target.Maximum(), Target.Mean(), Target.Quantile(0.9, 0.1), Target.Energy(direction: TargetDirection.Raise)],
        Calibration = new CalibrationSettings(0.5, 40),
        CheckpointEvery = TimeSpan.FromMilliseconds(20),
    };

    public string NewFolder() => Path.Combine(_root, $"run{++_folders}");

    /// <summary>Delays of random length after random force evaluations: yields and spins, chosen by test-own random numbers.</summary>
    public static ToyLandscape.Options Delayed(ulong key) => new()
    {
        Delay = (version, call) =>
        {
            double u = RandomStreams.Uniform(key, RandomStream.DelayTest, Environment.CurrentManagedThreadId, call, 0);
            if (u < 0.02)
            {
                Thread.SpinWait((int)(u * 100_000));
            }
            else if (u > 0.97)
            {
                Thread.Yield();
            }
        },
    };

    /// <summary>One process: runs to the end or to the failure or stop that the arguments bring about.</summary>
    public static async Task<SearchResult> RunAsync(
        string folder,
        SearchSettings settings,
        ToyLandscape.Options options,
        Func<IRunStore, IRunStore>? wrap = null,
        IProgress<SearchProgress>? progress = null,
        ValidationParts? validation = null,
        Action<string>? warn = null,
        LearningParts? learning = null,
        PauseGate? gate = null,
        RunTelemetry? telemetry = null,
        CancellationToken stop = default)
    {
        using RunFolder run = RunFolder.HoldsRun(folder) ? RunFolder.Open(folder) : RunFolder.Create(folder, OutExists.Refuse);
        using RunStore sqlite = run.OpenStore();
        options = options with { Properties = settings.Decider.Properties.Count };
        IRunStore store = wrap?.Invoke(sqlite) ?? sqlite;
        var session = new SearchSession(new SearchParts
        {
            Settings = settings,
            Start = ToyLandscape.Start(options),
            MakeEvaluator = () => new ToyLandscape(options),
            Store = store,
            Folder = run,
            Gate = gate,
            Telemetry = telemetry,
            Record = Record(settings, options),
            AcceptNewNumerics = options.AcceptNewNumerics,
            Validation = validation,
            Learning = learning,
            Warn = warn,
        });
        return await session.RunAsync(progress, stop).WaitAsync(TimeSpan.FromMinutes(10), CancellationToken.None);
    }

    /// <summary>The record of a toy's run.</summary>
    public static RunRecord Record(SearchSettings settings, ToyLandscape.Options options) =>
        new("toy", "toy", options.Numerics, "trials = 1", settings.Replicas) { Properties = settings.Decider.PropertyNames };

    /// <summary>Dies at random writes, before or after their transaction, and is resumed with torn files until it is done.</summary>
    public async Task<(string Folder, int Crashes)> RunWithCrashesAsync(SearchSettings settings, ulong key, LearningParts? learning = null)
    {
        string folder = NewFolder();
        for (int crashes = 0; ; crashes++)
        {
            var dice = new DrawSequence(key, RandomStream.SelfTest, 0, crashes);
            int dieAt = 1 + (int)dice.NextBelow(12);
            bool after = dice.NextBelow(2) == 1;
            try
            {
                await RunAsync(folder, settings, Delayed(key), store => new CrashingStore(store, dieAt, after), learning: learning);
                return (folder, crashes);
            }
            catch (SimulatedCrashException)
            {
                Tear(folder, (int)dice.NextBelow(3));
            }
        }
    }

    /// <summary>What a run answers: all of its files but the store, the lock, the log and run.json.</summary>
    public static SortedDictionary<string, string> Answer(string folder)
    {
        var answer = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in Directory.GetFiles(folder))
        {
            string name = Path.GetFileName(path);
            if (name.EndsWith(".csv", StringComparison.Ordinal) || name.EndsWith(".extxyz", StringComparison.Ordinal) ||
                name.EndsWith(".data", StringComparison.Ordinal))
            {
                answer[name] = File.ReadAllText(path);
            }
        }

        return answer;
    }

    public static void ShouldAnswerTheSame(string folder, string reference)
    {
        SortedDictionary<string, string> expected = Answer(reference), found = Answer(folder);
        found.Keys.ShouldBe(expected.Keys);
        foreach ((string name, string text) in expected)
        {
            found[name].ShouldBe(text, $"{name} of {folder}");
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>What a crash may leave: nothing, a torn line and frame, or a whole frame that was never committed.</summary>
    private static void Tear(string folder, int how)
    {
        string chain = Path.Combine(folder, "chain-0.csv"), accepted = Path.Combine(folder, "accepted-1.extxyz");
        if (how > 0 && File.Exists(chain))
        {
            File.AppendAllText(chain, "77,1,100,10");
        }

        if (how == 1 && File.Exists(accepted) && new FileInfo(accepted).Length > 10)
        {
            using FileStream file = File.OpenWrite(accepted);
            file.SetLength(file.Length - 7);
        }
        else if (how == 2 && File.Exists(accepted))
        {
            string text = File.ReadAllText(accepted);
            int last = text.LastIndexOf("\n12\n", StringComparison.Ordinal);
            File.AppendAllText(accepted, last < 0 ? "12\nnothing" : text[(last + 1)..]);
        }
    }
}
