using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Glasswright.Host.Stores;

/// <summary>
/// A password in the format of libpq's password file, <c>host:port:database:user:password</c>, where a colon or a backslash within
/// a field has a backslash before it. Programs find it through the variable PGPASSFILE and use it where the first four fields are
/// those of the connection.
/// </summary>
internal static class PasswordFile
{
    /// <summary>Any value of a field.</summary>
    public const string Any = "*";

    private const int PasswordBytes = 32;

    /// <summary>A password that cannot be guessed: 256 random bits, in letters, digits, <c>-</c> and <c>_</c>.</summary>
    public static string NewPassword() =>
        System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(PasswordBytes));

    /// <summary>One line of the file.</summary>
    public static string Line(string host, int port, string database, string user, string password)
    {
        string[] fields = [host, port.ToString(CultureInfo.InvariantCulture), database, user, password];
        return string.Join(':', fields.Select((field, i) => field == Any && i < 4 ? field : Escape(field))) + "\n";
    }

    /// <summary>A field as it stands in the file.</summary>
    public static string Escape(string field) =>
        field.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(":", @"\:", StringComparison.Ordinal);

    /// <summary>The password of the first line; null where there is none.</summary>
    public static string? PasswordOf(string text)
    {
        string line = text.Split('\n')[0];
        var fields = new List<StringBuilder> { new() };
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == ':')
            {
                fields.Add(new StringBuilder());
                continue;
            }

            if (line[i] == '\\' && i + 1 < line.Length)
            {
                i++;
            }

            fields[^1].Append(line[i]);
        }

        return fields.Count == 5 && fields[4].Length > 0 ? fields[4].ToString() : null;
    }
}
