using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Glasswright.Kernels.Devices;

/// <summary>The <c>.cl</c> files that an assembly holds as resources.</summary>
internal static class KernelSource
{
    /// <summary>The text of a file.</summary>
    public static string Read(string name, Assembly assembly)
    {
        using Stream stream = assembly.GetManifestResourceStream($"{assembly.GetName().Name}.{name}")
            ?? throw new InvalidOperationException($"There is no kernel source {name}.");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>SHA-256 over the texts in their order, lower-case hexadecimal: a share of a device's numerics.</summary>
    public static string Digest(IEnumerable<string> names, Assembly assembly) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(names.Select(name => Read(name, assembly))))));
}
