namespace Glasswright.Kernels.Random;

/// <summary>Four 32-bit words: a counter of Philox4x32 or what it becomes.</summary>
/// <param name="W0">Word 0.</param>
/// <param name="W1">Word 1.</param>
/// <param name="W2">Word 2.</param>
/// <param name="W3">Word 3.</param>
internal readonly record struct PhiloxBlock(uint W0, uint W1, uint W2, uint W3)
{
    /// <summary>64 random bits: word 0 is the high half, word 1 the low one.</summary>
    public ulong First64 => ((ulong)W0 << 32) | W1;

    /// <summary>64 more: word 2 is the high half, word 3 the low one.</summary>
    public ulong Second64 => ((ulong)W2 << 32) | W3;
}
