namespace Glasswright.Actors.Search;

/// <summary>How a trial is made.</summary>
internal sealed record ProposalSettings
{
    /// <summary>The largest <see cref="DisplacementStep"/>, Å: its diagonal is what the local energy's neighbor list allows.</summary>
    public const double LongestDisplacementStep = 0.17;

    /// <summary>n of Eq. 5.</summary>
    public double BiasExponent { get; init; } = 6;

    /// <summary>Whether the asymmetry of the biased choice is corrected for by min(1, R).</summary>
    public bool Hastings { get; init; }

    /// <summary>Whether a would-be acceptance must come back to its origin when the pair is swapped back and relaxed.</summary>
    public bool Reversible { get; init; }

    /// <summary>Whether trials are relaxed to their inherent structure; off is traditional swap Monte Carlo (Eq. 6).</summary>
    public bool Relax { get; init; } = true;

    /// <summary>
    /// Share of displacement moves among the trials of <c>relax = off</c>; null stands for one half of those there that are no transmutations.
    /// </summary>
    public double? DisplacementShare { get; init; }

    /// <summary>Largest change of each coordinate in a displacement move, Å.</summary>
    public double DisplacementStep { get; init; } = 0.1;

    /// <summary>Share of transmutations among the trials: one atom takes another species.</summary>
    public double TransmutationShare { get; init; }

    /// <summary>With <c>relax = off</c>: energies are computed anew from the positions at every trial number divisible by this.</summary>
    public int RecomputeEvery { get; init; } = 1000;

    /// <summary>The share in force.</summary>
    public double EffectiveDisplacementShare => Relax ? 0 : DisplacementShare ?? (0.5 * (1 - TransmutationShare));
}

/// <summary>Pilot trials that set the constants.</summary>
/// <param name="Acceptance">The wanted mean of Π_k p_k.</param>
/// <param name="Pilot">Number of pilot trials from version 0.</param>
internal sealed record CalibrationSettings(double Acceptance = 0.012, int Pilot = 200);

/// <summary>When a chain ends before its last trial. Each chain is judged by its own state alone, so that the answer does not
/// depend on how far others happen to be.</summary>
/// <param name="Accepted">After so many accepted trials; null for never.</param>
/// <param name="MeanBelow">As soon as the mean of z lies below this; null for never.</param>
internal sealed record StopSettings(long? Accepted = null, double? MeanBelow = null);

/// <summary>The ladder of constants over the replicas.</summary>
internal sealed record TemperingSettings
{
    /// <summary>s_r by rung, from 1 upward. One scale: independent replicas.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [1];

    /// <summary>Trials between two exchanges.</summary>
    public int Every { get; init; } = 50;

    /// <summary>Rounds in which the ladder adapts.</summary>
    public int WarmUpRounds { get; init; }
}
