using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Devices.Eam;

/// <summary>
/// Structures of equally many atoms side by side on a device: energies, forces and conjugate gradient of the embedded-atom method, many
/// structures in one launch, each in a place of its own and each stopping by itself. What becomes of a structure depends on nothing but
/// itself: not on its place, on what stands beside it, or on how often the host looks.
/// </summary>
/// <remarks>
/// <para>The host enqueues rounds of seven launches: bins and lists where they are wanted, densities, forces, the decision of the line
/// search, the new direction, the new positions. A structure that is done skips all of them. Between rounds nothing comes back.</para>
/// <para>Formula, tables and interpolation are those of <see cref="ReferenceEam"/>. Each atom sums over all of its neighbors, so
/// that no sum needs an atomic operation; every pair is computed twice. Belongs to one thread.</para>
/// </remarks>
internal sealed class EamBatch : IDisposable
{
    /// <summary>Extra reach of the lists, Å.</summary>
    public const double DefaultSkin = 0.8;

    // As ConjugateGradientSearch: conjugacy needs lines that are followed rather closely.
    private const double Curvature = 0.35;
    private const int RoomMargin = 16;

    private readonly EamTables _tables;
    private readonly DeviceQueue _queue;
    private readonly DeviceTables _deviceTables;
    private readonly EamKernels _kernels;
    private readonly double _skin;
    private readonly int _padded;
    private readonly int _stride;
    private readonly int _mostBins;
    private readonly StructureRecord[] _records;
    private readonly SlotOrder[] _orders;
    private readonly Cell?[] _cells;
    private readonly double[] _staged;
    private readonly int[] _elements;
    private readonly double[] _vectors;
    private readonly double[] _scalars;
    private readonly double[] _images = new double[4 * EamKernels.Images];
    private readonly double[] _shares;
    private readonly EamBuffers _on;
    private DeviceBuffer<uint> _entries;
    private int _room;

    /// <summary>Makes room for <paramref name="places"/> structures of <paramref name="atoms"/> atoms.</summary>
    /// <param name="queue">The device.</param>
    /// <param name="tables">The potential.</param>
    /// <param name="atoms">Atoms of every structure.</param>
    /// <param name="places">Structures at a time.</param>
    /// <param name="skin">Extra reach of the lists, Å.</param>
    /// <exception cref="InputException">More atoms than an entry of a list can tell.</exception>
    public EamBatch(DeviceQueue queue, EamTables tables, int atoms, int places, double skin = DefaultSkin)
    {
        if (atoms > EamKernels.MostAtoms)
        {
            throw new InputException("too many atoms for the OpenCL backend", expected: $"at most {EamKernels.MostAtoms}", found: $"{atoms}");
        }

        (_queue, _tables, Atoms, Places, _skin) = (queue, tables, atoms, places, skin);
        _padded = (atoms + EamKernels.Group - 1) / EamKernels.Group * EamKernels.Group;
        _stride = AtomicStructure.PaddedCount(atoms);
        _mostBins = Math.Max(64, atoms);
        _deviceTables = new DeviceTables(queue, tables);
        _kernels = new EamKernels(queue, _deviceTables);
        _records = new StructureRecord[places];
        _orders = [.. Enumerable.Range(0, places).Select(_ => new SlotOrder(atoms))];
        _cells = new Cell?[places];
        _staged = new double[3 * _stride];
        _elements = new int[atoms];
        _vectors = new double[4 * (long)_padded];
        _scalars = new double[_padded];
        _shares = new double[Blocks * EamKernels.Shares];
        _on = new EamBuffers(queue, places, _padded, _stride, _mostBins);
        _room = RoomMargin;
        _entries = new DeviceBuffer<uint>(queue, (long)places * _padded * _room);
        _on.Structures.Write(_records);
        BindArguments();
    }

    /// <summary>Atoms of every structure.</summary>
    public int Atoms { get; }

    /// <summary>Structures at a time.</summary>
    public int Places { get; }

    private int Blocks => _padded / EamKernels.Group;

    /// <summary>
    /// Puts a structure into a place: its cell, its species and its positions are the base, its list is built from nothing else. On the device
    /// each atom stands at its image inside the cell; what comes back is where the host's atom went.
    /// </summary>
    /// <exception cref="InputException">The cell is too small for the cutoff, or a species is unknown to the potential.</exception>
    public void Put(int place, AtomicStructure structure)
    {
        CutoffCheck.Require(structure.Cell, _tables.Cutoff);
        ref StructureRecord record = ref _records[place];
        record = default;
        record.Take(structure.Cell, _tables.Cutoff, _skin, _mostBins);
        record.Rebuild = 1;
        SetOrder(place, structure);
        SetCell(place, structure.Cell);
        _on.Structures.Write([record], place);
        Expect(structure);
        PutPositions(place, structure);
    }

