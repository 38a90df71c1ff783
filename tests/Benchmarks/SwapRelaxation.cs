using BenchmarkDotNet.Attributes;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Benchmarks;

/// <summary>The relaxation of one and the same swap to ‖F‖₂ ≤ 1e-4 eV/Å by every method of minimization; one thread.</summary>
[MemoryDiagnoser]
public class SwapRelaxation : IDisposable
{
    private readonly MinimizerSettings _settings = new();
    private AtomicStructure _start = null!;
    private AtomicStructure _glass = null!;
    private VectorEam _field = null!;
    private AtomRelaxation _relaxation = null!;

    /// <summary>The methods there are.</summary>
    public static IEnumerable<string> Minimizers => Enum.GetNames<MinimizerKind>();

    /// <summary>Number of atoms.</summary>
    [Params(864, 4000)]
    public int Atoms { get; set; }

    /// <summary>A name of <c>MinimizerKind</c>, which is not public.</summary>
    [ParamsSource(nameof(Minimizers))]
    public string Minimizer { get; set; } = "";

    /// <summary>Exchanges the first atom and the first one of the other species.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _start = Sample.Glass(Atoms);
        _start.SwapSpecies(0, Array.FindIndex(_start.Species, species => species != _start.Species[0]));
        _glass = _start.Clone();
        _field = new VectorEam(Sample.Tables());
        _relaxation = new AtomRelaxation(_field, Atoms, Enum.Parse<MinimizerKind>(Minimizer));
    }

    /// <summary>One relaxation; the number of its force evaluations.</summary>
    [Benchmark]
    public int Minimize()
    {
        _glass.CopyFrom(_start);
        MinimizationResult result = _relaxation.Minimize(_glass, _settings, CancellationToken.None);
        return result.Outcome == MinimizationOutcome.Converged
            ? result.Evaluations
            : throw new InvalidOperationException($"The swap did not relax: {result.Outcome}.");
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _field?.Dispose();
        GC.SuppressFinalize(this);
    }
}
