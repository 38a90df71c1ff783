using System.Security.Cryptography;

namespace Glasswright.Host.Commands;

/// <summary>Identity of a file by its content.</summary>
internal static class FileDigest
{
    /// <summary>SHA-256 of the file's bytes, lower-case hexadecimal.</summary>
    public static string Sha256(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
