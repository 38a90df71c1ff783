namespace Glasswright.Kernels.Numerics;

/// <summary>
/// One named calculation whose bits are part of the numerics: fixed inputs (drawn from <c>RandomStream.SelfTest</c> or
/// written in the code, never from a file), a few milliseconds, nothing that may differ between two sound machines.
/// </summary>
/// <param name="Name">Lower-case words joined by hyphens; unique.</param>
/// <param name="Run">Calculates and adds every result to the writer.</param>
internal sealed record SelfTestPart(string Name, Action<DigestWriter> Run)
{
    /// <summary>The SHA-256 of this part's results, as lower-case hexadecimal.</summary>
    public string Digest()
    {
        using var writer = new DigestWriter();
        Run(writer);
        return writer.Finish();
    }
}
