using System.Globalization;

namespace Glasswright.Kernels.Devices;

/// <summary>A call of OpenCL that failed: which one, with the name of its code.</summary>
internal sealed class DeviceException : Exception
{
    private static readonly Dictionary<int, string> Names = new()
    {
        [-1] = "CL_DEVICE_NOT_FOUND",
        [-2] = "CL_DEVICE_NOT_AVAILABLE",
        [-3] = "CL_COMPILER_NOT_AVAILABLE",
        [-4] = "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        [-5] = "CL_OUT_OF_RESOURCES",
        [-6] = "CL_OUT_OF_HOST_MEMORY",
        [-11] = "CL_BUILD_PROGRAM_FAILURE",
        [-13] = "CL_MISALIGNED_SUB_BUFFER_OFFSET",
        [-14] = "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        [-30] = "CL_INVALID_VALUE",
        [-31] = "CL_INVALID_DEVICE_TYPE",
        [-32] = "CL_INVALID_PLATFORM",
        [-33] = "CL_INVALID_DEVICE",
        [-34] = "CL_INVALID_CONTEXT",
        [-35] = "CL_INVALID_QUEUE_PROPERTIES",
        [-36] = "CL_INVALID_COMMAND_QUEUE",
        [-38] = "CL_INVALID_MEM_OBJECT",
        [-42] = "CL_INVALID_BINARY",
        [-43] = "CL_INVALID_BUILD_OPTIONS",
        [-44] = "CL_INVALID_PROGRAM",
        [-45] = "CL_INVALID_PROGRAM_EXECUTABLE",
        [-46] = "CL_INVALID_KERNEL_NAME",
        [-47] = "CL_INVALID_KERNEL_DEFINITION",
        [-48] = "CL_INVALID_KERNEL",
        [-49] = "CL_INVALID_ARG_INDEX",
        [-50] = "CL_INVALID_ARG_VALUE",
        [-51] = "CL_INVALID_ARG_SIZE",
        [-52] = "CL_INVALID_KERNEL_ARGS",
        [-53] = "CL_INVALID_WORK_DIMENSION",
        [-54] = "CL_INVALID_WORK_GROUP_SIZE",
        [-55] = "CL_INVALID_WORK_ITEM_SIZE",
        [-56] = "CL_INVALID_GLOBAL_OFFSET",
        [-57] = "CL_INVALID_EVENT_WAIT_LIST",
        [-58] = "CL_INVALID_EVENT",
        [-59] = "CL_INVALID_OPERATION",
        [-61] = "CL_INVALID_BUFFER_SIZE",
        [-63] = "CL_INVALID_GLOBAL_WORK_SIZE",
        [-1001] = "CL_PLATFORM_NOT_FOUND_KHR",
    };

    private DeviceException(string call, int status, string? detail)
        : base($"{call} failed: {NameOf(status)}{(detail is null ? "" : $": {detail}")}") => Status = status;

    /// <summary>OpenCL's code.</summary>
    public int Status { get; }

    /// <summary>What the header calls a code.</summary>
    public static string NameOf(int status) =>
        Names.TryGetValue(status, out string? name) ? name : string.Create(CultureInfo.InvariantCulture, $"OpenCL error {status}");

    /// <summary>Passes a return code of success and throws of any other.</summary>
    /// <param name="status">What the call returned.</param>
    /// <param name="call">The name of the call.</param>
    /// <param name="detail">What else is known of it: a kernel, a buffer's size, a build's log.</param>
    /// <exception cref="DeviceException">The call failed.</exception>
    public static void Check(int status, string call, string? detail = null)
    {
        if (status != 0)
        {
            throw new DeviceException(call, status, detail);
        }
    }
}
