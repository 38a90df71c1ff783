using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Kernels.Devices.Eam;

/// <summary>Gives each thread its mechanics on one device; the service behind them is made with the first and ends with the last. Any thread may ask.</summary>
internal sealed class DevicePool(ComputeDevice device, EamTables tables, int places)
{
    private readonly Lock _gate = new();
    private DeviceService? _service;
    private int _atoms;

    /// <summary>Mechanics of structures of <paramref name="atoms"/> atoms.</summary>
    public IMechanics Make(int atoms)
    {
        lock (_gate)
        {
            if (_service is null || _atoms != atoms || !_service.TryJoin())
            {
                (_service, _atoms) = (new DeviceService(device, tables, atoms, places), atoms);
                _service.TryJoin();
            }

            return new DeviceMechanics(_service, atoms);
        }
    }
}
