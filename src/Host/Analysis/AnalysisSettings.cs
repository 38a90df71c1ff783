using Glasswright.Kernels;
using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;

namespace Glasswright.Host.Analysis;

/// <summary>How structures are analyzed; the same for all that are set side by side.</summary>
internal sealed record AnalysisSettings
{
    /// <summary>Atomic radii by element, Å, for radical planes; empty for planes halfway.</summary>
    public IReadOnlyDictionary<string, double> Radii { get; init; } = new Dictionary<string, double>();

    /// <summary>Least area of a face that counts, Å².</summary>
    public double FaceThreshold { get; init; }

    /// <summary>Least share of the surface of a face that counts.</summary>
    public double RelativeFaceThreshold { get; init; }

    /// <summary>How far g(r) goes, Å.</summary>
    public double Range { get; init; } = 12;

    /// <summary>Width of its bins, Å.</summary>
    public double Step { get; init; } = 0.05;

    /// <summary>Where the first shell of every pair ends, Å; null for the first minimum of each partial g(r).</summary>
    public double? Cutoff { get; init; }

    /// <summary>Which cell vector slices are cut along.</summary>
    public int Axis { get; init; } = 2;

    /// <summary>Whose threads work.</summary>
    public IBlockRunner Runner { get; init; } = SerialRunner.Instance;

    /// <summary>The tessellation of a structure.</summary>
    /// <exception cref="InputException">It names no file. A species has no radius, or a radius is of no species.</exception>
    public VoronoiTessellation Tessellate(AtomicStructure structure) =>
        VoronoiTessellation.Compute(
            structure,
            new VoronoiSettings { Radii = RadiiOf(structure), AbsoluteThreshold = FaceThreshold, RelativeThreshold = RelativeFaceThreshold },
            Runner);

    /// <summary>Requires that the radii are those of a structure's species.</summary>
    /// <exception cref="InputException">It names no file. A species has no radius, or a radius is of no species.</exception>
    public void RequireRadii(AtomicStructure structure) => RadiiOf(structure);

    private double[] RadiiOf(AtomicStructure structure)
    {
        if (Radii.Count == 0)
        {
            return [];
        }

        string[] names = [.. structure.SpeciesNames];
        return Radii.Keys.FirstOrDefault(name => !names.Contains(name)) is { } stray
            ? throw new InputException("--radii names a species that the structure lacks", expected: string.Join(", ", names), found: stray, nearest: NearestName.Find(stray, names))
            : names.FirstOrDefault(name => !Radii.ContainsKey(name)) is { } missing
            ? throw new InputException("--radii lacks a species", expected: $"a radius of {missing}")
            : [.. names.Select(name => Radii[name])];
    }
}
