using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Neighbors;

/// <summary>
/// Builds the outer list of <see cref="HalfNeighborList"/>: slots along the curve, ghosts, and all pairs within a reach, each
/// once, found in the half stencil of bins. Owns the buffers, which grow and are reused.
/// </summary>
/// <remarks>
/// The half stencil of a bin are the bins up to two beyond it along the first direction; in its own layer those up to two beyond
/// along the second; in its own row those up to two beyond along the third; and itself, where the lower slot has the pair. Ghosts stand in
/// two layers of bins beyond the grid on the sides that a stencil leaves it.
/// </remarks>
internal sealed unsafe class PairCollector : IDisposable
{
    private const int Around = 2;

    private readonly AlignedBuffer<int> _entries = new();
    private readonly AlignedBuffer<double> _sorted = new();
    private readonly AlignedBuffer<int> _sortedSlots = new();
    private int[] _bins = [];
    private int[] _curve = [];
    private int[] _curveStarts = [];
    private int[] _slotBins = [];
    private int[] _places = [];
    private int[] _binStarts = [];
    private int[] _ghostStarts = [];
    private int[] _ghostOwners = [];
    private int[] _ghostImages = [];
    private int[] _ghostBins = [];
    private int[] _offsets = [0];
    private int _count;

    /// <summary>Number of entries, padding included.</summary>
    public int EntryCount => _offsets[_count];

    /// <summary>The atom's slot behind every ghost.</summary>
    public ReadOnlySpan<int> GhostOwners => _ghostOwners.AsSpan(0, GhostCount);

    /// <summary>The translation of every ghost (<see cref="Images"/>).</summary>
    public ReadOnlySpan<int> GhostImages => _ghostImages.AsSpan(0, GhostCount);

    private int GhostCount => _ghostStarts[_count] - _count;

    /// <summary>The first ghost of an atom's slot, a slot.</summary>
    public int FirstGhost(int slot) => _ghostStarts[slot];

    /// <summary>The entries of a slot, padded to a multiple of four with the far slot.</summary>
    public ReadOnlySpan<int> Entries(int slot) => new(_entries.Pointer + _offsets[slot], _offsets[slot + 1] - _offsets[slot]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _entries.Dispose();
        _sorted.Dispose();
        _sortedSlots.Dispose();
    }

    /// <summary>Makes room for the order of <paramref name="count"/> atoms.</summary>
    public void BeginOrder(int count, PeriodicBins bins)
    {
        if (_count != count || _offsets.Length != count + 1)
        {
            _count = count;
            _bins = new int[count];
            _curve = new int[count];
            _slotBins = new int[count];
            _places = new int[count];
            _ghostStarts = new int[count + 1];
            _offsets = new int[count + 1];
        }

        int places = 1 << bins.CurveBits;
        if (_curveStarts.Length < places + 1)
        {
            _curveStarts = new int[places + 1];
        }

        Array.Clear(_curveStarts, 0, places + 1);
    }

    /// <summary>Takes the fractional coordinates of an atom within the cell.</summary>
    public void Locate(int atom, PeriodicBins bins, Vector3 s)
    {
        (int b1, int b2, int b3) = bins.Locate(s);
        _bins[atom] = (((b1 * bins.N2) + b2) * bins.N3) + b3;
        _curve[atom] = bins.PlaceOnCurve(b1, b2, b3);
        _curveStarts[_curve[atom]]++;
    }

    /// <summary>Gives every atom its slot.</summary>
    public void EndOrder(int count, PeriodicBins bins, int[] atoms)
    {
        for (int place = 0, sum = 0; place <= 1 << bins.CurveBits; place++)
        {
            sum += _curveStarts[place];
            _curveStarts[place] = sum;
        }

        for (int i = count - 1; i >= 0; i--)
        {
            int slot = --_curveStarts[_curve[i]];
            atoms[slot] = i;
            _slotBins[slot] = _bins[i];
        }
    }

    /// <summary>Finds the ghosts of all slots; returns the first slot behind them.</summary>
    public int PlaceGhosts(int count, PeriodicBins bins)
    {
        int next = count;
        for (int slot = 0; slot < count; slot++)
        {
            _ghostStarts[slot] = next;
            (int b1, int b2, int b3) = Split(_slotBins[slot], bins);
            for (int n1 = 0; n1 <= Images.Most && b1 + (n1 * bins.N1) < bins.N1 + Around; n1++)
            {
                for (int n2 = -Images.Most; n2 <= Images.Most; n2++)
                {
                    int c2 = b2 + (n2 * bins.N2);
                    if (c2 < -Around || c2 >= bins.N2 + Around)
                    {
                        continue;
                    }

                    for (int n3 = -Images.Most; n3 <= Images.Most; n3++)
                    {
                        int c3 = b3 + (n3 * bins.N3);
                        if (c3 < -Around || c3 >= bins.N3 + Around || (n1 | n2 | n3) == 0)
                        {
                            continue;
                        }

                        int ghost = next - count;
                        if (ghost == _ghostOwners.Length)
                        {
                            int room = Math.Max(1024, 2 * ghost);
                            Array.Resize(ref _ghostOwners, room);
                            Array.Resize(ref _ghostImages, room);
                            Array.Resize(ref _ghostBins, room);
                        }

                        _ghostOwners[ghost] = slot;
                        _ghostImages[ghost] = Images.Code(n1, n2, n3);
                        _ghostBins[ghost] = Extended(b1 + (n1 * bins.N1), c2, c3, bins);
                        next++;
                    }
                }
            }
        }

        _ghostStarts[count] = next;
        return next;
    }

