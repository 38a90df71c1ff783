using System.Text;

namespace Glasswright.Kernels.Devices;

/// <summary>What kind of processor a device is.</summary>
internal enum DeviceKind
{
    /// <summary>A graphics processor.</summary>
    Gpu,

    /// <summary>The host's own processor.</summary>
    Cpu,

    /// <summary>Another accelerator.</summary>
    Accelerator,
}

/// <summary>A device that OpenCL offers, as it describes itself.</summary>
/// <param name="Index">Its number in <see cref="All"/>, from 0; what a user calls it by.</param>
/// <param name="Handle">OpenCL's name for it.</param>
/// <param name="Name">What its vendor calls it.</param>
/// <param name="Vendor">Who made it.</param>
/// <param name="Platform">The implementation of OpenCL.</param>
/// <param name="Version">The version of OpenCL that it offers.</param>
/// <param name="Driver">The version of its driver.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Memory">Bytes of global memory.</param>
/// <param name="LargestBuffer">Bytes of the largest buffer.</param>
/// <param name="LocalMemory">Bytes of a work-group's local memory.</param>
/// <param name="ComputeUnits">Parallel units.</param>
/// <param name="LargestGroup">Work-items of the largest work-group.</param>
/// <param name="HasDouble">Whether it computes in FP64.</param>
internal sealed record ComputeDevice(
    int Index,
    nint Handle,
    string Name,
    string Vendor,
    string Platform,
    string Version,
    string Driver,
    DeviceKind Kind,
    long Memory,
    long LargestBuffer,
    long LocalMemory,
    int ComputeUnits,
    int LargestGroup,
    bool HasDouble)
{
    private const int NoPlatform = -1001;
    private const int NoDevice = -1;

    /// <summary>All devices of all platforms, in the order in which OpenCL tells them.</summary>
    /// <exception cref="InputException">There is no OpenCL loader on this machine.</exception>
    public static unsafe IReadOnlyList<ComputeDevice> All()
    {
        var devices = new List<ComputeDevice>();
        foreach (nint platform in Platforms())
        {
            uint count = 0;
            int status = OpenCl.clGetDeviceIDs(platform, OpenCl.DeviceTypeAll, 0, null, &count);
            if (status == NoDevice || count == 0)
            {
                continue;
            }

            DeviceException.Check(status, nameof(OpenCl.clGetDeviceIDs));
            var found = new nint[count];
            fixed (nint* at = found)
            {
                DeviceException.Check(OpenCl.clGetDeviceIDs(platform, OpenCl.DeviceTypeAll, count, at, null), nameof(OpenCl.clGetDeviceIDs));
            }

            string name = PlatformText(platform, OpenCl.PlatformName);
            devices.AddRange(found.Select(handle => Describe(devices.Count + Array.IndexOf(found, handle), handle, name)).ToArray());
        }

        return devices;
    }

    /// <summary>The device of that number; without one the first that is best: a GPU before others, then the most memory.</summary>
    /// <exception cref="InputException">There is no OpenCL loader, no device, none of that number, or it lacks FP64.</exception>
    public static ComputeDevice Choose(int? index)
    {
        IReadOnlyList<ComputeDevice> devices = All();
        if (devices.Count == 0)
        {
            throw new InputException(
                "OpenCL finds no device on this machine", expected: "a GPU with its vendor's OpenCL driver, or PoCL (Debian: pocl-opencl-icd)");
        }

        if (index is { } number)
        {
            ComputeDevice device = number >= 0 && number < devices.Count
                ? devices[number]
                : throw new InputException("there is no such device", expected: $"0 to {devices.Count - 1}, as glasswright devices lists them", found: $"{number}");
            return device.HasDouble
                ? device
                : throw new InputException("the device does not compute in double precision (FP64)", expected: "a device that glasswright devices lists with FP64", found: device.Name);
        }

        return devices.Where(device => device.HasDouble).OrderBy(device => device.Kind).ThenByDescending(device => device.Memory).FirstOrDefault()
            ?? throw new InputException("no device of this machine computes in double precision (FP64)", found: string.Join(", ", devices.Select(device => device.Name)));
    }

    private static unsafe nint[] Platforms()
    {
        uint count = 0;
        int status;
        try
        {
            status = OpenCl.clGetPlatformIDs(0, null, &count);
        }
        catch (DllNotFoundException missing)
        {
            throw new InputException(
                "there is no OpenCL loader on this machine",
                expected: "libOpenCL.so.1 from the GPU's driver or the package ocl-icd-libopencl1",
                inner: missing);
        }

        if (status == NoPlatform || count == 0)
        {
            return [];
        }

        DeviceException.Check(status, nameof(OpenCl.clGetPlatformIDs));
        var platforms = new nint[count];
        fixed (nint* at = platforms)
        {
            DeviceException.Check(OpenCl.clGetPlatformIDs(count, at, null), nameof(OpenCl.clGetPlatformIDs));
        }

        return platforms;
    }

    private static ComputeDevice Describe(int index, nint handle, string platform)
    {
        ulong type = Number(handle, OpenCl.DeviceType, sizeof(ulong));
        return new ComputeDevice(
            index,
            handle,
            Text(handle, OpenCl.DeviceName),
            Text(handle, OpenCl.DeviceVendor),
            platform,
            Text(handle, OpenCl.DeviceVersion),
            Text(handle, OpenCl.DriverVersion),
            (type & OpenCl.DeviceTypeGpu) != 0 ? DeviceKind.Gpu : (type & OpenCl.DeviceTypeCpu) != 0 ? DeviceKind.Cpu : DeviceKind.Accelerator,
            (long)Number(handle, OpenCl.DeviceGlobalMemSize, sizeof(ulong)),
            (long)Number(handle, OpenCl.DeviceMaxMemAllocSize, sizeof(ulong)),
            (long)Number(handle, OpenCl.DeviceLocalMemSize, sizeof(ulong)),
            (int)Number(handle, OpenCl.DeviceMaxComputeUnits, sizeof(uint)),
            (int)Number(handle, OpenCl.DeviceMaxWorkGroupSize, nuint.Size),
            Text(handle, OpenCl.DeviceExtensions).Split(' ').Contains("cl_khr_fp64"));
    }

    private static unsafe ulong Number(nint device, uint name, int size)
    {
        ulong value = 0;
        DeviceException.Check(OpenCl.clGetDeviceInfo(device, name, (nuint)size, &value, null), nameof(OpenCl.clGetDeviceInfo));
        return value;
    }

    private static unsafe string Text(nint device, uint name)
    {
        nuint size = 0;
        DeviceException.Check(OpenCl.clGetDeviceInfo(device, name, 0, null, &size), nameof(OpenCl.clGetDeviceInfo));
        var text = new byte[size];
        fixed (byte* at = text)
        {
            DeviceException.Check(OpenCl.clGetDeviceInfo(device, name, size, at, null), nameof(OpenCl.clGetDeviceInfo));
        }

        return Trimmed(text);
    }

    private static unsafe string PlatformText(nint platform, uint name)
    {
        nuint size = 0;
        DeviceException.Check(OpenCl.clGetPlatformInfo(platform, name, 0, null, &size), nameof(OpenCl.clGetPlatformInfo));
        var text = new byte[size];
        fixed (byte* at = text)
        {
            DeviceException.Check(OpenCl.clGetPlatformInfo(platform, name, size, at, null), nameof(OpenCl.clGetPlatformInfo));
        }

        return Trimmed(text);
    }

    private static string Trimmed(byte[] text) => Encoding.UTF8.GetString(text).TrimEnd('\0').Trim();
}
