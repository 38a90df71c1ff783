using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Search;

/// <summary>
/// What gives a relaxed structure its values z, beyond its energy. On the CPU a function that a sampler calls in its own thread:
/// one instance a sampler. The values are a function of the structure alone.
/// </summary>
internal interface IDecider : IDisposable
{
    /// <summary>The name in configuration and reports.</summary>
    string Kind { get; }

    /// <summary>Whether it gives a value to every atom; otherwise pairs are drawn uniformly and the energy decides alone.</summary>
    bool GivesValues { get; }

    /// <summary>
    /// Writes z of every atom, in the structure's order; writes nothing without values. An atom that has none gets NaN, which rejects the
    /// structure.
    /// </summary>
    /// <param name="structure">The relaxed structure; only read.</param>
    /// <param name="values">One z an atom.</param>
    /// <param name="cancel">May be looked at by one that takes long.</param>
    /// <returns>Whether it was not canceled; else the values mean nothing.</returns>
    bool Evaluate(AtomicStructure structure, Span<double> values, CancellationToken cancel = default);
}
