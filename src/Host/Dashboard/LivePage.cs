using System.Text;
using Glasswright.Host.Reports;
using Glasswright.Kernels;

namespace Glasswright.Host.Dashboard;

/// <summary>The live page as the front end's build left it in this assembly: script and style inside.</summary>
/// <param name="Bytes">UTF-8.</param>
internal sealed record LivePage(byte[] Bytes)
{
    /// <summary>The resource.</summary>
    public const string Resource = "live.html";

    /// <summary>What the page may do: run what is inside of it and talk to the server that it came from, and nothing else.</summary>
    public const string Policy =
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Reads it.</summary>
    /// <exception cref="InputException">This build has none.</exception>
    public static LivePage Read() => ReportPage.Read(Resource) is { } text
        ? new LivePage(Encoding.UTF8.GetBytes(text))
        : throw new InputException($"this build of glasswright has no live page {ReportPage.Reason()}");
}
