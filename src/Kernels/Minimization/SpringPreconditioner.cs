using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Minimization;

/// <summary>The springs of a structure's near pairs as the preconditioner of its relaxation at fixed cell.</summary>
/// <remarks>
/// Near pairs are those within a distance at which an atom has <see cref="Neighbors"/> neighbors on average, its first shell in a dense
/// glass (3.9 Å in Cu50Zr50). Fewer leave soft shears unseen, more cost more than they save.
/// </remarks>
internal sealed class SpringPreconditioner(IElasticField field) : IPreconditioner, IDisposable
{
    /// <summary>Neighbors within reach, on average.</summary>
    public const double Neighbors = 14;

    // Where nothing resists, the softness of a metal, Å²/eV.
    private const double Softest = 0.04;

    private readonly PairSprings _springs = new();
    private AtomicStructure? _structure;

    private AtomicStructure Structure => _structure ?? throw new InvalidOperationException("No structure is attached.");

    /// <summary>Chooses the structure whose atoms move.</summary>
    public void Attach(AtomicStructure structure) => _structure = structure;

    /// <inheritdoc/>
    public void Refresh()
    {
        double perAtom = Structure.Cell.Volume / Structure.Count;
        double reach = CubeRoot(Neighbors * perAtom * 3 / (4 * Math.PI));
        field.CollectSprings(Structure, Math.Min(reach, field.Cutoff), _springs);
        _springs.End(Softest);
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<double> force, Span<double> direction) => _springs.Solve(force, direction, Structure.Stride);

    /// <inheritdoc/>
    public void Dispose() => _springs.Dispose();

    /// <summary>∛x by Newton's method: the library's root may differ between machines.</summary>
    private static double CubeRoot(double x)
    {
        double root = Math.Max(1, x);
        for (int k = 0; k < 200; k++)
        {
            double next = ((2 * root) + (x / (root * root))) / 3;
            if (!(next < root))
            {
                break;
            }

            root = next;
        }

        return root;
    }
}
