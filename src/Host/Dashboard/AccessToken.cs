using System.Security.Cryptography;
using System.Text;

namespace Glasswright.Host.Dashboard;

/// <summary>
/// 128 random bits that make whoever knows them more than a reader. They stand in the fragment of the page's address, which browsers send to nobody,
/// and come back in a header, which no other site's form can set.
/// </summary>
internal sealed class AccessToken
{
    /// <summary>The header.</summary>
    public const string Header = "X-Glasswright-Token";

    private const int Bytes = 16;

    /// <summary>As text.</summary>
    public string Text { get; } = RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true);

    /// <summary>Whether it is this one; the time to tell does not depend on where they differ.</summary>
    public bool Is(string? offered) => offered is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(offered), Encoding.UTF8.GetBytes(Text));
}
