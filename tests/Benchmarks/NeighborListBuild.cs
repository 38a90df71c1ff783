using BenchmarkDotNet.Attributes;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Structure;

namespace Glasswright.Benchmarks;

/// <summary>A half list of the potential's cutoff and the default skin, built from nothing.</summary>
[MemoryDiagnoser]
public class NeighborListBuild : IDisposable
{
    private AtomicStructure _glass = null!;
    private NeighborList _list = null!;

    /// <summary>Number of atoms.</summary>
    [Params(864, 4000, 16000)]
    public int Atoms { get; set; }

    /// <summary>Reads the glass.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _glass = Sample.Glass(Atoms);
        _list = new NeighborList(Sample.Tables().Cutoff, VectorEam.DefaultSkin, half: true);
    }

    /// <summary>One build.</summary>
    [Benchmark]
    public int Build()
    {
        _list.Build(_glass);
        return _list.EntryCount;
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _list?.Dispose();
        GC.SuppressFinalize(this);
    }
}
