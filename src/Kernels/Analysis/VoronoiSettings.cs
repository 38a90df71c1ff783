namespace Glasswright.Kernels.Analysis;

/// <summary>How space is divided among atoms, and which faces count.</summary>
internal sealed record VoronoiSettings
{
    /// <summary>
    /// Radius R of each species, Å: the plane between i and j lies where r² - R² is the same from both (radical planes: B. J. Gellatly,
    /// J. L. Finney, J. Non-Cryst. Solids 50, 313 (1982), doi:10.1016/0022-3093(82)90093-X). Empty: planes stand halfway.
    /// </summary>
    public IReadOnlyList<double> Radii { get; init; } = [];

    /// <summary>Faces of less area, Å², do not count.</summary>
    public double AbsoluteThreshold { get; init; }

    /// <summary>Faces of less than this share of the surface, the mean of both cells' surfaces, do not count.</summary>
    public double RelativeThreshold { get; init; }

    /// <summary>How near to a plane a vertex counts as lying on it, Å.</summary>
    public double Tolerance { get; init; } = 1e-9;
}
