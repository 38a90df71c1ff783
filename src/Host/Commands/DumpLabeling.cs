using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary><c>label --from-dumps</c>: labels of one mode from structures that another program has loaded.</summary>
internal static class DumpLabeling
{
    private static readonly string[] DumpExtensions = [".dump", ".lammpstrj"];

    /// <summary>Reads the structures, computes and writes the labels, prints the summary.</summary>
    /// <param name="files">The reference, then one structure a strain.</param>
    /// <param name="stray">Structures given outside of the flag; there must be none.</param>
    /// <param name="species">Elements of types; labels do not need them.</param>
    /// <param name="definition">Strains, mode and lateral condition as the user states them.</param>
    /// <param name="folder">Where the files go.</param>
    /// <param name="session">Where to print.</param>
    public static int Run(
        IReadOnlyList<string> files, IReadOnlyList<string> stray, IReadOnlyList<string>? species, LabelDefinition definition,
        string folder, Session session)
    {
        if (files.Count < 2 || stray.Count > 0)
        {
            throw new InputException(
                "--from-dumps needs a reference and at least one step",
                expected: "--from-dumps REF STEP …, and no other structures",
                found: string.Join(' ', stray.Concat(files)));
        }

        OutputFile.RequireWritableFolder(folder);
        string name = Path.GetFileNameWithoutExtension(files[0]);
        AtomicStructure reference = Read(files[0], species);
        AtomicStructure[] steps = [.. files.Skip(1).Select(file => Read(file, species))];
        ModeLabelTable modes = DumpLabels.Compute(name, reference, steps, definition, [.. files.Skip(1)]);
        modes = modes with { Header = modes.Header with { FileSha256 = FileDigest.Sha256(files[0]) } };
        LabelTable labels = modes.Average();

        string labelPath = Path.Combine(folder, name + ".labels.csv"), modePath = Path.Combine(folder, name + ".modes.csv");
        RequireSame(labelPath, modes.Header);
        RequireSame(modePath, modes.Header);
        Directory.CreateDirectory(folder);
        LabelFile.Write(modePath, modes);
        LabelFile.Write(labelPath, labels);
        session.Print(new Report()
            .Text("outcome", "outcome", "finished")
            .Text("mode", "mode", definition.Modes[0].Name)
            .Whole("atoms", "atoms", reference.Count)
            .Whole("valid", "atoms with valid labels", labels.Valid.Count(valid => valid))
            .Text("labels", "labels", labelPath));
        return 0;
    }

    /// <summary>Labels of the same structure and definition may be made again; others are somebody's work.</summary>
    private static void RequireSame(string path, LabelHeader header)
    {
        if (!File.Exists(path))
        {
            return;
        }

        LabelHeader present = LabelFile.ReadHeader(path);
        bool same = present.StructureSha256 == header.StructureSha256
            && present.PotentialSha256 == header.PotentialSha256
            && present.Definition.Entries().SequenceEqual(header.Definition.Entries());
        if (!same)
        {
            throw new InputException(
                "there are labels of this name from another structure or definition", file: path, expected: "--out with another folder");
        }
    }

    /// <summary>A structure that need not name its elements: D²min asks for positions and cell only.</summary>
    private static AtomicStructure Read(string path, IReadOnlyList<string>? species)
    {
        if (species is not null || !DumpExtensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
        {
            return StructureFile.Read(path, species).Structure;
        }

        AtomicStructure structure = LammpsDumpFile.Read(path).Structure;
        StructureChecks.RequireUsable(structure, path);
        return structure;
    }
}
