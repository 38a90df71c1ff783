using Glasswright.Host.Output;
using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Analysis;

/// <summary>The tables of atoms and of their cells.</summary>
internal static class AtomTables
{
    /// <summary>Writes them.</summary>
    public static void Write(AnalysisFolder folder, IReadOnlyList<AnalyzedStructure> structures, AnalysisSettings settings)
    {
        string cells = settings.Radii.Count == 0
            ? "Voronoi cells with planes halfway"
            : $"radical cells with radii {string.Join(", ", settings.Radii.OrderBy(radius => radius.Key, StringComparer.Ordinal).Select(radius => FormattableString.Invariant($"{radius.Key} {radius.Value} Å")))}"
            + "; B. J. Gellatly, J. L. Finney, J. Non-Cryst. Solids 50, 313 (1982), doi:10.1016/0022-3093(82)90093-X";
        string faces = FormattableString.Invariant(
            $"faces below {settings.FaceThreshold} Å2 or {settings.RelativeFaceThreshold} of the surface do not count; J. L. Finney, Proc. R. Soc. A 319, 479 (1970), doi:10.1098/rspa.1970.0189");
        folder.Write(
            "atoms.csv",
            [
                $"{cells}; volume and surface of the cell, its faces, <n3,n4,n5,n6>, polytetrahedral: 2 n4 + n5 = 12",
                faces,
                FormattableString.Invariant($"q6, and the share of the surface behind solid bonds (d_ij > {Crystallinity.SolidBond}); crystalline above {Crystallinity.SolidShare}:"),
                "P. R. ten Wolde et al., Phys. Rev. Lett. 75, 2714 (1995), doi:10.1103/PhysRevLett.75.2714; W. Mickel et al., J. Chem. Phys. 138, 044501 (2013), doi:10.1063/1.4774084",
            ],
            [
                "structure", "id", "species", "x", "y", "z", "volume_A3", "surface_A2", "faces", "n3", "n4", "n5", "n6", "polytetrahedral", "q6", "solid_share", "crystalline",
                "energy_eV", "value",
            ],
            csv => structures.ToList().ForEach(one => WriteAtoms(csv, one)));
        folder.Write(
            "voronoi.csv",
            [$"how many atoms of a species have an index, and which share of the species they are; {cells}", faces],
            ["structure", "species", "n3", "n4", "n5", "n6", "atoms", "share"],
            csv => structures.ToList().ForEach(one => WriteCensus(csv, one)));
    }

    private static void WriteAtoms(CsvWriter csv, AnalyzedStructure one)
    {
        AtomicStructure structure = one.Structure;
        for (int i = 0; i < structure.Count; i++)
        {
            Vector3 r = structure.Position(i);
            VoronoiIndex index = one.Motifs.Indices[i];
            csv.Cell(one.Label).Cell(structure.Ids[i]).Cell(one.Species[structure.Species[i]]).Cell(r.X).Cell(r.Y).Cell(r.Z);
            csv.Cell(one.Motifs.Cells.Volumes[i]).Cell(one.Motifs.Cells.Surfaces[i]).Cell(one.Motifs.Cells.FaceCount(i));
            csv.Cell(index.N3).Cell(index.N4).Cell(index.N5).Cell(index.N6).Cell(index.IsPolytetrahedral ? 1 : 0);
            csv.Cell(one.Motifs.Order.Order[i]).Cell(one.Motifs.Order.SolidShares[i]).Cell(one.Motifs.Order.IsCrystalline(i) ? 1 : 0);
            csv.Cell(one.Energies?[i] ?? double.NaN).Cell(one.Values?[i] ?? double.NaN).EndRow();
        }
    }

    private static void WriteCensus(CsvWriter csv, AnalyzedStructure one)
    {
        for (int s = 0; s < one.Species.Count; s++)
        {
            int[] atoms = [.. Enumerable.Range(0, one.Structure.Count).Where(i => one.Structure.Species[i] == s)];
            foreach (IGrouping<VoronoiIndex, int> group in atoms.GroupBy(i => one.Motifs.Indices[i])
                .OrderByDescending(group => group.Count())
                .ThenBy(group => (group.Key.N3, group.Key.N4, group.Key.N5, group.Key.N6)))
            {
                csv.Cell(one.Label).Cell(one.Species[s]).Cell(group.Key.N3).Cell(group.Key.N4).Cell(group.Key.N5).Cell(group.Key.N6);
                csv.Cell(group.Count()).Cell((double)group.Count() / atoms.Length).EndRow();
            }
        }
    }
}