    /// <summary>Collects all pairs within <paramref name="reach"/> of packed positions.</summary>
    public void Collect(int count, PeriodicBins bins, double* packed, int farSlot, double reach)
    {
        SortByBin(count, bins, packed, farSlot);
        int stride = farSlot + 4;
        double* x = _sorted.Pointer;
        double* y = x + stride;
        double* z = y + stride;
        Vector256<double> reach2 = Vector256.Create(reach * reach);
        int row = bins.N3 + (2 * Around);
        int layer = row * (bins.N2 + (2 * Around));
        int length = 0;
        for (int slot = 0; slot < count; slot++)
        {
            _offsets[slot] = length;
            double* own = packed + (4 * slot);
            Vector256<double> x0 = Vector256.Create(own[0]), y0 = Vector256.Create(own[1]), z0 = Vector256.Create(own[2]);
            (int b1, int b2, int b3) = Split(_slotBins[slot], bins);
            int here = Extended(b1, b2, b3, bins);
            for (int d1 = 0; d1 <= Around; d1++)
            {
                for (int d2 = d1 == 0 ? 0 : -Around; d2 <= Around; d2++)
                {
                    // Bins along the third direction lie one after another, so five of them are one run; of the own row the own
                    // bin's later slots and two bins more.
                    int center = here + (d1 * layer) + (d2 * row);
                    int start = d1 == 0 && d2 == 0 ? _places[slot] + 1 : _binStarts[center - Around];
                    int end = _binStarts[center + Around + 1];
                    _entries.EnsureCapacity(length + (end - start) + 8);
                    int* entries = _entries.Pointer;
                    for (int g = start; g < end; g += 4)
                    {
                        Vector256<double> dx = Vector256.Load(x + g) - x0;
                        Vector256<double> dy = Vector256.Load(y + g) - y0;
                        Vector256<double> dz = Vector256.Load(z + g) - z0;
                        Vector256<double> r2 = Vector256.FusedMultiplyAdd(dx, dx, Vector256.FusedMultiplyAdd(dy, dy, dz * dz));
                        uint near = Vector256.LessThan(r2, reach2).ExtractMostSignificantBits() & ((1u << Math.Min(4, end - g)) - 1);
                        length += Forces.Lanes.Compress(near, Vector128.Load(_sortedSlots.Pointer + g), entries + length);
                    }
                }
            }

            while (length % HalfNeighborList.Group != 0)
            {
                _entries.Pointer[length++] = 4 * farSlot;
            }
        }

        _offsets[count] = length;
    }

    private static (int B1, int B2, int B3) Split(int bin, PeriodicBins bins) =>
        (bin / bins.N3 / bins.N2, bin / bins.N3 % bins.N2, bin % bins.N3);

    /// <summary>The number of a bin of the grid with two layers more on each side but one.</summary>
    private static int Extended(int b1, int b2, int b3, PeriodicBins bins) =>
        (((b1 * (bins.N2 + (2 * Around))) + b2 + Around) * (bins.N3 + (2 * Around))) + b3 + Around;

    /// <summary>Positions and four times the slots of atoms and ghosts, by bin, then by slot.</summary>
    private void SortByBin(int count, PeriodicBins bins, double* packed, int farSlot)
    {
        int binCount = (bins.N1 + Around) * (bins.N2 + (2 * Around)) * (bins.N3 + (2 * Around));
        if (_binStarts.Length < binCount + 1)
        {
            _binStarts = new int[binCount + 1];
        }

        Array.Clear(_binStarts, 0, binCount + 1);
        for (int slot = 0; slot < count; slot++)
        {
            (int b1, int b2, int b3) = Split(_slotBins[slot], bins);
            _places[slot] = Extended(b1, b2, b3, bins);
            _binStarts[_places[slot]]++;
        }

        for (int slot = count; slot < farSlot; slot++)
        {
            _binStarts[_ghostBins[slot - count]]++;
        }

        for (int bin = 0, sum = 0; bin <= binCount; bin++)
        {
            sum += _binStarts[bin];
            _binStarts[bin] = sum;
        }

        int stride = farSlot + 4;
        _sorted.EnsureCapacity(3 * stride);
        _sortedSlots.EnsureCapacity(stride);
        double* x = _sorted.Pointer;
        double* y = x + stride;
        double* z = y + stride;
        for (int slot = farSlot - 1; slot >= 0; slot--)
        {
            int place = --_binStarts[slot < count ? _places[slot] : _ghostBins[slot - count]];
            if (slot < count)
            {
                _places[slot] = place;
            }

            _sortedSlots.Pointer[place] = 4 * slot;
            double* p = packed + (4 * slot);
            (x[place], y[place], z[place]) = (p[0], p[1], p[2]);
        }
    }
}
