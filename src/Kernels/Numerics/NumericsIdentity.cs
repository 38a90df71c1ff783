using Glasswright.Kernels.Forces;

namespace Glasswright.Kernels.Numerics;

/// <summary>
/// What a run, a model and a label file remember of the arithmetic that made them: a version number, raised by hand when
/// results change on purpose, and the SHA-256 of a built-in self-test, which changes when they change by accident.
/// Going on with another value is refused.
/// </summary>
/// <remarks>
/// Each layer adds its parts to those of the layer below: <c>NumericsIdentity.OfKernels.With(part)</c>. The value is
/// immutable; the order of the parts counts.
/// </remarks>
internal sealed class NumericsIdentity
{
    /// <summary>Raised whenever results change on purpose.</summary>
    public const int Version = 4;

    private NumericsIdentity(IReadOnlyList<SelfTestPart> parts) => Parts = parts;

    /// <summary>The parts of this layer: elementary functions, sums, random numbers, forces, minimization.</summary>
    public static NumericsIdentity OfKernels { get; } = new(
    [
        new SelfTestPart("elementary-double", SelfTest.ElementaryDouble),
        new SelfTestPart("elementary-single", SelfTest.ElementarySingle),
        new SelfTestPart("fixed-sum", SelfTest.Sums),
        new SelfTestPart("random-streams", SelfTest.RandomNumbers),
        new SelfTestPart("eam-energy", ForceSelfTest.Energy),
        new SelfTestPart("conjugate-gradient", ForceSelfTest.ConjugateGradient),
        new SelfTestPart("l-bfgs", ForceSelfTest.LimitedMemory),
        new SelfTestPart("preconditioned-l-bfgs", ForceSelfTest.PreconditionedLimitedMemory),
    ]);

    /// <summary>The parts in their order.</summary>
    public IReadOnlyList<SelfTestPart> Parts { get; }

    /// <summary>This identity with one more part at the end.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public NumericsIdentity With(SelfTestPart part)
    {
        if (Parts.Any(other => other.Name == part.Name))
        {
            throw new ArgumentException($"The self-test has a part '{part.Name}' already.");
        }

        return new NumericsIdentity([.. Parts, part]);
    }

    /// <summary>Runs the self-test: <c>version:SHA-256 over names and digests of all parts</c>.</summary>
    public string Compute()
    {
        using var writer = new DigestWriter();
        foreach (SelfTestPart part in Parts)
        {
            writer.Add(part.Name);
            writer.Add(part.Digest());
        }

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Version}:{writer.Finish()}");
    }
}
