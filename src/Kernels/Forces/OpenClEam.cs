using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Devices.Eam;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// The embedded-atom energy of <see cref="ReferenceEam"/> on an OpenCL device, in FP64. Formula, tables and interpolation are the same;
/// only the order of sums differs. Positions go to the device and forces come back at every evaluation; a relaxation that stays there is
/// <see cref="EamBatch"/>'s.
/// </summary>
internal sealed class OpenClEam : IForceField, IDisposable
{
    private readonly DeviceQueue _queue;
    private readonly EamTables _tables;
    private EamBatch? _batch;

    /// <summary>A force field on a device.</summary>
    public OpenClEam(ComputeDevice device, EamTables tables)
    {
        _queue = new DeviceQueue(device);
        _tables = tables;
    }

    /// <inheritdoc/>
    public double Cutoff => _tables.Cutoff;

    /// <inheritdoc/>
    public void Bind(AtomicStructure structure)
    {
        CutoffCheck.Require(structure.Cell, Cutoff);
        if (_batch?.Atoms != structure.Count)
        {
            _batch?.Dispose();
            _batch = null;
            _batch = new EamBatch(_queue, _tables, structure.Count, places: 1);
        }

        _batch.Put(0, structure);
    }

    /// <inheritdoc/>
    public double Evaluate(AtomicStructure structure, ForceResult result, ForceParts parts)
    {
        if (_batch?.Atoms != structure.Count)
        {
            Bind(structure);
        }
        else
        {
            _batch.Move(0, structure);
        }

        return _batch!.Evaluate(0, result, parts);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch?.Dispose();
        _queue.Dispose();
    }
}