    /// <summary>Gives the structure of a place other positions and, if it has one, another cell.</summary>
    public void Move(int place, AtomicStructure structure)
    {
        if (!ReferenceEquals(structure.Cell, _cells[place]))
        {
            CutoffCheck.Require(structure.Cell, _tables.Cutoff);
            ref StructureRecord record = ref _records[place];
            record.Take(structure.Cell, _tables.Cutoff, _skin, _mostBins);
            record.Rebuild = 1;
            SetCell(place, structure.Cell);
            _on.Structures.Write([record], place);
        }

        PutPositions(place, structure);
    }

    /// <summary>Energy in eV of the structure of a place where it stands, with the parts asked for.</summary>
    public double Evaluate(int place, ForceResult result, ForceParts parts)
    {
        do
        {
            EnqueueEvaluation(place, 1, always: 1, virial: (parts & ForceParts.Virial) != 0);
            Look(place, 1);
        }
        while (MakeRoom());

        ref StructureRecord record = ref _records[place];
        if (record.Status == DescentStatus.OutOfReach)
        {
            throw new InvalidOperationException("An atom is more than three cells away from its place in the cell.");
        }

        if (record.Rebuild != 0)
        {
            record.Rebuild = 0;
            _on.Structures.Write([record], place);
        }

        ReadShares(place, result, (parts & ForceParts.Virial) != 0);
        if ((parts & ForceParts.Forces) != 0)
        {
            ReadForces(place, result);
        }

        if ((parts & ForceParts.AtomEnergies) != 0)
        {
            ReadEnergies(place, result);
        }

        return result.Energy;
    }

    /// <summary>Begins to relax the structure of a place from where it stands.</summary>
    /// <param name="place">The place.</param>
    /// <param name="settings">When it ends.</param>
    /// <param name="pauseAt">‖F‖₂ at which it pauses once, eV/Å; null for never.</param>
    public void Start(int place, MinimizerSettings settings, double? pauseAt = null)
    {
        _on.Structures.Read(_records.AsSpan(place, 1), place);
        _records[place].Begin(settings, Curvature, pauseAt);
        _on.Structures.Write(_records.AsSpan(place, 1), place);
    }

    /// <summary>Enqueues so many force evaluations of all structures that are being relaxed, without waiting.</summary>
    public void Advance(int evaluations)
    {
        for (int k = 0; k < evaluations; k++)
        {
            EnqueueEvaluation(0, Places, always: 0, virial: false);
            _kernels.Decide.Set(2, 0).Enqueue(EamKernels.Group, 1, Places);
            _kernels.Turn.Set(7, 0).Enqueue(EamKernels.Group, Blocks, Places);
            _kernels.Move.Set(6, 0).Enqueue(EamKernels.Group, Blocks, Places);
        }

        _queue.Flush();
    }

    /// <summary>Waits for what was enqueued and tells how each structure stands; one whose list needed more room goes on.</summary>
    public void Look(Span<DescentStatus> statuses)
    {
        Look(0, Places);
        MakeRoom();
        for (int place = 0; place < Places; place++)
        {
            statuses[place] = _records[place].Status;
        }
    }

    /// <summary>Lets a structure that paused go on.</summary>
    public void GoOn(int place)
    {
        _records[place].Status = DescentStatus.Running;
        _on.Structures.Write(_records.AsSpan(place, 1), place);
    }

    /// <summary>The point at which a structure paused, its energy in eV and the evaluations up to there.</summary>
    public (double Energy, int Evaluations) ReadPaused(int place, AtomicStructure structure)
    {
        ReadPositions(_on.Starts, place, structure);
        return (_records[place].Energy, _records[place].Evaluations);
    }

    /// <summary>
    /// What the relaxation of a place has done, with its positions written into <paramref name="structure"/>; those of one that did not end
    /// are where its last line began, or before the first where it was put. The place idles from then on.
    /// </summary>
    public MinimizationResult Finish(int place, AtomicStructure structure)
    {
        ref StructureRecord record = ref _records[place];
        MinimizationResult result = record.Result();
        bool ended = result.Outcome is not (MinimizationOutcome.Canceled or MinimizationOutcome.Dismissed);
        ReadPositions(ended || record.Begun == 0 ? _on.Positions : _on.Starts, place, structure);
        (record.Status, record.MaxEvaluations, record.Command) = (DescentStatus.Idle, 0, 0);
        _on.Structures.Write(_records.AsSpan(place, 1), place);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Finish();
        _kernels.Dispose();
        _deviceTables.Dispose();
        _on.Dispose();
        _entries.Dispose();
    }

