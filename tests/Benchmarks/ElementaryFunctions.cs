using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using Glasswright.Kernels.Numerics;

namespace Glasswright.Benchmarks;

/// <summary>The functions that inference spends its time in, over an array that fits the first cache; times are per element.</summary>
[MemoryDiagnoser]
public class ElementaryFunctions
{
    private const int Length = 4096;

    private readonly float[] _arguments = new float[Length];
    private readonly float[] _values = new float[Length];
    private readonly double[] _doubleArguments = new double[Length];
    private readonly double[] _doubleValues = new double[Length];

    /// <summary>Arguments from -8 to 8.</summary>
    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Length; i++)
        {
            _doubleArguments[i] = (16.0 * i / Length) - 8;
            _arguments[i] = (float)_doubleArguments[i];
        }
    }

    /// <summary>ln(1 + eˣ), single precision.</summary>
    [Benchmark(OperationsPerInvoke = Length)]
    public void SoftplusSingle() => Elementary.Softplus(_arguments, _values);

    /// <summary>eˣ, single precision.</summary>
    [Benchmark(OperationsPerInvoke = Length)]
    public void ExpSingle()
    {
        for (int i = 0; i < Length; i += Vector256<float>.Count)
        {
            Elementary.Exp(Vector256.Create(_arguments.AsSpan(i))).CopyTo(_values.AsSpan(i));
        }
    }

    /// <summary>eˣ, double precision.</summary>
    [Benchmark(OperationsPerInvoke = Length)]
    public void ExpDouble() => Elementary.Exp(_doubleArguments, _doubleValues);
}
