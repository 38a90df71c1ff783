using System.Globalization;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Reports;

/// <summary>
/// <c>accepted-r.extxyz</c>: the structures that one chain stood in, read once from front to end with only two of them in memory.
/// </summary>
internal sealed class AcceptedPath
{
    /// <summary>The column of per-atom values.</summary>
    public const string ValueColumn = "value";

    /// <summary>The column of per-atom energies, eV.</summary>
    public const string EnergyColumn = "energy";

    /// <summary>Width of the rings around a swapped pair in which changes are averaged, Å.</summary>
    public const double RingWidth = 1;

    private readonly List<double> _trials = [];
    private readonly List<double> _energies = [];
    private readonly List<double> _means = [];
    private readonly List<Moments> _rings = [];

    private AcceptedPath(int replica, StructureFrame first)
    {
        Replica = replica;
        First = Last = first;
    }

    /// <summary>The chain.</summary>
    public int Replica { get; }

    /// <summary>Version 0.</summary>
    public StructureFrame First { get; }

    /// <summary>The newest version.</summary>
    public StructureFrame Last { get; private set; }

    /// <summary>The trial that made each structure; 0 of the start.</summary>
    public IReadOnlyList<double> Trials => _trials;

    /// <summary>Energies, eV.</summary>
    public IReadOnlyList<double> Energies => _energies;

    /// <summary>Means of the values; NaN without a model.</summary>
    public IReadOnlyList<double> Means => _means;

    /// <summary>Changes of the values at an accepted swap: the swapped pair first, then the others by rings of distance from its nearer atom.</summary>
    public IReadOnlyList<Moments> Rings => _rings;

    /// <summary>How many swaps <see cref="Rings"/> is over.</summary>
    public int Swaps { get; private set; }

    /// <summary>What stood in the way of reading to the end; null if nothing did.</summary>
    public string? Torn { get; private set; }

    /// <summary>Reads the structures of a chain; null if the file holds none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="chain">The chain's trials, which name the swapped pairs.</param>
    /// <param name="isGrowing">Whether its last structure may be half written.</param>
    public static AcceptedPath? Read(string path, ChainTable chain, bool isGrowing)
    {
        AcceptedPath? result = null;
        using IEnumerator<StructureFrame> frames = ExtendedXyzFile.ReadFrames(path).GetEnumerator();
        Dictionary<double, int> accepted = chain.Steps.ToDictionary(i => chain.Trial[i]);
        while (true)
        {
            try
            {
                if (!frames.MoveNext())
                {
                    break;
                }
            }
            catch (InputException torn) when (isGrowing && result is not null)
            {
                result.Torn = torn.Message;
                break;
            }

            result ??= new AcceptedPath(chain.Replica, frames.Current);
            result.Take(frames.Current, chain, accepted);
        }

        return result;
    }

    private void Take(StructureFrame frame, ChainTable chain, Dictionary<double, int> accepted)
    {
        double trial = Header(frame, "trial");

        // Without relaxation a structure ends a stretch of many acceptances, and no change belongs to one swap.
        bool oneSwap = _trials.Count > 0 && accepted.TryGetValue(trial, out int at) && Between(chain, _trials[^1], at) == 0;
        if (oneSwap && frame.Columns.TryGetValue(ValueColumn, out double[]? values) && Last.Columns.TryGetValue(ValueColumn, out double[]? before))
        {
            int row = accepted[trial];
            AddChanges(frame.Structure, values, before, frame.Structure.IndexOf((long)chain.AtomA[row]), frame.Structure.IndexOf((long)chain.AtomB[row]));
        }

        _trials.Add(trial);
        _energies.Add(Header(frame, "energy_eV"));
        _means.Add(frame.Columns.TryGetValue(ValueColumn, out double[]? all) ? Statistics.Mean(all) : double.NaN);
        Last = frame;
    }

    /// <summary>Acceptances after a trial and before a row.</summary>
    private static int Between(ChainTable chain, double trial, int row)
    {
        int count = 0;
        for (int i = row - 1; i >= 0 && chain.Trial[i] > trial; i--)
        {
            count += chain.Accepted[i] ? 1 : 0;
        }

        return count;
    }

    private void AddChanges(AtomicStructure structure, double[] values, double[] before, int a, int b)
    {
        if (a < 0 || b < 0)
        {
            return;
        }

        Swaps++;
        Vector3 widths = structure.Cell.PerpendicularWidths;
        double most = Math.Min(widths.X, Math.Min(widths.Y, widths.Z)) / 2;
        for (int i = 0; i < structure.Count; i++)
        {
            double distance = Math.Min(Distance(structure, i, a), Distance(structure, i, b));
            int ring = i == a || i == b ? 0 : 1 + (int)(distance / RingWidth);

            // Beyond half of the cell a ring is cut off by the images.
            if (distance > most)
            {
                continue;
            }

            while (_rings.Count <= ring)
            {
                _rings.Add(new Moments());
            }

            _rings[ring].Add(values[i] - before[i]);
        }
    }

    private static double Distance(AtomicStructure structure, int i, int j)
    {
        Cell cell = structure.Cell;
        Vector3 f = cell.ToFractional(structure.Position(i)) - cell.ToFractional(structure.Position(j));
        return (cell.Vectors * new Vector3(f.X - Math.Round(f.X), f.Y - Math.Round(f.Y), f.Z - Math.Round(f.Z))).Length;
    }

    private static double Header(StructureFrame frame, string name) =>
        frame.Header.TryGetValue(name, out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : double.NaN;
}
