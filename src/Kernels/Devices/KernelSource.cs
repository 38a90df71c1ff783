using System.Security.Cryptography;
using System.Text;

namespace Glasswright.Kernels.Devices;

/// <summary>The <c>.cl</c> files of this assembly.</summary>
internal static class KernelSource
{
    /// <summary>The text of a file.</summary>
    public static string Read(string name)
    {
        using Stream stream = typeof(KernelSource).Assembly.GetManifestResourceStream($"Glasswright.Kernels.{name}")
            ?? throw new InvalidOperationException($"There is no kernel source {name}.");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>SHA-256 over the texts in their order, lower-case hexadecimal: a share of a device's numerics.</summary>
    public static string Digest(IEnumerable<string> names) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(names.Select(Read)))));
}
