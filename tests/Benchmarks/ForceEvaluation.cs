using BenchmarkDotNet.Attributes;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Benchmarks;

/// <summary>Energy and forces with the full tables and a list that stays; one thread.</summary>
[MemoryDiagnoser]
public class ForceEvaluation : IDisposable
{
    private AtomicStructure _glass = null!;
    private VectorEam _field = null!;
    private ForceResult _result = null!;

    /// <summary>Number of atoms.</summary>
    [Params(864, 4000, 16000)]
    public int Atoms { get; set; }

    /// <summary>Binds the force field.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _glass = Sample.Glass(Atoms);
        _field = new VectorEam(Sample.Tables());
        _result = new ForceResult(Atoms);
        _field.Bind(_glass);
    }

    /// <summary>One evaluation, eV.</summary>
    [Benchmark]
    public double Evaluate() => _field.Evaluate(_glass, _result, ForceParts.Forces);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _field?.Dispose();
        GC.SuppressFinalize(this);
    }
}
