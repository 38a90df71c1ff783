using System.Text;
using Glasswright.Actors.Storage;
using Glasswright.Host.Commands;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Sharing;

/// <summary>
/// A version of a run as a folder that LAMMPS runs without this program: <c>structure.data</c>, the potential that the run has kept, byte for
/// byte, <c>in.aqs</c> and <c>README.txt</c>. Files of these names are replaced.
/// </summary>
internal sealed class LammpsFolder
{
    private const string StructureName = "structure.data", ReadmeName = "README.txt";

    private readonly StructureFrame _frame;
    private readonly RunInput _potential;
    private readonly QuasistaticScript _script;

    /// <summary>Checks that LAMMPS can hold the version; nothing is written.</summary>
    /// <param name="run">The run's id.</param>
    /// <param name="replica">The chain.</param>
    /// <param name="version">The version.</param>
    /// <param name="input">What the run was made of.</param>
    /// <param name="lateral">What lateral lengths do; null for what the run's model was trained on, else its <c>label.lateral</c>.</param>
    /// <exception cref="InputException">LAMMPS cannot hold the structure or the lateral condition, or the kept potential is not what it was.</exception>
    public LammpsFolder(string run, int replica, StoredVersion version, SearchInput input, LateralCondition? lateral)
    {
        AtomicStructure structure = CanonicalStructure.Decode(version.Bytes);
        _ = LammpsBox.FromCell(structure.Cell, run);
        _frame = new StructureFrame(structure);
        _potential = input.Files.First(file => file.Name == SearchInput.PotentialRole);
        string digest = CanonicalStructure.Id(_potential.Bytes);
        if (digest != _potential.Sha256)
        {
            throw new InputException(
                $"the run's potential {_potential.FileName} is not what it was", run, expected: _potential.Sha256, found: digest);
        }

        EamTables tables = input.Glass.Tables;
        if (FindMasses(input, structure.SpeciesNames) is { } masses)
        {
            _frame.Header[LammpsDataFile.MassesEntry] = masses;
        }

        LateralCondition condition = lateral ?? LateralConditions.Parse((input.Models.Count > 0 ? input.Models[0].Label?.Lateral : null) ?? input.Configuration.Settings.Label.Lateral);
        if (condition == LateralCondition.Stress)
        {
            throw new InputException(
                "in.aqs has no loading with relaxed lateral stress", expected: "--lateral isochoric or --lateral fixed", found: "stress");
        }

        PotentialName = SafeName(_potential.FileName);
        _script = new QuasistaticScript
        {
            Run = run,
            Replica = replica,
            Step = version.Number,
            Potential = PotentialName,
            PairStyle = tables.IsFinnisSinclair ? "eam/fs" : "eam/alloy",
            Elements = [.. structure.SpeciesNames.Select(name => tables.Elements.Contains(name) ? name : "NULL")],
            Lateral = condition,
            Increment = input.Configuration.Settings.Label.Step,
            Tolerance = input.Configuration.Settings.Label.ForceTolerance,
        };
    }

    /// <summary>The potential's file beside the script.</summary>
    public string PotentialName { get; }

    /// <summary>SHA-256 of the potential.</summary>
    public string PotentialSha256 => _potential.Sha256;

    /// <summary>The style that LAMMPS reads the potential with.</summary>
    public string PairStyle => _script.PairStyle;

    /// <summary>What lateral lengths do.</summary>
    public LateralCondition Lateral => _script.Lateral;

    /// <summary>The line by which LAMMPS reads the potential.</summary>
    public string PairCoefficients => $"pair_coeff * * {PotentialName} {string.Join(' ', _script.Elements)}";

    /// <summary>Writes the files. The script comes last: where it lies, the rest does.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        StructureFile.Write(Path.Combine(folder, StructureName), _frame);
        AtomicFile.Write(Path.Combine(folder, PotentialName), stream => stream.Write(_potential.Bytes));
        string text = $"""
            Run {_script.Run}, replica {_script.Replica}, version {_script.Step}: {_frame.Structure.Count} atoms; {PairStyle}, {PairCoefficients} (SHA-256 {PotentialSha256}).
            lmp -in {QuasistaticScript.FileName} loads {StructureName} in twelve modes and writes curve-MODE.csv; its head tells what -var sets, and glasswright deform --mode MODE --lateral {Lateral.Name()} --step {LabelDefinition.Text(_script.Increment)} --force-tolerance {LabelDefinition.Text(_script.Tolerance)} computes the same.

            """;
        AtomicFile.Write(Path.Combine(folder, ReadmeName), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        _script.Write(Path.Combine(folder, QuasistaticScript.FileName));
    }

    /// <summary>Masses that the structure's file gave, else those of the potential where a name is no element's; null for the elements' own.</summary>
    private static string? FindMasses(SearchInput input, IReadOnlyList<string> names)
    {
        if (input.Glass.Frame.Header.TryGetValue(LammpsDataFile.MassesEntry, out string? given))
        {
            return given;
        }

        EamTables tables = input.Glass.Tables;
        string[] elements = [.. tables.Elements];
        return names.All(Elements.Exists)
            ? null
            : string.Join(' ', names.Select(name => FormattableString.Invariant(
                $"{(Array.IndexOf(elements, name) is >= 0 and int k ? tables.Masses[k] : Elements.Mass(name) ?? 1)}")));
    }

    // A name out of a store becomes one of this folder's, and one word for LAMMPS.
    private static string SafeName(string name)
    {
        string safe = new([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_')]);
        return safe is StructureName or ReadmeName or QuasistaticScript.FileName || safe.Trim('.').Length == 0 ? "potential." + safe : safe;
    }
}
