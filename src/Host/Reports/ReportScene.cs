using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Reports;

/// <summary>Atoms of a structure, as columns.</summary>
internal sealed record SceneAtoms
{
    /// <summary>Ids.</summary>
    public required long[] Id { get; init; }

    /// <summary>Positions in the scene's names.</summary>
    public required int[] Species { get; init; }

    /// <summary>Wrapped positions, Å, to a thousandth.</summary>
    public required double[] X { get; init; }

    /// <summary>As x.</summary>
    public required double[] Y { get; init; }

    /// <summary>As x.</summary>
    public required double[] Z { get; init; }

    /// <summary>The property; null without a model.</summary>
    public required double[]? Value { get; init; }

    /// <summary>Energies, eV.</summary>
    public required double[]? Energy { get; init; }

    /// <summary>The atoms of a frame.</summary>
    public static SceneAtoms Of(StructureFrame frame)
    {
        AtomicStructure structure = frame.Structure;
        Vector3[] places = [.. Enumerable.Range(0, structure.Count).Select(i => structure.Cell.Wrap(structure.Position(i)))];
        return new SceneAtoms
        {
            Id = structure.Ids,
            Species = structure.Species,
            X = [.. places.Select(place => Math.Round(place.X, 3))],
            Y = [.. places.Select(place => Math.Round(place.Y, 3))],
            Z = [.. places.Select(place => Math.Round(place.Z, 3))],
            Value = Short(frame.Columns.GetValueOrDefault(AcceptedPath.ValueColumn), 4),
            Energy = Short(frame.Columns.GetValueOrDefault(AcceptedPath.EnergyColumn), 4),
        };
    }

    private static double[]? Short(double[]? values, int digits) => values is null ? null : [.. values.Select(value => Math.Round(value, digits))];
}

/// <summary>The structure before and after in three dimensions; atoms stand in the same order in both.</summary>
internal sealed record ReportScene
{
    /// <summary>More atoms make a page that is slow to open and nothing to look at.</summary>
    public const int MostAtoms = 50_000;

    /// <summary>Names of the species.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>What the property is called.</summary>
    public required string Property { get; init; }

    /// <summary>The start.</summary>
    public required SceneAtoms Before { get; init; }

    /// <summary>The best, or present, structure.</summary>
    public required SceneAtoms After { get; init; }

    /// <summary>The vectors of the cell, Å.</summary>
    public required double[][] Cell { get; init; }

    /// <summary>Its corner, Å.</summary>
    public required double[] Origin { get; init; }

    /// <summary>What the second is called; the first is called before.</summary>
    public required string AfterName { get; init; }

    /// <summary>The scene of a run, or why there is none.</summary>
    public static (ReportScene? Scene, string? Missing) Of(RunFiles run, PropertyName property)
    {
        if (run.Before is not { } before || run.After is not { } after)
        {
            return (null, "There is no structure to show yet.");
        }

        if (before.Structure.Count > MostAtoms)
        {
            return (null, FormattableString.Invariant($"The structure has more than {MostAtoms} atoms: open accepted-0.extxyz and best.extxyz with OVITO, coloring by `value`."));
        }

        Cell cell = before.Structure.Cell;
        return (new ReportScene
        {
            Names = before.Structure.SpeciesNames,
            Property = property.Short,
            Before = SceneAtoms.Of(before),
            After = SceneAtoms.Of(after),
            Cell = [Of(cell.Vectors.Column0), Of(cell.Vectors.Column1), Of(cell.Vectors.Column2)],
            Origin = Of(cell.Origin),
            AfterName = run.AfterName,
        }, null);
    }

    private static double[] Of(Vector3 v) => [v.X, v.Y, v.Z];
}
