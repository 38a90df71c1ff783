using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using ModelLabel = Glasswright.Models.Storage.LabelDefinition;

namespace Glasswright.Host.Commands;

/// <summary>A structure with a true value for every atom, in the structure's order.</summary>
/// <param name="Structure">The atoms.</param>
/// <param name="Values">True values; NaN or anything where not valid.</param>
/// <param name="Valid">Which values count.</param>
/// <param name="Meaning">What the values mean.</param>
/// <param name="PotentialSha256">The potential behind them; empty if unknown.</param>
/// <param name="Numerics">The numerics that computed them; empty if unknown.</param>
internal sealed record LabeledGlass(
    AtomicStructure Structure, double[] Values, bool[] Valid, ModelLabel Meaning, string PotentialSha256, string Numerics)
{
    private const string StrainColumn = "ln_d2min_";

    /// <summary>A glass as a configuration names it: with a label file, or with the values in a column of its own.</summary>
    /// <param name="glass">Its files.</param>
    /// <param name="strain">The strain of the labels; null where <paramref name="column"/> names something else.</param>
    /// <param name="column">The column of the values; null for that of the strain.</param>
    /// <param name="species">Names of the species, where the structure has none.</param>
    /// <exception cref="InputException">A file cannot be read, or they do not fit together.</exception>
    public static LabeledGlass Read(GlassSettings glass, double? strain, string? column, IReadOnlyList<string>? species) =>
        glass.Labels is { } labels && strain is { } value
            ? Read(glass.Structure, labels, value, species)
            : ReadColumn(glass.Structure, column ?? FormattableString.Invariant($"{StrainColumn}{strain}"), species);

    /// <summary>A structure and its label file, matched by atom ids.</summary>
    /// <exception cref="InputException">One cannot be read, the labels are of another structure, or the strain is missing.</exception>
    public static LabeledGlass Read(string structure, string labels, double strain, IReadOnlyList<string>? species)
    {
        AtomicStructure atoms = StructureFile.Read(structure, species).Structure;
        LabelTable table = LabelFile.ReadLabels(labels);
        RequireOf(table.Header, labels, structure, atoms);
        double[] column = Located.In(labels, () => table.At(strain));
        if (table.Ids.Length != atoms.Count)
        {
            throw new InputException(
                $"the labels are not those of {structure}",
                file: labels,
                expected: FormattableString.Invariant($"{atoms.Count} atoms"),
                found: FormattableString.Invariant($"{table.Ids.Length}"));
        }

        var rows = new Dictionary<long, int>(table.Ids.Length);
        for (int row = 0; row < table.Ids.Length; row++)
        {
            rows[table.Ids[row]] = row;
        }

        var values = new double[atoms.Count];
        var valid = new bool[atoms.Count];
        for (int i = 0; i < atoms.Count; i++)
        {
            if (!rows.TryGetValue(atoms.Ids[i], out int row))
            {
                throw new InputException(
                    $"the labels are not those of {structure}",
                    file: labels,
                    expected: FormattableString.Invariant($"a line for atom {atoms.Ids[i]}"));
            }

            (values[i], valid[i]) = (column[row], table.Valid[row] && double.IsFinite(column[row]));
        }

        return new LabeledGlass(
            atoms, values, valid, LabelMeaning.At(table.Header.Definition, strain), table.Header.PotentialSha256, table.Header.Numerics);
    }

    /// <summary>A structure whose file carries the values in a column; a value that is not finite is not valid.</summary>
    /// <exception cref="InputException">The file cannot be read or has no such column.</exception>
    public static LabeledGlass ReadColumn(string structure, string column, IReadOnlyList<string>? species)
    {
        StructureFrame frame = StructureFile.Read(structure, species);
        if (!frame.Columns.TryGetValue(column, out double[]? values))
        {
            throw new InputException(
                "the structure has no such column",
                file: structure,
                expected: frame.Columns.Count == 0 ? "extended XYZ with columns of numbers" : string.Join(", ", frame.Columns.Keys),
                found: $"'{column}'",
                nearest: NearestName.Find(column, frame.Columns.Keys));
        }

        return new LabeledGlass(
            frame.Structure, values, [.. values.Select(double.IsFinite)], new ModelLabel { Quantity = column }, "", "");
    }

    /// <summary>
    /// Requires that labels were made of this structure: the same file, or, as dumps do not name their elements and formats
    /// can be converted, the same atoms, cell and positions.
    /// </summary>
    private static void RequireOf(LabelHeader header, string labels, string structure, AtomicStructure atoms)
    {
        string file = FileDigest.Sha256(structure), content = StructureDigest.Compute(atoms);
        if (header.FileSha256 != file && header.StructureSha256 != content)
        {
            throw new InputException(
                $"the labels are not those of {structure}",
                file: labels,
                expected: $"structure_sha256 = {content}, or structure_file_sha256 = {file}",
                found: header.StructureSha256.Length > 0 ? $"structure_sha256 = {header.StructureSha256} (of {header.Structure})" : "neither");
        }
    }

    /// <summary>The strain that a column of label files is named after; null for other columns.</summary>
    public static double? StrainOf(string column) =>
        column.StartsWith(StrainColumn, StringComparison.Ordinal)
        && double.TryParse(
            column[StrainColumn.Length..], System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double strain)
            ? strain
            : null;
}
