using System.Reflection;
using System.Text;

namespace Glasswright.Kernels.Devices;

/// <summary>
/// Kernels compiled for a device from sources that are resources of an assembly. Products and sums are never contracted, nothing is
/// relaxed: a fused multiply-add happens where a source says <c>fma</c>, so that the bits are those of IEEE 754 on every device.
/// </summary>
internal sealed unsafe class DeviceProgram : IDisposable
{
    private readonly DeviceQueue _queue;
    private readonly ProgramHandle _program;
    private readonly List<DeviceKernel> _kernels = [];

    /// <summary>Compiles the sources as one text, with the definitions before them.</summary>
    /// <param name="queue">The device.</param>
    /// <param name="sources">Names of <c>.cl</c> files, in their order.</param>
    /// <param name="assembly">The assembly that holds them.</param>
    /// <param name="definitions">What <c>#define</c> gives: names and values.</param>
    /// <exception cref="DeviceException">The compiler refuses; the message holds its log.</exception>
    public DeviceProgram(DeviceQueue queue, IReadOnlyList<string> sources, Assembly assembly, params (string Name, string Value)[] definitions)
    {
        _queue = queue;
        var text = new StringBuilder();
        foreach ((string name, string value) in definitions)
        {
            text.Append("#define ").Append(name).Append(' ').Append(value).Append('\n');
        }

        foreach (string source in sources)
        {
            text.Append("#line 1 \"").Append(source).Append("\"\n").Append(KernelSource.Read(source, assembly));
        }

        byte[] bytes = Encoding.ASCII.GetBytes(text.ToString());
        nint device = queue.Device.Handle;
        int status;
        fixed (byte* from = bytes)
        {
            nuint length = (nuint)bytes.Length;
            byte* first = from;
            nint program = OpenCl.clCreateProgramWithSource(queue.Context, 1, &first, &length, &status);
            DeviceException.Check(status, nameof(OpenCl.clCreateProgramWithSource));
            _program = new ProgramHandle(program);
        }

        fixed (byte* options = "-cl-std=CL1.2\0"u8)
        {
            status = OpenCl.clBuildProgram(Handle, 1, &device, options, 0, 0);
        }

        try
        {
            DeviceException.Check(status, nameof(OpenCl.clBuildProgram), status == 0 ? null : Log());
        }
        catch
        {
            _program.Dispose();
            throw;
        }
    }

    private nint Handle => _program.DangerousGetHandle();

    /// <summary>The kernel of that name; it lives as long as the program.</summary>
    public DeviceKernel Kernel(string name)
    {
        int status;
        fixed (byte* at = Encoding.ASCII.GetBytes(name + '\0'))
        {
            nint kernel = OpenCl.clCreateKernel(Handle, at, &status);
            DeviceException.Check(status, nameof(OpenCl.clCreateKernel), name);
            var made = new DeviceKernel(_queue, name, new KernelHandle(kernel));
            _kernels.Add(made);
            return made;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernels.ForEach(kernel => kernel.Dispose());
        _program.Dispose();
    }

    /// <summary>What the compiler said.</summary>
    private string Log()
    {
        nuint size = 0;
        DeviceException.Check(
            OpenCl.clGetProgramBuildInfo(Handle, _queue.Device.Handle, OpenCl.ProgramBuildLog, 0, null, &size), nameof(OpenCl.clGetProgramBuildInfo));
        var log = new byte[size];
        fixed (byte* at = log)
        {
            DeviceException.Check(
                OpenCl.clGetProgramBuildInfo(Handle, _queue.Device.Handle, OpenCl.ProgramBuildLog, size, at, null), nameof(OpenCl.clGetProgramBuildInfo));
        }

        return Encoding.UTF8.GetString(log).TrimEnd('\0').Trim();
    }
}
