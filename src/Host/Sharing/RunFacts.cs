using System.Text;
using System.Text.Json.Nodes;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Validation;
using Glasswright.Host.Commands;

namespace Glasswright.Host.Sharing;

/// <summary>What a run's own record says of it, for those who describe it.</summary>
internal sealed record RunFacts
{
    /// <summary>The run's id.</summary>
    public required string Run { get; init; }

    /// <summary>What it is at.</summary>
    public required RunState State { get; init; }

    /// <summary>Settings, structure, potential and model.</summary>
    public required SearchInput Input { get; init; }

    /// <summary>The numerics that compute it, earlier ones of forks before.</summary>
    public required IReadOnlyList<string> Numerics { get; init; }

    /// <summary>The constants; null before they were fixed.</summary>
    public required CalibrationResult? Calibration { get; init; }

    /// <summary>Committed trials of all chains.</summary>
    public required long Trials { get; init; }

    /// <summary>Of these accepted.</summary>
    public required long Accepted { get; init; }

    /// <summary>What was decided about the model; empty where nothing is learned.</summary>
    public required IReadOnlyList<LearningRecord> Learning { get; init; }

    /// <summary>Accepted structures that true simulation validated, of all chains.</summary>
    public required IReadOnlyList<ValidationRecord> Validations { get; init; }

    /// <summary>Version of the program that began it, from <c>run.json</c>; null of a run without a folder here.</summary>
    public string? Version { get; init; }

    /// <summary>The potential's first line.</summary>
    public required string PotentialLine { get; init; }

    /// <summary>The potential as kept.</summary>
    public RunInput Potential => Input.Files.First(file => file.Name == SearchInput.PotentialRole);

    /// <summary>Reads a run.</summary>
    /// <param name="store">The run.</param>
    /// <param name="listing">Its row.</param>
    /// <param name="folder">Its folder; null for a run of a store alone.</param>
    /// <param name="session">For warnings.</param>
    public static RunFacts Read(RunStore store, RunListing listing, string? folder, Session session)
    {
        RunRecord record = store.ReadRun()!;
        SearchInput input = StoredRun.ReadAside(store, record, session);
        IReadOnlyList<ChainPosition> positions = store.ReadPositions();
        ChainTotals[] chains = [.. positions.Select(chain => store.ReadTotals(chain.Replica))];
        byte[] potential = input.Files.First(file => file.Name == SearchInput.PotentialRole).Bytes;
        int end = Array.IndexOf(potential, (byte)'\n');
        return new RunFacts
        {
            Run = listing.Run,
            State = listing.State,
            Input = input,
            Numerics = [.. store.ReadForks().Select(fork => fork.Previous).Append(record.Numerics).Distinct(StringComparer.Ordinal)],
            Calibration = store.ReadCalibration(),
            Trials = chains.Sum(chain => chain.Trials),
            Accepted = chains.Sum(chain => chain.Accepted),
            Learning = store.ReadLearning(),
            Validations = [.. positions.SelectMany(chain => store.ReadValidations(chain.Replica))],
            Version = ReadVersion(folder),
            PotentialLine = Encoding.UTF8.GetString(potential.AsSpan(0, end < 0 ? 0 : end)).TrimEnd('\r'),
        };
    }

    private static string? ReadVersion(string? folder)
    {
        string? path = folder is null ? null : Path.Combine(folder, "run.json");
        return path is not null && File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path))?["version"]?.GetValue<string>() : null;
    }
}
