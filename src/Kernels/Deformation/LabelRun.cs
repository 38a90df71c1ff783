using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>What stands already where labels are to be written.</summary>
internal enum LabelState
{
    /// <summary>No label files of this name.</summary>
    Missing,

    /// <summary>The very labels that the run would give.</summary>
    Finished,

    /// <summary>Label files of this name with other inputs or settings, or unreadable ones.</summary>
    Different,
}

/// <summary>
/// The labels of one structure: one <see cref="LabelUnit"/> a mode, then <see cref="Assemble"/>, which takes the modes in
/// the order of the definition. Neither the order in which units ran nor on how many threads is seen in the files.
/// </summary>
internal sealed class LabelRun
{
    private const string PartialFolder = ".partial";

    private readonly LabelInputs _inputs;
    private readonly LabelSettings _settings;
    private readonly string _structureSha256;

    /// <summary>Describes the work.</summary>
    /// <param name="inputs">The structure and its potential.</param>
    /// <param name="settings">What is labeled.</param>
    /// <param name="folder">Where the label files go; finished modes wait in <c>.partial</c> below it.</param>
    /// <exception cref="InputException">The settings cannot be used, or the name is not that of a file.</exception>
    public LabelRun(LabelInputs inputs, LabelSettings settings, string folder)
    {
        LabelDefinition definition = settings.Definition;
        if (definition.Step is null || definition.ForceTolerance is null)
        {
            throw new InputException("labels by loading need a strain step and a force tolerance");
        }

        definition.Validate();
        if (inputs.Name.Length == 0 || inputs.Name != Path.GetFileName(inputs.Name))
        {
            throw new InputException("a structure's name cannot name files", found: $"'{inputs.Name}'");
        }

        _inputs = inputs;
        _settings = settings;
        _structureSha256 = StructureDigest.Compute(inputs.Structure);
        Folder = folder;
        Key = LabelUnit.KeyOf(string.Join(
            '\n',
            [
                FormattableString.Invariant($"labels {LabelHeader.Format}"),
                .. definition.Entries().Select(entry => $"{entry.Key} = {entry.Value}"),
                FormattableString.Invariant($"max evaluations = {settings.MaxEvaluations}"),
                $"extrapolated starts = {settings.ExtrapolateStarts}",
                _structureSha256,
                inputs.FileSha256,
                inputs.PotentialSha256,
                inputs.Numerics,
            ]));
        string partial = Path.Combine(folder, PartialFolder);
        Units = [.. definition.Modes.Select(mode => new LabelUnit(inputs, settings, mode, Key, partial))];
    }

    /// <summary>SHA-256 over all that the labels depend on.</summary>
    public string Key { get; }

    /// <summary>Where the label files go.</summary>
    public string Folder { get; }

    /// <summary>The work, one unit a mode; units are independent.</summary>
    public IReadOnlyList<LabelUnit> Units { get; }

    /// <summary>The file of the labels.</summary>
    public string LabelPath => Path.Combine(Folder, _inputs.Name + ".labels.csv");

    /// <summary>The file of the values of every mode.</summary>
    public string ModePath => Path.Combine(Folder, _inputs.Name + ".modes.csv");

    /// <summary>The file that whoever labels the structure holds a lock on.</summary>
    public string LockPath => Path.Combine(Folder, PartialFolder, _inputs.Name + ".lock");

    /// <summary>What stands at <see cref="LabelPath"/> and <see cref="ModePath"/>.</summary>
    public LabelState State()
    {
        bool labels = File.Exists(LabelPath), modes = File.Exists(ModePath);
        if (!labels && !modes)
        {
            return LabelState.Missing;
        }

        // The labels are written last: modes alone are what a cut-off assembly left.
        if ((labels && !HasKey(LabelPath)) || (modes && !HasKey(ModePath)))
        {
            return LabelState.Different;
        }

        return labels && modes ? LabelState.Finished : LabelState.Missing;
    }

    /// <summary>Puts the finished modes together, writes both files, and removes the kept modes.</summary>
    /// <returns>The values of every mode; <see cref="ModeLabelTable.Average"/> gives the labels.</returns>
    /// <exception cref="InvalidOperationException">A unit is not finished.</exception>
    public ModeLabelTable Assemble()
    {
        LabelDefinition definition = _settings.Definition;
        ModeResult[] results =
        [
            .. Units.Select(unit => unit.Finished()
                ?? throw new InvalidOperationException($"Mode {unit.Mode} of {_inputs.Name} is not finished.")),
        ];
        var values = new double[definition.Strains.Count][][];
        for (int s = 0; s < values.Length; s++)
        {
            values[s] = [.. results.Select(result => result.LnD2Min[s])];
        }

        var header = new LabelHeader
        {
            Definition = definition,
            Structure = _inputs.Name,
            StructureSha256 = _structureSha256,
            FileSha256 = _inputs.FileSha256,
            PotentialSha256 = _inputs.PotentialSha256,
            Numerics = _inputs.Numerics,
            Key = Key,
            ReferenceEnergy = results[0].ReferenceEnergy,
            ReferencePressure = results[0].ReferencePressure,
            Outcomes = [.. results.Select(result => new ModeOutcome(result.Mode, result.Outcome, result.Steps))],
        };
        var table = new ModeLabelTable(header, [.. _inputs.Structure.Ids], values);

        // Order matters: the labels last, they tell that all is there; then only may the kept modes go.
        LabelFile.Write(ModePath, table);
        LabelFile.Write(LabelPath, table.Average());
        RemovePartials();
        return table;
    }

    /// <summary>
    /// Removes the folder of finished modes if nothing waits in it, once all structures of a labeling are done: before, a unit
    /// may be about to put its result there.
    /// </summary>
    public static void RemoveEmptyPartialFolder(string folder)
    {
        string partial = Path.Combine(folder, PartialFolder);
        if (Directory.Exists(partial) && !Directory.EnumerateFileSystemEntries(partial).Any())
        {
            Directory.Delete(partial);
        }
    }

    private bool HasKey(string path)
    {
        try
        {
            return LabelFile.ReadHeader(path).Key == Key;
        }
        catch (InputException)
        {
            // Whatever it is, it is not this run's file; the caller decides what becomes of it.
            return false;
        }
    }

    // The folder stays: a unit of another structure may be about to put its result there.
    private void RemovePartials()
    {
        foreach (LabelUnit unit in Units)
        {
            File.Delete(unit.PartialPath);
        }
    }
}
