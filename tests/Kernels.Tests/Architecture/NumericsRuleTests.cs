using System.Text.RegularExpressions;

namespace Glasswright.Kernels.Tests.Architecture;

/// <summary>
/// Functions whose bits depend on the machine, and sums without a written order, do not occur where chains and labels are
/// made (docs/design/numerics.md).
/// </summary>
public sealed partial class NumericsRuleTests
{
    // What a file may use though it is forbidden, and why; an entry that is not needed any more is an error.
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["src/Kernels/Analysis/StructureFactor.cs: Math.Sin"] = "a figure of a finished structure: no chain or label reads it",
        ["src/Kernels/Deformation/LabelRun.cs: .Average("] = "the label table's own mean, over modes in their order",
        ["src/Actors/Convergence/ConvergenceReport.cs: .Average("] = "a report over what is committed: no chain reads it",
        ["src/Actors/Convergence/ConvergenceReport.cs: .Sum("] = "a report over what is committed: no chain reads it",
        ["src/Actors/Search/IOwnership.cs: .Sum("] = "counts threads: a sum of integers has no order",
        ["src/Actors/Tempering/TemperingReport.cs: .Sum("] = "a report over what is committed: no chain reads it",
        ["src/Models/Network/ParameterLayout.cs: .Sum("] = "counts parameters: a sum of integers has no order",
        ["src/Models/Storage/SafeTensors.cs: .Sum("] = "adds lengths of tensors: a sum of integers has no order",
    };

    [Fact]
    public void NothingOnThePathOfAChainDependsOnTheMachine() => Findings().Except(Exceptions.Keys).ShouldBeEmpty();

    [Fact]
    public void EveryExceptionIsNeededAndHasAReason()
    {
        Exceptions.Keys.Except(Findings()).ShouldBeEmpty();
        Exceptions.Values.ShouldAllBe(reason => reason.Length > 20);
    }

    [Theory]
    [InlineData("double y = Math.Exp(x);")]
    [InlineData("double y = System.Math.Pow(x, 2);")]
    [InlineData("float y = MathF.Tanh(x);")]
    [InlineData("double y = double.Log(x);")]
    [InlineData("var y = Vector256.Exp(x);")]
    [InlineData("double y = Vector512.Sum(x);")]
    [InlineData("double y = Vector.Dot(x, z);")]
    [InlineData("double y = Vector256<double>.Sum(x);")]
    [InlineData("var y = Vector256.MultiplyAddEstimate(a, b, c);")]
    [InlineData("var y = float.ReciprocalSqrtEstimate(x);")]
    [InlineData("TensorPrimitives.SoftMax(x, y);")]
    [InlineData("Parallel.For(0, 10, i => sum += i);")]
    [InlineData("double y = x.AsParallel().Max();")]
    [InlineData("double y = values.Sum();")]
    [InlineData("double y = values.Sum(v => v.Energy);")]
    [InlineData("double y = values.Average();")]
    [InlineData("var r = new System.Random(1);")]
    [InlineData("int i = System.Random.Shared.Next();")]
    public void AForbiddenCallIsFound(string code) => Forbidden(code).ShouldNotBeEmpty();

    [Theory]
    [InlineData("double y = Elementary.Exp(x) + FixedSum.Sum(values) + FixedSum.Dot(a, b);")]
    [InlineData("int n = shape.Aggregate(1, (product, length) => product * length);")]
    [InlineData("double y = Math.Sqrt(x) + Math.Abs(x) + Math.Max(x, 0);")]
    [InlineData("var y = Vector256.FusedMultiplyAdd(a, b, c);")]
    [InlineData("double y = Vector3.Dot(u, v);")]
    [InlineData("// Math.Exp would differ between machines")]
    [InlineData("string s = \"Math.Exp(x)\";")]
    [InlineData("using Glasswright.Kernels.Random;")]
    public void APermittedCallIsNot(string code) => Forbidden(code).ShouldBeEmpty();

    private static List<string> Findings() =>
    [
        .. SourceTree.Files("src/Kernels", "src/Models", "src/Actors")
            .SelectMany(file => Forbidden(SourceTree.Read(file)).Select(name => $"{file}: {name}")),
    ];

    private static IEnumerable<string> Forbidden(string text) =>
        Names().Matches(SourceTree.Code(text)).Select(match => match.Value.Trim()).Distinct();

    [GeneratedRegex("""
        \b(?:Math|MathF|double|float|Double|Single)\.(?:Exp\w*|Log\w*|Pow|Sin\w*|Cos\w*|Tan\w*|As(?:in|inh)\w*|Acos\w*|Atan\w*|Cbrt|RootN|Hypot)\b
        |\bVector(?:64|128|256|512)?(?:<\w+>)?\.(?:Exp|Log|Log2|Sin|Cos|SinCos|Hypot|Sum|Dot)\b
        |\.\w+Estimate\b
        |\bTensorPrimitives\b
        |\bParallel\.(?:For|Invoke)\w*
        |\bAsParallel\b
        |(?<!\b(?:FixedSum|Lanes))\.(?:Sum|Average)\s*\(
        |\bSystem\.Random\b|\bRandom\.Shared\b|\bnew\s+Random\s*\(
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Names();
}
