using System.Security.Cryptography;
using System.Text;
using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Devices.Eam;
using Glasswright.Kernels.Numerics;
using Glasswright.Models.Inference;
using Glasswright.Models.Inference.Devices;

namespace Glasswright.Host.Commands;

/// <summary>The numerics under which this build computes labels and runs; what was begun under another is not gone on with.</summary>
internal static class RunNumerics
{
    private static readonly Lazy<string> Value = new(InferenceSelfTest.Identity.Compute);

    /// <summary>Version and digest of the self-test, run once a process.</summary>
    public static string Current => Value.Value;

    /// <summary>
    /// The numerics of a run whose trials a device computes: those of this build, the device, its driver and its kernels. Without a device
    /// those of this build.
    /// </summary>
    public static string Of(ComputeDevice? device)
    {
        if (device is null)
        {
            return Current;
        }

        string all = string.Join(
            '\n', Current, device.Platform, device.Name, device.Version, device.Driver, KernelSource.Digest(EamKernels.Sources, typeof(EamKernels).Assembly),
            KernelSource.Digest(OpenClInference.Sources, typeof(OpenClInference).Assembly));
        return FormattableString.Invariant($"{NumericsIdentity.Version}:opencl:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))}");
    }
}
