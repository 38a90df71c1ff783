using Glasswright.Kernels;
using Glasswright.Models.Network;

namespace Glasswright.Models.Tests.Network;

public class ArchitectureTests
{
    /// <summary>131,274 is the number that Wang &amp; Zhang (2021) print for their network.</summary>
    [Fact]
    public void DefaultHasThePapersNumberOfParameters() =>
        new ParameterLayout(new Architecture()).TrainableCount.ShouldBe(131_274);

    [Fact]
    public void EqualFieldsMakeEqualArchitectures()
    {
        Architecture a = new() { Embedding = [40, 40], Species = new List<string> { "Cu", "Zr" } };
        a.ShouldBe(new Architecture());
        a.GetHashCode().ShouldBe(new Architecture().GetHashCode());
        (a with { Readout = [31] }).ShouldNotBe(a);
        (a with { Cutoff = 4.5 }).ShouldNotBe(a);
        (a with { Species = ["Zr", "Cu"] }).ShouldNotBe(a);
        (a with { Pooling = Pooling.Mean }).ShouldNotBe(a);
        (a with { ClassLevels = [0.9] }).ShouldNotBe(a);
        (a with { ClassLevels = [0.9] }).ShouldBe(a with { ClassLevels = new List<double> { 0.9 } });
    }

    public static TheoryData<string, object> Contradictions() => new()
    {
        { "species", new Architecture { Species = [] } },
        { "species", new Architecture { Species = ["Cu", "Cu"] } },
        { "species", new Architecture { Species = ["Cu", ""] } },
        { "node-width", new Architecture { NodeWidth = 0 } },
        { "layers", new Architecture { Layers = -1 } },
        { "heads", new Architecture { Heads = 1_000_000 } },
        { "cutoff", new Architecture { Cutoff = double.NaN } },
        { "cutoff", new Architecture { Cutoff = 0 } },
        { "gaussian.sigma", new Architecture { Gaussian = GaussianBasis.Default with { Sigma = 0 } } },
        { "gaussian.count", new Architecture { Gaussian = GaussianBasis.Default with { Count = 50 } } },
        { "embedding", new Architecture { Embedding = [40, 39] } },
        { "embedding", new Architecture { Embedding = [] } },
        { "readout", new Architecture { Readout = [] } },
        { "activation", new Architecture { Activation = (Activation)9 } },
        { "pooling-steps", new Architecture { Pooling = Pooling.Set2set } },
        { "pooling-steps", new Architecture { Pooling = Pooling.Set2set, PoolingSteps = 0 } },
        { "pooling-steps", new Architecture { PoolingSteps = 3 } },
        { "class-levels", new Architecture { ClassLevels = [] } },
        { "class-levels", new Architecture { ClassLevels = [0.9, 0.1] } },
        { "class-levels", new Architecture { ClassLevels = [1] } },
        { "class-bounds", new Architecture { ClassBounds = [1] } },
        { "class-bounds", new Architecture { ClassLevels = [0.5], ClassBounds = [1, 2] } },
        { "target", new Architecture { ClassLevels = [0.5], Target = new TargetNormalization(1, 2) } },
        { "target.std", new Architecture { Target = new TargetNormalization(0, 0) } },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void AContradictionIsNamedByItsField(string field, object architecture)
    {
        InputException error = Should.Throw<InputException>(() => ((Architecture)architecture).Validate("a.conf"));
        error.Problem.ShouldContain($"architecture.{field}");
        error.File.ShouldBe("a.conf");
        error.Expected.ShouldNotBeNull();
        error.Found.ShouldNotBeNull();
    }

    [Fact]
    public void InitializationStaysWithinTheFanInBoundAndFillsIt()
    {
        ParameterLayout layout = new(new Architecture());
        ParameterSet set = ParameterSet.Initialize(layout, seed: 1);

        float[] weights = set[ParameterLayout.EdgeLinear(0) + ".weight"];
        double bound = 1 / Math.Sqrt(131);
        weights.All(w => Math.Abs(w) <= bound).ShouldBeTrue();
        weights.Max().ShouldBe((float)bound, 1e-3 * bound);
        weights.Min().ShouldBe((float)-bound, 1e-3 * bound);
        set[ParameterLayout.EdgeLinear(1) + ".weight"].ShouldNotBe(weights);
        ParameterSet.Initialize(layout, seed: 1)[ParameterLayout.EdgeLinear(0) + ".weight"].ShouldBe(weights);
        ParameterSet.Initialize(layout, seed: 2)[ParameterLayout.EdgeLinear(0) + ".weight"].ShouldNotBe(weights);
        set[ParameterLayout.EdgeNorm(0) + ".weight"].ShouldAllBe(g => g == 1);
        set[ParameterLayout.EdgeNorm(0) + ".bias"].ShouldAllBe(b => b == 0);
        set[ParameterLayout.EdgeNorm(0) + ".running_mean"].ShouldAllBe(m => m == 0);
        set[ParameterLayout.EdgeNorm(0) + ".running_var"].ShouldAllBe(v => v == 1);
    }

    [Fact]
    public void ACloneSharesNothing()
    {
        ParameterSet set = new(new Architecture());
        ParameterSet copy = set.Clone();
        copy.Parameters[0].Values[0] = 7;
        set.Parameters[0].Values[0].ShouldBe(0);
        copy.CopyFrom(set);
        copy.Parameters[0].Values[0].ShouldBe(0);
    }

    [Fact]
    public void ANonFiniteValueIsNamedByTensorAndElement()
    {
        ParameterSet set = new(new Architecture());
        set[ParameterLayout.ReadoutLinear + ".weight"][3] = float.NaN;
        InputException error = Should.Throw<InputException>(() => set.RequireFinite("m.safetensors"));
        error.Message.ShouldContain("element 3 of tensor 'readout_layer.weight'");
    }
}
