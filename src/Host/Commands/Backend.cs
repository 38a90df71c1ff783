using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Devices.Eam;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Threading;

namespace Glasswright.Host.Commands;

/// <summary>Which implementation computes forces, on how many threads.</summary>
/// <param name="IsReference">Whether it is the textbook one.</param>
/// <param name="Threads">Threads of this command.</param>
/// <param name="Device">The OpenCL device that computes forces instead of the processor.</param>
internal sealed record Backend(bool IsReference, int Threads, ComputeDevice? Device = null)
{
    /// <summary>Reads <c>--backend</c>, <c>--threads</c> and <c>--device</c>.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="backend">The flag of the backend.</param>
    /// <param name="threads">The flag of the number of threads.</param>
    /// <param name="device">The flag of the device.</param>
    /// <param name="configured">What holds where a flag is not given; null for <c>cpu</c> on all processors.</param>
    /// <exception cref="InputException">There is no such backend or device, or the number of threads is not one.</exception>
    public static Backend Read(
        Arguments arguments,
        System.CommandLine.Option<string> backend,
        System.CommandLine.Option<string> threads,
        System.CommandLine.Option<string> device,
        ExperimentSettings? configured = null)
    {
        ForceBackend kind = arguments.Choice(
            backend, ("cpu", ForceBackend.Cpu), ("reference", ForceBackend.Reference), ("opencl", ForceBackend.OpenCl))
            ?? configured?.Backend ?? ForceBackend.Cpu;
        int? number = (int?)arguments.Whole(device, 0, 1000);
        if (number is not null && kind != ForceBackend.OpenCl)
        {
            throw new InputException("--device belongs to --backend opencl", expected: "--backend opencl, or no --device");
        }

        return new Backend(
            kind == ForceBackend.Reference,
            (int)(arguments.Whole(threads, 1, 4096) ?? configured?.Threads ?? Environment.ProcessorCount),
            kind == ForceBackend.OpenCl ? ComputeDevice.Choose(number ?? configured?.Device) : null);
    }

    /// <summary>Requires a backend on which atoms move, and, for an estimate, one whose time a single thread tells.</summary>
    /// <param name="estimates">Whether the command only estimates.</param>
    /// <exception cref="InputException">It is not one.</exception>
    public void RequireDynamics(bool estimates)
    {
        if (IsReference)
        {
            throw new InputException("the reference backend is for single evaluations and relaxations", expected: "--backend cpu or --backend opencl", found: "'reference'");
        }

        RequireEstimate(estimates);
    }

    /// <summary>Requires, for an estimate, a backend whose time a single thread tells.</summary>
    /// <exception cref="InputException">It is a device.</exception>
    public void RequireEstimate(bool estimates)
    {
        if (estimates && Device is not null)
        {
            throw new InputException("--estimate times one structure on one thread, which tells nothing of a device", expected: "--backend cpu, or no --estimate");
        }
    }

    /// <summary>A force field for atoms that move, with lists that suit them.</summary>
    public OwnedForceField CreateMoving(EamTables tables)
    {
        if (Device is not null)
        {
            return new OwnedForceField(new OpenClEam(Device, tables), null);
        }

        var team = new ThreadTeam(Threads);
        return new OwnedForceField(Kernels.Dynamics.Trajectory.CreateField(tables, team), team);
    }

    /// <summary>What relaxes the steps of labels on a device, by number of atoms; null for the force field of <see cref="CreateSerial"/>.</summary>
    public Func<int, IMechanics>? CreateMechanics(EamTables tables) => Device is null ? null : new DevicePool(Device, tables, Threads).Make;

    /// <summary>A force field that uses all threads by itself.</summary>
    public OwnedForceField CreateThreaded(EamTables tables)
    {
        if (IsReference)
        {
            return new OwnedForceField(new ReferenceEam(tables), null);
        }

        if (Device is not null)
        {
            return new OwnedForceField(new OpenClEam(Device, tables), null);
        }

        var team = new ThreadTeam(Threads);
        return new OwnedForceField(new VectorEam(tables, team), team);
    }

    /// <summary>A force field for one of several threads that each have their own.</summary>
    public IForceField CreateSerial(EamTables tables) => IsReference ? new ReferenceEam(tables) : new VectorEam(tables);
}

/// <summary>A force field together with the threads that it works with.</summary>
internal sealed record OwnedForceField(IForceField Field, IDisposable? Team) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        (Field as IDisposable)?.Dispose();
        Team?.Dispose();
    }
}