    private void BindArguments()
    {
        DeviceTables t = _deviceTables;
        _kernels.Place.Set(0, _on.Structures).Set(1, _on.Positions).Set(2, _on.Bases).Set(3, _on.Order).Set(4, _on.Coordinates).Set(5, _on.Elements)
            .Set(7, Atoms).Set(8, _padded).Set(9, _stride);
        _kernels.Bin.Set(0, _on.Structures).Set(1, _on.Positions).Set(2, _on.Wraps).Set(3, _on.Cursors).Set(4, _on.BinStarts).Set(5, _on.Members)
            .Set(8, Atoms).Set(9, _padded).Set(10, _mostBins);
        _kernels.List.Set(0, _on.Structures).Set(1, _on.Positions).Set(2, _on.Bases).Set(3, _on.Wraps).Set(4, _on.BinStarts).Set(5, _on.Members).Set(6, _on.Images)
            .Set(8, _on.Counts).Set(11, Atoms).Set(12, _padded).Set(13, _mostBins);
        _kernels.Density.Set(0, _on.Structures).Set(1, _on.Positions).Set(2, _on.Images).Set(4, _on.Counts).Set(5, t.Pairs).Set(6, t.Offsets)
            .Set(7, t.Embedding).Set(8, _on.Energies).Set(9, _on.Slopes).Set(12, Atoms).Set(13, _padded)
            .Set(15, t.Cutoff2).Set(16, t.PerRadius).Set(17, t.LastInterval).Set(18, t.PerDensity).Set(19, t.LastDensity);
        _kernels.Forces.Set(0, _on.Structures).Set(1, _on.Positions).Set(2, _on.Images).Set(4, _on.Counts).Set(5, t.Pairs).Set(6, t.Offsets)
            .Set(7, _on.Energies).Set(8, _on.Slopes).Set(9, _on.Directions).Set(10, _on.Before).Set(11, _on.Forces).Set(12, _on.Shares)
            .Set(15, Atoms).Set(16, _padded).Set(18, t.Cutoff2).Set(19, t.PerRadius).Set(20, t.LastInterval);
        _kernels.Decide.Set(0, _on.Structures).Set(1, _on.Shares).Set(3, _padded);
        _kernels.Turn.Set(0, _on.Structures).Set(1, _on.Positions).Set(2, _on.Starts).Set(3, _on.Forces).Set(4, _on.Before).Set(5, _on.Directions).Set(6, _on.Largest)
            .Set(8, Atoms).Set(9, _padded);
        _kernels.Move.Set(0, _on.Structures).Set(1, _on.Positions).Set(2, _on.Bases).Set(3, _on.Starts).Set(4, _on.Directions).Set(5, _on.Largest)
            .Set(7, Atoms).Set(8, _padded);
        BindEntries();
    }

    private void BindEntries()
    {
        _kernels.List.Set(7, _entries).Set(14, _room);
        _kernels.Density.Set(3, _entries).Set(14, _room);
        _kernels.Forces.Set(3, _entries).Set(17, _room);
    }

    private void EnqueueEvaluation(int first, int places, int always, bool virial)
    {
        _kernels.Bin.Set(6, first).Set(7, always).Enqueue(EamKernels.Group, 1, places);
        _kernels.List.Set(9, first).Set(10, always).Enqueue(EamKernels.Group, Blocks, places);
        _kernels.Density.Set(10, first).Set(11, always).Enqueue(EamKernels.Group, Blocks, places);
        _kernels.Forces.Set(13, first).Set(14, always).Set(21, virial ? 1 : 0).Enqueue(EamKernels.Group, Blocks, places);
    }

    private void Look(int first, int places) => _on.Structures.Read(_records.AsSpan(first, places), first);

    /// <summary>Gives lists more room where one ran out; whether it did. The lists of other structures stay as they are.</summary>
    private bool MakeRoom()
    {
        int needed = 0;
        foreach (ref readonly StructureRecord record in _records.AsSpan())
        {
            needed = record.Status == DescentStatus.NoRoom ? Math.Max(needed, record.Needed) : needed;
        }

        if (needed == 0)
        {
            return false;
        }

        Grow(needed + RoomMargin);
        for (int place = 0; place < Places; place++)
        {
            ref StructureRecord record = ref _records[place];
            if (record.Status == DescentStatus.NoRoom)
            {
                // One that was only evaluated has no evaluations to go on with.
                record.Status = record.MaxEvaluations > 0 ? DescentStatus.Running : DescentStatus.Idle;
                _on.Structures.Write([record], place);
            }
        }

        return true;
    }

