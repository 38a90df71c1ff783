using System.Globalization;
using System.Text;
using Glasswright.Actors.Search;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Storage;

/// <summary>
/// <c>chain-r.csv</c> and <c>accepted-r.extxyz</c> of one replica. Opened, they are brought to what the store has: rows beyond
/// it, torn lines and torn frames are cut off, missing ones appended. Rows are not forced to the disk: the file of the chain is
/// written anew at every opening. Frames are, one by one, so that after a power cut only the last can have a hole; it is kept
/// only if it is the store's, byte for byte.
/// </summary>
internal sealed class ChainFiles : IChainProjection
{
    private readonly string _chainPath;
    private readonly string _acceptedPath;
    private readonly IReadOnlyList<string> _properties;

    // Stands behind the last row that was written.
    private readonly CompositionTrace? _composition;

    /// <summary>Opens the files of a replica and repairs them from the store.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="replica">The chain.</param>
    /// <param name="store">What they are brought to.</param>
    /// <param name="variesComposition">Whether rows tell the numbers of atoms.</param>
    /// <param name="upTo">Where the chain stood when it was looked at, if others go on with it meanwhile.</param>
    public ChainFiles(string folder, int replica, IRunStore store, bool variesComposition = false, ChainPosition? upTo = null)
    {
        _composition = variesComposition
            ? new CompositionTrace(CanonicalStructure.Decode(store.ReadVersions(replica, 0).First().Bytes))
            : null;
        _chainPath = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"chain-{replica}.csv"));
        _acceptedPath = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"accepted-{replica}.extxyz"));
        _properties = store.ReadRun()?.Properties ?? [];
        RewriteChain(store, replica, upTo?.NextTrial ?? long.MaxValue);
        RepairAccepted(store, replica, upTo?.Version ?? long.MaxValue);
    }

    /// <inheritdoc/>
    public void Append(IReadOnlyList<TrialRecord> trials, StoredVersion? next)
    {
        var text = new StringBuilder();
        foreach (TrialRecord trial in trials)
        {
            ChainRow.Append(text, trial, _properties.Count, _composition);
        }

        using (var chain = new FileStream(_chainPath, FileMode.Append, FileAccess.Write, FileShare.Read))
        {
            chain.Write(Encoding.UTF8.GetBytes(text.ToString()));
        }

        if (next is not null)
        {
            using var accepted = new FileStream(_acceptedPath, FileMode.Append, FileAccess.Write, FileShare.Read);
            ExtendedXyzFile.Append(accepted, Frame(next, _properties), _acceptedPath);
            accepted.Flush(flushToDisk: true);
        }
    }

    /// <summary>
    /// A version as a frame: columns <c>energy</c>, with a model <c>value</c>, and <c>value_NAME</c> of each further property; header
    /// <c>trial</c> and <c>energy_eV</c>.
    /// </summary>
    public static StructureFrame Frame(StoredVersion version, IReadOnlyList<string> properties)
    {
        var frame = new StructureFrame(CanonicalStructure.Decode(version.Bytes));
        frame.Columns["energy"] = version.Evaluation.AtomEnergies;
        if (version.Evaluation.Values.Length > 0)
        {
            frame.Columns["value"] = version.Evaluation.Values;
        }

        int atoms = frame.Structure.Count;
        for (int p = 0; p < properties.Count; p++)
        {
            frame.Columns["value_" + properties[p]] = version.Evaluation.Properties[(p * atoms)..((p + 1) * atoms)];
        }

        frame.Header["trial"] = version.Trial.ToString(CultureInfo.InvariantCulture);
        frame.Header["energy_eV"] = version.Evaluation.Energy.ToString(CultureInfo.InvariantCulture);
        return frame;
    }

    private void RewriteChain(IRunStore store, int replica, long end) => AtomicFile.Write(_chainPath, stream =>
    {
        var text = new StringBuilder(ChainRow.Header(_properties, _composition)).Append('\n');
        foreach (TrialRecord trial in store.ReadTrials(replica, 1).TakeWhile(trial => trial.Trial < end))
        {
            ChainRow.Append(text, trial, _properties.Count, _composition);
            if (text.Length > 1 << 16)
            {
                stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
                text.Clear();
            }
        }

        stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
    });

    private void RepairAccepted(IRunStore store, int replica, long last)
    {
        IReadOnlyList<VersionSummary> versions = [.. store.ReadSummaries(replica).Where(version => version.Number <= last)];
        using var file = new FileStream(_acceptedPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        List<long> ends = WholeFrames(file, versions);
        while (ends.Count > 0 && !LastIsOfTheStore(file, ends, store, replica))
        {
            ends.RemoveAt(ends.Count - 1);
        }

        file.SetLength(ends.LastOrDefault());
        file.Position = file.Length;
        for (int version = ends.Count; version < versions.Count; version++)
        {
            ExtendedXyzFile.Append(file, Frame(store.ReadVersions(replica, version).First(), _properties), _acceptedPath);
        }

        file.Flush(flushToDisk: true);
    }

    private bool LastIsOfTheStore(FileStream file, List<long> ends, IRunStore store, int replica)
    {
        using var expected = new MemoryStream();
        ExtendedXyzFile.Append(expected, Frame(store.ReadVersions(replica, ends.Count - 1).First(), _properties), _acceptedPath);
        long start = ends.Count > 1 ? ends[^2] : 0;
        if (ends[^1] - start != expected.Length)
        {
            return false;
        }

        var found = new byte[expected.Length];
        file.Position = start;
        file.ReadExactly(found);
        return found.AsSpan().SequenceEqual(expected.GetBuffer().AsSpan(0, found.Length));
    }

    /// <summary>Where each of the frames from the start ends that has all its lines and the store's trial.</summary>
    private static List<long> WholeFrames(FileStream file, IReadOnlyList<VersionSummary> versions)
    {
        var reader = new LineScanner(file);
        var ends = new List<long>();
        while (ends.Count < versions.Count)
        {
            if (!reader.TryLine(out string line) ||
                !int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int atoms) ||
                !reader.TryLine(out string header))
            {
                break;
            }

            string trial = string.Create(CultureInfo.InvariantCulture, $" trial={versions[ends.Count].Trial} ");
            if (!header.Contains(trial, StringComparison.Ordinal) || !reader.TrySkip(atoms))
            {
                break;
            }

            ends.Add(reader.Position);
        }

        return ends;
    }

    /// <summary>Reads whole lines and says where they end.</summary>
    private sealed class LineScanner(Stream stream)
    {
        private readonly byte[] _buffer = new byte[1 << 16];
        private int _next;
        private int _filled;

        public long Position { get; private set; }

        public bool TryLine(out string line)
        {
            var bytes = new List<byte>();
            bool whole = TryTake(bytes);
            line = Encoding.UTF8.GetString([.. bytes]);
            return whole;
        }

        public bool TrySkip(int lines)
        {
            for (int i = 0; i < lines; i++)
            {
                if (!TryTake(null))
                {
                    return false;
                }
            }

            return true;
        }

        private bool TryTake(List<byte>? into)
        {
            while (true)
            {
                if (_next == _filled)
                {
                    _filled = stream.Read(_buffer);
                    _next = 0;
                    if (_filled == 0)
                    {
                        return false;
                    }
                }

                int end = _buffer.AsSpan(_next, _filled - _next).IndexOf((byte)'\n');
                int taken = end < 0 ? _filled - _next : end;
                into?.AddRange(_buffer.AsSpan(_next, taken));
                _next += taken + (end < 0 ? 0 : 1);
                Position += taken + (end < 0 ? 0 : 1);
                if (end >= 0)
                {
                    return true;
                }
            }
        }
    }
}
