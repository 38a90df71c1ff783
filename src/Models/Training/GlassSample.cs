using System.Globalization;
using Glasswright.Kernels;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;

namespace Glasswright.Models.Training;

/// <summary>The part of the data a glass belongs to; glasses are never divided.</summary>
internal enum DataPart
{
    /// <summary>Gradients come from it.</summary>
    Training,

    /// <summary>Chooses the epoch and moves the learning rate.</summary>
    Validation,

    /// <summary>Judges the result, never seen before.</summary>
    Test,
}

/// <summary>One glass: its graph and the target of every atom. Atoms that are not valid take part in no loss.</summary>
internal sealed class GlassSample
{
    /// <summary>Joins a graph and its targets.</summary>
    /// <exception cref="InputException">The lengths differ, a valid target is not finite, or no atom is valid.</exception>
    public GlassSample(string name, NeighborGraph graph, IReadOnlyList<double> targets, IReadOnlyList<bool> valid)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(valid);
        Name = name;
        Graph = graph;
        Targets = [.. targets];
        Valid = [.. valid];
        if (Targets.Length != graph.NodeCount || Valid.Length != graph.NodeCount)
        {
            throw new InputException(
                "the labels do not belong to the structure",
                name,
                expected: $"{graph.NodeCount} atoms",
                found: Targets.Length.ToString(CultureInfo.InvariantCulture));
        }

        for (int i = 0; i < Targets.Length; i++)
        {
            if (!Valid[i])
            {
                Targets[i] = 0;
            }
            else if (!double.IsFinite(Targets[i]))
            {
                throw new InputException(
                    $"the label of atom {i + 1} (in the order of the file) is not finite",
                    name,
                    expected: "a finite number, or valid = 0",
                    found: Targets[i].ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                ValidCount++;
            }
        }

        if (ValidCount == 0)
        {
            throw new InputException("no atom of the glass has a valid label", name);
        }
    }

    /// <summary>What messages call the glass: usually its file.</summary>
    public string Name { get; }

    /// <summary>Atoms, neighbors within the architecture's cutoff and distances.</summary>
    public NeighborGraph Graph { get; }

    /// <summary>Target of every atom in the label's own unit, 0 where not valid, [N].</summary>
    public double[] Targets { get; }

    /// <summary>Whether an atom's target counts, [N].</summary>
    public bool[] Valid { get; }

    /// <summary>Number of valid atoms.</summary>
    public int ValidCount { get; }

    /// <summary>Builds the graph of a structure for an architecture.</summary>
    /// <exception cref="InputException">A species is unknown to the architecture, or the labels do not fit.</exception>
    public static GlassSample Create(
        string name,
        AtomicStructure structure,
        Architecture architecture,
        IReadOnlyList<double> targets,
        IReadOnlyList<bool> valid)
    {
        ArgumentNullException.ThrowIfNull(structure);
        ArgumentNullException.ThrowIfNull(architecture);
        int[] map = new int[structure.SpeciesNames.Count];
        for (int s = 0; s < map.Length; s++)
        {
            map[s] = architecture.Species.ToList().IndexOf(structure.SpeciesNames[s]);
            if (map[s] < 0 && structure.Species.AsSpan().Contains(s))
            {
                throw new InputException(
                    "the structure holds a species that the architecture lacks",
                    name,
                    expected: string.Join(", ", architecture.Species),
                    found: structure.SpeciesNames[s].Length == 0 ? $"atom type {s + 1} without a name" : structure.SpeciesNames[s]);
            }
        }

        NeighborGraph graph = new NeighborGraphBuilder(architecture.Cutoff).Build(structure, map);
        return new GlassSample(name, graph, targets, valid);
    }
}
