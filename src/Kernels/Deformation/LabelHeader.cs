using System.Globalization;

namespace Glasswright.Kernels.Deformation;

/// <summary>How one mode of a labeled structure ended.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Outcome">How the run ended.</param>
/// <param name="Steps">Steps completed; labels at strains beyond are empty.</param>
internal readonly record struct ModeOutcome(LoadingMode Mode, QuasistaticOutcome Outcome, int Steps);

/// <summary>
/// What stands in the comments at the head of a label file, one <c># key = value</c> a line: the definition, where the
/// structure came from, and how its modes ended.
/// </summary>
internal sealed record LabelHeader
{
    /// <summary>Version of the two label formats.</summary>
    public const int Format = 1;

    /// <summary>What the labels mean.</summary>
    public required LabelDefinition Definition { get; init; }

    /// <summary>Name of the structure: its file without extension.</summary>
    public required string Structure { get; init; }

    /// <summary><see cref="Kernels.Structure.StructureDigest"/> of the structure as given.</summary>
    public required string StructureSha256 { get; init; }

    /// <summary>SHA-256 of the structure's file; empty when there was none.</summary>
    public string FileSha256 { get; init; } = "";

    /// <summary>SHA-256 of the potential's file; empty when the structures came from elsewhere.</summary>
    public string PotentialSha256 { get; init; } = "";

    /// <summary>The numerics version; empty when the structures came from elsewhere.</summary>
    public string Numerics { get; init; } = "";

    /// <summary>SHA-256 over everything the labels depend on; tells finished work from other work of the same name.</summary>
    public string Key { get; init; } = "";

    /// <summary>Energy of the reference, eV; NaN when unknown.</summary>
    public double ReferenceEnergy { get; init; } = double.NaN;

    /// <summary>Pressure of the reference, bar, xx yy zz xy xz yz; empty when unknown.</summary>
    public IReadOnlyList<double> ReferencePressure { get; init; } = [];

    /// <summary>How every mode ended, in the order of the definition's modes.</summary>
    public IReadOnlyList<ModeOutcome> Outcomes { get; init; } = [];

    /// <summary>All entries in file order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Entries()
    {
        foreach (KeyValuePair<string, string> entry in Definition.Entries())
        {
            yield return entry;
        }

        yield return new("structure", Structure);
        yield return new("structure_sha256", StructureSha256);
        yield return new("structure_file_sha256", FileSha256);
        yield return new("potential_sha256", PotentialSha256);
        yield return new("numerics", Numerics);
        yield return new("reference_energy_eV", double.IsNaN(ReferenceEnergy) ? "" : LabelDefinition.Text(ReferenceEnergy));
        yield return new("reference_pressure_bar", string.Join(',', ReferencePressure.Select(LabelDefinition.Text)));
        yield return new(
            "outcomes", string.Join(',', Outcomes.Select(o => FormattableString.Invariant($"{o.Mode}:{o.Outcome}:{o.Steps}"))));
        yield return new("key", Key);
    }

    /// <summary>The header from the entries of a file.</summary>
    /// <exception cref="InputException">A needed entry is missing, or one does not parse.</exception>
    public static LabelHeader FromEntries(IReadOnlyDictionary<string, (string Value, int Line)> entries, string file)
    {
        return new LabelHeader
        {
            Definition = LabelDefinition.FromEntries(entries, file),
            Structure = Value("structure"),
            StructureSha256 = Value("structure_sha256"),
            FileSha256 = Value("structure_file_sha256"),
            PotentialSha256 = Value("potential_sha256"),
            Numerics = Value("numerics"),
            Key = Value("key"),
            ReferenceEnergy = Numbers("reference_energy_eV") is [double energy, ..] ? energy : double.NaN,
            ReferencePressure = Numbers("reference_pressure_bar"),
            Outcomes = [.. Items("outcomes").Select(ParseOutcome)],
        };

        string Value(string key) => entries.TryGetValue(key, out (string Value, int) entry) ? entry.Value : "";

        string[] Items(string key) => Value(key).Split(',', StringSplitOptions.RemoveEmptyEntries);

        double[] Numbers(string key) =>
        [
            .. Items(key).Select(text =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                    ? value
                    : throw new InputException($"{key} is not a number", file, entries[key].Line, found: $"'{text}'")),
        ];

        ModeOutcome ParseOutcome(string text)
        {
            string[] parts = text.Split(':');
            if (parts.Length != 3
                || !Enum.TryParse(parts[1], out QuasistaticOutcome outcome)
                || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int steps))
            {
                throw new InputException(
                    "an outcome does not parse", file, entries["outcomes"].Line, "mode:outcome:steps", $"'{text}'");
            }

            return new(LoadingMode.Parse(parts[0], file, entries["outcomes"].Line), outcome, steps);
        }
    }
}
