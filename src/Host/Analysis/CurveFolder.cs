using System.Globalization;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Analysis;

/// <summary>
/// Stress-strain curves of several modes in one folder: <c>MODE/curve.csv</c>, as <c>deform --out FOLDER/MODE</c> leaves them, or <c>curve-MODE.csv</c>, as
/// the script of <c>export --format lammps</c> does.
/// </summary>
/// <param name="Label">What the table calls them.</param>
/// <param name="Curves">The curves by mode, in the order of the modes.</param>
internal sealed record CurveFolder(string Label, IReadOnlyList<(LoadingMode Mode, CurvePoint[] Points)> Curves)
{
    private const double BarPerGigapascal = 10_000;

    /// <summary>Reads all curves of a folder.</summary>
    /// <exception cref="InputException">There is none, or one cannot be read.</exception>
    public static CurveFolder Read(string label, string folder)
    {
        var curves = new List<(LoadingMode, CurvePoint[])>();
        foreach (LoadingMode mode in LoadingMode.All)
        {
            string[] files = [Path.Combine(folder, mode.Name, "curve.csv"), Path.Combine(folder, $"curve-{mode.Name}.csv")];
            if (files.FirstOrDefault(File.Exists) is { } file)
            {
                curves.Add((mode, ReadCurve(file)));
            }
        }

        return curves.Count > 0
            ? new(label, curves)
            : throw new InputException("there is no stress-strain curve", folder, expected: "MODE/curve.csv or curve-MODE.csv, such as xy+/curve.csv");
    }

    /// <summary>Writes the curves side by side, and the figures of all.</summary>
    public static void Write(AnalysisFolder target, IReadOnlyList<CurveFolder> folders)
    {
        target.Write(
            "stress-strain.csv",
            ["the curves as they were read: stress in GPa, positive when it resists; energy of the whole structure, eV"],
            ["structure", "mode", "strain", "stress_GPa", "energy_eV"],
            csv =>
            {
                foreach (CurveFolder folder in folders)
                {
                    foreach ((LoadingMode mode, CurvePoint[] points) in folder.Curves)
                    {
                        foreach (CurvePoint point in points)
                        {
                            csv.Cell(folder.Label).Cell(mode.Name).Cell(point.Strain).Cell(point.Stress / BarPerGigapascal).Cell(point.Energy).EndRow();
                        }
                    }
                }
            });
        WriteFigures(target, folders);
    }

    private static void WriteFigures(AnalysisFolder target, IReadOnlyList<CurveFolder> folders) => target.Write(
        "stress.csv",
        [
            FormattableString.Invariant($"modulus: slope up to a strain of {StressStrainFigures.ElasticStrain} or the first event, GPa (shear modulus of xy, xz, yz; along an axis that of the curve's lateral condition, Young's only where the sides are free)"),
            FormattableString.Invariant($"an event is a fall of the stress by more than {StressStrainFigures.DefaultThreshold} bar a step, falling steps in a row are one; drops in GPa; empty where there is none"),
        ],
        ["structure", "mode", "strain_reached", "modulus_GPa", "first_event_strain", "maximum_stress_GPa", "strain_at_maximum", "events", "largest_drop_GPa", "mean_drop_GPa"],
        csv =>
        {
            foreach (CurveFolder folder in folders)
            {
                foreach ((LoadingMode mode, CurvePoint[] points) in folder.Curves)
                {
                    StressStrainFigures figures = StressStrainFigures.Of(points);
                    csv.Cell(folder.Label).Cell(mode.Name).Cell(points[^1].Strain).Cell(figures.Modulus / BarPerGigapascal).Cell(figures.FirstEventStrain);
                    csv.Cell(figures.MaximumStress / BarPerGigapascal).Cell(figures.StrainAtMaximum).Cell(figures.Drops.Count);
                    csv.Cell(figures.LargestDrop / BarPerGigapascal).Cell(figures.MeanDrop / BarPerGigapascal).EndRow();
                }
            }
        });

    /// <summary>The means over modes for a summary.</summary>
    public Report Describe()
    {
        StressStrainFigures[] shear = FiguresOf(mode => mode.IsShear), axial = FiguresOf(mode => !mode.IsShear);
        return new Report()
            .Whole("modes", "modes", Curves.Count)
            .Number("shear_modulus_GPa", "mean modulus in shear", Mean(shear, f => f.Modulus) / BarPerGigapascal, "GPa", "F2")
            .Number("axial_modulus_GPa", "mean modulus along an axis", Mean(axial, f => f.Modulus) / BarPerGigapascal, "GPa", "F2")
            .Number("first_event_strain", "mean strain of the first event", Mean([.. shear, .. axial], f => f.FirstEventStrain), "", "F4")
            .Number("maximum_stress_shear_GPa", "mean maximum stress in shear", Mean(shear, f => f.MaximumStress) / BarPerGigapascal, "GPa", "F3");
    }

    private StressStrainFigures[] FiguresOf(Predicate<LoadingMode> isSuch) =>
        [.. Curves.Where(curve => isSuch(curve.Mode)).Select(curve => StressStrainFigures.Of(curve.Points))];

    /// <summary>Mean over the modes that have the figure; NaN if none has.</summary>
    private static double Mean(IReadOnlyList<StressStrainFigures> figures, Func<StressStrainFigures, double> figure)
    {
        double sum = 0;
        int count = 0;
        foreach (double value in figures.Select(figure).Where(double.IsFinite))
        {
            sum += value;
            count++;
        }

        return sum / count;
    }

    private static CurvePoint[] ReadCurve(string file)
    {
        var points = new List<CurvePoint>();
        using var reader = new LineReader(file);
        while (reader.MoveNext())
        {
            string line = System.Text.Encoding.UTF8.GetString(reader.Current).Trim();
            if (line.Length == 0 || line[0] == '#' || (points.Count == 0 && line.StartsWith("strain,", StringComparison.Ordinal)))
            {
                continue;
            }

            double[] cells = [.. line.Split(',').Select(cell =>
                double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN)];
            if (cells.Length != 3 || !cells.All(double.IsFinite))
            {
                throw new InputException("is not a point of a curve", file, reader.Line, expected: "strain,energy_eV,stress_bar", found: $"'{line}'");
            }

            if (points.Count > 0 && cells[0] <= points[^1].Strain)
            {
                throw new InputException("strains do not ascend", file, reader.Line, expected: FormattableString.Invariant($"more than {points[^1].Strain}"), found: line.Split(',')[0]);
            }

            points.Add(new(cells[0], cells[1], cells[2]));
        }

        return points.Count > 0 ? [.. points] : throw new InputException("the curve has no points", file, expected: "strain,energy_eV,stress_bar");
    }
}
