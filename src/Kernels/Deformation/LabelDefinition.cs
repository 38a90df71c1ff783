using System.Globalization;

namespace Glasswright.Kernels.Deformation;

/// <summary>
/// What a label means: the mean over the modes of ln(D²min/Å²) of an atom at each strain, and how those were obtained.
/// Labels of different definitions must never be mixed; two definitions are equal when all of their text is.
/// </summary>
internal sealed record LabelDefinition
{
    /// <summary>The strains at which labels are kept by default.</summary>
    public static IReadOnlyList<double> DefaultStrains { get; } =
        [0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.14];

    /// <summary>Strains in ascending order.</summary>
    public required IReadOnlyList<double> Strains { get; init; }

    /// <summary>The modes averaged, in the order of the average.</summary>
    public IReadOnlyList<LoadingMode> Modes { get; init; } = LoadingMode.All;

    /// <summary>What the lateral lengths do.</summary>
    public LateralCondition Lateral { get; init; } = LateralCondition.Isochoric;

    /// <summary>Strain of one quasistatic step; null when the structures came from elsewhere.</summary>
    public double? Step { get; init; } = 1e-4;

    /// <summary>Tolerance of ‖F‖₂ in every minimization, eV/Å; null when the structures came from elsewhere.</summary>
    public double? ForceTolerance { get; init; } = 1e-5;

    /// <summary>r_c of D²min, Å.</summary>
    public double Cutoff { get; init; } = NonaffineDisplacement.DefaultCutoff;

    /// <summary>Whether D²min is divided by the number of neighbors; the plain sum otherwise.</summary>
    public bool DividedByNeighbors { get; init; }

    /// <summary>Whether both mean the same; by value.</summary>
    public bool Equals(LabelDefinition? other) => other is not null && Entries().SequenceEqual(other.Entries());

    /// <summary>Agrees with <see cref="Equals(LabelDefinition)"/>.</summary>
    public override int GetHashCode() => string.Join('\n', Entries()).GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether labels of both may be used together at a strain that both hold.</summary>
    public bool IsCompatible(LabelDefinition other) => Equals(other with { Strains = Strains });

    /// <summary>The definition as ordered entries, the same in every file that carries it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Entries() =>
    [
        new("strains", string.Join(',', Strains.Select(Text))),
        new("modes", string.Join(',', Modes.Select(mode => mode.Name))),
        new("lateral", Lateral.Name()),
        new("step", Step is { } step ? Text(step) : Unknown),
        new("force_tolerance_eV_per_A", ForceTolerance is { } tolerance ? Text(tolerance) : Unknown),
        new("d2min", DividedByNeighbors ? PerNeighbor : PlainSum),
        new("d2min_cutoff_A", Text(Cutoff)),
    ];

    /// <summary>A definition from the entries of a file.</summary>
    /// <param name="entries">Value and line by key.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="InputException">An entry is missing or does not parse.</exception>
    public static LabelDefinition FromEntries(IReadOnlyDictionary<string, (string Value, int Line)> entries, string file)
    {
        (string normalization, int normalizationLine) = Entry("d2min");
        if (normalization is not (PlainSum or PerNeighbor))
        {
            throw new InputException(
                "unknown D2min definition", file, normalizationLine, $"'{PlainSum}' or '{PerNeighbor}'", $"'{normalization}'");
        }

        (string modes, int modeLine) = Entry("modes");
        (string lateral, int lateralLine) = Entry("lateral");
        (string strains, int strainLine) = Entry("strains");
        var definition = new LabelDefinition
        {
            Strains = [.. strains.Split(',').Select(text => Number(text, "a strain", strainLine))],
            Modes = [.. modes.Split(',').Select(text => LoadingMode.Parse(text, file, modeLine))],
            Lateral = LateralConditions.Parse(lateral, file, lateralLine),
            Step = Optional("step"),
            ForceTolerance = Optional("force_tolerance_eV_per_A"),
            DividedByNeighbors = normalization == PerNeighbor,
            Cutoff = Optional("d2min_cutoff_A")
                ?? throw new InputException("the cutoff of D2min must be known", file, Entry("d2min_cutoff_A").Line),
        };
        definition.Validate(file, strainLine);
        return definition;

        (string Value, int Line) Entry(string key) => entries.TryGetValue(key, out (string, int) entry)
            ? entry
            : throw new InputException("an entry of the header is missing", file, expected: $"a line '# {key} = …'");

        double? Optional(string key)
        {
            (string value, int line) = Entry(key);
            return value == Unknown ? null : Number(value, key, line);
        }

        double Number(string text, string what, int line) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0
                && double.IsFinite(value)
                ? value
                : throw new InputException($"{what} is not a positive number", file, line, "a positive number", $"'{text}'");
    }

    /// <summary>Refuses a definition that names nothing, twice the same, or strains out of order.</summary>
    /// <exception cref="InputException">It does.</exception>
    public void Validate(string? file = null, int? line = null)
    {
        if (Strains.Count == 0 || Modes.Count == 0)
        {
            throw new InputException("labels need at least one strain and one mode", file, line);
        }

        for (int i = 0; i < Strains.Count; i++)
        {
            if (!(Strains[i] > (i == 0 ? 0 : Strains[i - 1])))
            {
                throw new InputException(
                    "strains out of order",
                    file,
                    line,
                    expected: "positive strains in ascending order",
                    found: string.Join(',', Strains.Select(Text)));
            }

            if (Step is { } step)
            {
                LoadingPath.StepsTo(Strains[i], step);
            }
        }

        if (Modes.Distinct().Count() != Modes.Count)
        {
            throw new InputException(
                "a mode is named twice", file, line, found: string.Join(',', Modes.Select(mode => mode.Name)));
        }
    }

    /// <summary>A strain as it stands in column names.</summary>
    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private const string Unknown = "unknown";
    private const string PlainSum = "plain sum over reference neighbors";
    private const string PerNeighbor = "mean over reference neighbors";
}
