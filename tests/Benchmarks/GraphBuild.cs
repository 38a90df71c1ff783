using BenchmarkDotNet.Attributes;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;

namespace Glasswright.Benchmarks;

/// <summary>The neighbors within the network's cutoff, in arrays that are used again.</summary>
[MemoryDiagnoser]
public class GraphBuild
{
    private readonly NeighborGraphBuilder _builder = new(new Architecture().Cutoff);
    private readonly NeighborGraph _graph = new();
    private readonly int[] _species = [0, 1];
    private AtomicStructure _glass = null!;

    /// <summary>Number of atoms.</summary>
    [Params(864, 4000, 16000)]
    public int Atoms { get; set; }

    /// <summary>Reads the glass.</summary>
    [GlobalSetup]
    public void Setup() => _glass = Sample.Glass(Atoms);

    /// <summary>One graph.</summary>
    [Benchmark]
    public int Build()
    {
        _builder.Build(_glass, _species, _graph);
        return _graph.EdgeCount;
    }
}
