using BenchmarkDotNet.Attributes;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Structure;

namespace Glasswright.Benchmarks;

/// <summary>The nested half lists of the potential's cutoff and the default skins, built from nothing.</summary>
[MemoryDiagnoser]
public class NeighborListBuild : IDisposable
{
    private AtomicStructure _glass = null!;
    private double[] _tags = [];
    private HalfNeighborList _list = null!;

    /// <summary>Number of atoms.</summary>
    [Params(864, 4000, 16000)]
    public int Atoms { get; set; }

    /// <summary>Reads the glass.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _glass = Sample.Glass(Atoms);
        _tags = new double[_glass.Count];
        _list = new HalfNeighborList(Sample.Tables().Cutoff, VectorEam.DefaultInnerSkin, VectorEam.DefaultSkin);
    }

    /// <summary>One build.</summary>
    [Benchmark]
    public int Build()
    {
        _list.Build(_glass, _tags);
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
