namespace Glasswright.Kernels.Devices.Eam;

/// <summary>The memory of an <see cref="EamBatch"/> on the device, but for its lists: for each structure one stretch of each buffer.</summary>
internal sealed class EamBuffers : IDisposable
{
    /// <summary>Takes it.</summary>
    /// <param name="queue">The device.</param>
    /// <param name="places">Structures.</param>
    /// <param name="padded">Slots of a structure.</param>
    /// <param name="stride">Distance of x, y and z in the host's coordinates.</param>
    /// <param name="mostBins">Bins of a structure at most.</param>
    public EamBuffers(DeviceQueue queue, int places, int padded, int stride, int mostBins)
    {
        long slots = (long)places * padded;
        long blocks = slots / EamKernels.Group;
        Structures = new DeviceBuffer<StructureRecord>(queue, places);
        Positions = new DeviceBuffer<double>(queue, 4 * slots);
        Bases = new DeviceBuffer<double>(queue, 4 * slots);
        Starts = new DeviceBuffer<double>(queue, 4 * slots);
        Directions = new DeviceBuffer<double>(queue, 4 * slots);
        Before = new DeviceBuffer<double>(queue, 4 * slots);
        Forces = new DeviceBuffer<double>(queue, 4 * slots);
        Energies = new DeviceBuffer<double>(queue, slots);
        Slopes = new DeviceBuffer<double>(queue, slots);
        Shares = new DeviceBuffer<double>(queue, blocks * EamKernels.Shares);
        Largest = new DeviceBuffer<double>(queue, blocks);
        Images = new DeviceBuffer<double>(queue, 4L * places * EamKernels.Images);
        Coordinates = new DeviceBuffer<double>(queue, 3 * stride);
        Elements = new DeviceBuffer<int>(queue, padded);
        Order = new DeviceBuffer<int>(queue, slots);
        Wraps = new DeviceBuffer<int>(queue, 4 * slots);
        Cursors = new DeviceBuffer<int>(queue, (long)places * mostBins);
        BinStarts = new DeviceBuffer<int>(queue, (long)places * (mostBins + 1));
        Members = new DeviceBuffer<int>(queue, slots);
        Counts = new DeviceBuffer<int>(queue, slots);
    }

    /// <summary>Records, one a structure.</summary>
    public DeviceBuffer<StructureRecord> Structures { get; }

    /// <summary>Where atoms are, x y z and the number of the element.</summary>
    public DeviceBuffer<double> Positions { get; }

    /// <summary>Where they were when the list was built.</summary>
    public DeviceBuffer<double> Bases { get; }

    /// <summary>Where the line began.</summary>
    public DeviceBuffer<double> Starts { get; }

    /// <summary>d of the line.</summary>
    public DeviceBuffer<double> Directions { get; }

    /// <summary>Forces where the line began.</summary>
    public DeviceBuffer<double> Before { get; }

    /// <summary>Forces where atoms are, x y z 0.</summary>
    public DeviceBuffer<double> Forces { get; }

    /// <summary>Energies of atoms.</summary>
    public DeviceBuffer<double> Energies { get; }

    /// <summary>F'(ρ).</summary>
    public DeviceBuffer<double> Slopes { get; }

    /// <summary>What each block has of the sums.</summary>
    public DeviceBuffer<double> Shares { get; }

    /// <summary>The largest component of d in each block.</summary>
    public DeviceBuffer<double> Largest { get; }

    /// <summary>Translations of the images that an entry can tell, x y z 0.</summary>
    public DeviceBuffer<double> Images { get; }

    /// <summary>Positions as the host has them, of the structure that is put next.</summary>
    public DeviceBuffer<double> Coordinates { get; }

    /// <summary>Elements by atom, of the structure that is put next.</summary>
    public DeviceBuffer<int> Elements { get; }

    /// <summary>The atom of each slot.</summary>
    public DeviceBuffer<int> Order { get; }

    /// <summary>Cell vectors that an atom is away from the cell, and its bin.</summary>
    public DeviceBuffer<int> Wraps { get; }

    /// <summary>Counts, then ends, of the bins while they are filled.</summary>
    public DeviceBuffer<int> Cursors { get; }

    /// <summary>Where each bin begins.</summary>
    public DeviceBuffer<int> BinStarts { get; }

    /// <summary>Slots by bin.</summary>
    public DeviceBuffer<int> Members { get; }

    /// <summary>Entries in each row of the list.</summary>
    public DeviceBuffer<int> Counts { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable buffer in (IDisposable[])
        [
            Structures, Positions, Bases, Starts, Directions, Before, Forces, Energies, Slopes, Shares, Largest, Images, Coordinates, Elements,
            Order, Wraps, Cursors, BinStarts, Members, Counts,
        ])
        {
            buffer.Dispose();
        }
    }
}
