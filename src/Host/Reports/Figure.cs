namespace Glasswright.Host.Reports;

/// <summary>How the points of a series are drawn.</summary>
internal enum Mark
{
    /// <summary>Joined by a line.</summary>
    Line,

    /// <summary>y_i holds from x_i to x_{i+1}: the state of a chain, the counts of a histogram (whose last point closes it).</summary>
    Steps,

    /// <summary>Each for itself.</summary>
    Points,

    /// <summary>Bars over the names of the x axis.</summary>
    Bars,

    /// <summary>A tile around each, colored by its value: a map.</summary>
    Tiles,
}

/// <summary>What an axis shows.</summary>
/// <param name="Label">In words.</param>
/// <param name="Unit">Null for a pure number.</param>
internal sealed record Axis(string Label, string? Unit = null)
{
    /// <summary>Names in place of numbers, at the positions 0, 1, 2, …</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Label and unit as they stand beside the axis.</summary>
    public string Title() => string.IsNullOrEmpty(Unit) ? Label : $"{Label} ({Unit})";
}

/// <summary>What colors the points of a figure.</summary>
/// <param name="Label">In words.</param>
/// <param name="Unit">Null for a pure number.</param>
/// <param name="Least">Value of the first color; smaller ones take it too.</param>
/// <param name="Most">Value of the last color.</param>
internal sealed record ColorScale(string Label, string? Unit, double Least, double Most)
{
    /// <summary>Label and unit as they stand beside the scale.</summary>
    public string Title() => new Axis(Label, Unit).Title();
}

/// <summary>Points that belong together. Values that are not finite are gaps.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Mark">How they are drawn.</param>
/// <param name="X">Where.</param>
/// <param name="Y">As many.</param>
internal sealed record Series(string Name, Mark Mark, double[] X, double[] Y)
{
    /// <summary>Half the length of the whiskers on y; null without.</summary>
    public double[]? Errors { get; init; }

    /// <summary>What the figure's color scale colors each point by; null without.</summary>
    public double[]? Values { get; init; }

    /// <summary>What each point is called, such as an atom's id; null without.</summary>
    public string[]? Labels { get; init; }

    /// <summary>Width and height of a tile, in the units of the axes; null for other marks.</summary>
    public double[]? Tile { get; init; }

    /// <summary>Number in the palette.</summary>
    public int Color { get; init; }

    /// <summary>Whether its line is dashed.</summary>
    public bool Dashed { get; init; }

    /// <summary>Whether the area below it is filled.</summary>
    public bool Filled { get; init; }
}

/// <summary>
/// A figure before it is drawn: what it shows, in which units, in which words. The page's charts, the SVG and the CSV file are three views of
/// it, so they cannot disagree.
/// </summary>
internal sealed record Figure
{
    /// <summary>Name of its files, unique in a report.</summary>
    public required string Id { get; init; }

    /// <summary>What it shows, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>What is seen, and how it was found.</summary>
    public required string Caption { get; init; }

    /// <summary>The horizontal axis.</summary>
    public required Axis X { get; init; }

    /// <summary>The vertical axis.</summary>
    public required Axis Y { get; init; }

    /// <summary>What is drawn, the first below the others.</summary>
    public required IReadOnlyList<Series> Series { get; init; }

    /// <summary>What colors its points; null where the series do.</summary>
    public ColorScale? Colors { get; init; }

    /// <summary>Whether one unit is equally long on both axes.</summary>
    public bool Equal { get; init; }

    /// <summary>Figures of one group share a place on the page; null to stand alone.</summary>
    public string? Group { get; init; }

    /// <summary>Its name within the group.</summary>
    public string? Choice { get; init; }
}