    private void Grow(int room)
    {
        if (room <= _room)
        {
            return;
        }

        var grown = new DeviceBuffer<uint>(_queue, (long)Places * _padded * room);
        for (int place = 0; place < Places; place++)
        {
            _entries.CopyTo(grown, (long)place * _padded * _room, (long)place * _padded * room, (long)_padded * _room);
        }

        _queue.Finish();
        _entries.Dispose();
        (_entries, _room) = (grown, room);
        BindEntries();
    }

    /// <summary>Room for what the density of the structure lets expect, so that growing is rare.</summary>
    private void Expect(AtomicStructure structure)
    {
        double reach = _tables.Cutoff + _skin;
        double expected = structure.Count / structure.Cell.Volume * 4.18879 * reach * reach * reach;
        Grow((int)Math.Min(1.25 * expected, int.MaxValue / 2) + RoomMargin);
    }

    private unsafe void SetOrder(int place, AtomicStructure structure)
    {
        ref StructureRecord record = ref _records[place];
        _orders[place].Take(structure, record.Bins[0], record.Bins[1], record.Bins[2]);
        _on.Order.Write(_orders[place].Atoms, (long)place * _padded);
    }

    private void SetCell(int place, Cell cell)
    {
        _cells[place] = cell;
        int at = 0;
        for (int k3 = -4; k3 <= 4; k3++)
        {
            for (int k2 = -4; k2 <= 4; k2++)
            {
                for (int k1 = -4; k1 <= 4; k1++)
                {
                    Vector3 shift = cell.Translation(k1, k2, k3);
                    (_images[at], _images[at + 1], _images[at + 2]) = (shift.X, shift.Y, shift.Z);
                    at += 4;
                }
            }
        }

        _on.Images.Write(_images, (long)place * _images.Length);
    }

    private void PutPositions(int place, AtomicStructure structure)
    {
        SpeciesMap.Resolve(structure, _tables, _elements);
        for (int atom = 0; atom < Atoms; atom++)
        {
            Vector3 position = _orders[place].ToDevice(atom, structure.Position(atom), structure.Cell);
            (_staged[atom], _staged[_stride + atom], _staged[(2 * _stride) + atom]) = (position.X, position.Y, position.Z);
        }

        _on.Coordinates.Write(_staged);
        _on.Elements.Write(_elements);
        _kernels.Place.Set(6, place).Enqueue(EamKernels.Group, Blocks);
    }

    private void ReadPositions(DeviceBuffer<double> buffer, int place, AtomicStructure structure)
    {
        Span<double> positions = _vectors.AsSpan(0, 4 * Atoms);
        buffer.Read(positions, 4L * place * _padded);
        ReadOnlySpan<int> order = _orders[place].Atoms;
        for (int slot = 0; slot < Atoms; slot++)
        {
            var position = new Vector3(positions[4 * slot], positions[(4 * slot) + 1], positions[(4 * slot) + 2]);
            structure.SetPosition(order[slot], _orders[place].ToHost(order[slot], position, structure.Cell));
        }
    }

    /// <summary>Sums over blocks in their order.</summary>
    private void ReadShares(int place, ForceResult result, bool virial)
    {
        _on.Shares.Read(_shares, (long)place * _shares.Length);
        double energy = 0;
        result.Virial.AsSpan().Clear();
        for (int block = 0; block < Blocks; block++)
        {
            int at = block * EamKernels.Shares;
            energy += _shares[at];
            for (int k = 0; virial && k < 6; k++)
            {
                result.Virial[k] += _shares[at + EamKernels.VirialShare + k];
            }
        }

        result.Energy = energy;
    }

    private void ReadForces(int place, ForceResult result)
    {
        Span<double> forces = _vectors.AsSpan(0, 4 * Atoms);
        _on.Forces.Read(forces, 4L * place * _padded);
        ReadOnlySpan<int> order = _orders[place].Atoms;
        for (int slot = 0; slot < Atoms; slot++)
        {
            for (int k = 0; k < 3; k++)
            {
                result.Forces[(k * result.Stride) + order[slot]] = forces[(4 * slot) + k];
            }
        }
    }

    private void ReadEnergies(int place, ForceResult result)
    {
        Span<double> energies = _scalars.AsSpan(0, Atoms);
        _on.Energies.Read(energies, (long)place * _padded);
        ReadOnlySpan<int> order = _orders[place].Atoms;
        for (int slot = 0; slot < Atoms; slot++)
        {
            result.AtomEnergies[order[slot]] = energies[slot];
        }
    }
}
