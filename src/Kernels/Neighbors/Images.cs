namespace Glasswright.Kernels.Neighbors;

/// <summary>Names of the translations by -2 … 2 whole cell vectors along each direction: as far as a reach of twice the cell can ask for.</summary>
internal static class Images
{
    /// <summary>Translations along one direction.</summary>
    public const int PerDirection = 5;

    /// <summary>All translations.</summary>
    public const int Count = PerDirection * PerDirection * PerDirection;

    /// <summary>The farthest along one direction.</summary>
    public const int Most = 2;

    /// <summary>The number of a translation.</summary>
    public static int Code(int n1, int n2, int n3) => ((((n1 + Most) * PerDirection) + n2 + Most) * PerDirection) + n3 + Most;

    /// <summary>The whole cell vectors of a number.</summary>
    public static (int N1, int N2, int N3) Steps(int code) =>
        ((code / (PerDirection * PerDirection)) - Most, (code / PerDirection % PerDirection) - Most, (code % PerDirection) - Most);
}
