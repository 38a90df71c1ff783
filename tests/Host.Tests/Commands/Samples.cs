using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Tests.Support;

namespace Glasswright.Host.Tests.Commands;

/// <summary>Files that the tests of the verbs share.</summary>
internal static class Samples
{
    public static string Potential { get; } = Repository.Data("potentials", "CuZr_mm.eam.fs");

    public static string StressFreeGlass { get; } = Repository.Data("glasses", "cu50zr50-864-p0.data");

    public static string LargeGlass { get; } = Repository.Data("glasses", "cu50zr50-16000-p0.data");

    /// <summary>The glass that LAMMPS' swaps start from.</summary>
    public static string CubicGlass { get; } = Repository.TestData("glasses", "cu50zr50-864.data");

    public static string Perturbed { get; } = Repository.TestData("lammps", "perturbed.dump");

    public static string Tilted { get; } = Repository.TestData("lammps", "triclinic.dump");

    /// <summary>A cell of 16 atoms, 8 Å wide: larger than the potential's cutoff, quick to relax.</summary>
    public static string SmallCrystal(Scratch scratch, string name = "small.extxyz")
    {
        var lines = new List<string> { "16", "Lattice=\"8 0 0 0 8 0 0 0 8\" Properties=species:S:1:pos:R:3:id:I:1 pbc=\"T T T\"" };
        for (int i = 0; i < 16; i++)
        {
            // Two interpenetrating cubic lattices of four by two by two sites, slightly out of place.
            double x = (2 * (i % 4)) + (0.1 * (i % 3)), y = (4 * (i / 4 % 2)) + (2 * (i % 2)) + (0.05 * (i % 5)), z = (4 * (i / 8)) + (0.07 * (i % 4));
            lines.Add(FormattableString.Invariant($"{(i % 2 == 0 ? "Cu" : "Zr")} {x} {y} {z} {i + 1}"));
        }

        return scratch.Write(name, string.Join('\n', lines) + "\n");
    }

    /// <summary>A model file of random weights, small enough for <see cref="SmallCrystal"/>; of Cu and Zr where no species are given.</summary>
    public static string SmallModel(
        Scratch scratch,
        string? potentialSha256 = null,
        ModelProvenance? provenance = null,
        string name = "small.safetensors",
        ulong seed = 3,
        LabelDefinition? label = null,
        params string[] species)
    {
        var architecture = new Architecture
        {
            Species = species.Length > 0 ? species : ["Cu", "Zr"],
            NodeWidth = 4,
            EdgeWidth = 6,
            Heads = 1,
            HeadWidth = 4,
            Layers = 1,
            Cutoff = 4,
            Gaussian = new GaussianBasis(0, 0.7, 6, 0.7),
            Embedding = [4],
            Readout = [4],
            Target = new TargetNormalization(-1.5, 0.25),
        };
        string path = scratch.File(name);
        ModelFile.Write(path, new PropertyModel(
            ParameterSet.Initialize(new ParameterLayout(architecture), seed), label, potentialSha256, provenance: provenance));
        return path;
    }
}
