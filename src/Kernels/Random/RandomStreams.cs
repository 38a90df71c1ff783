namespace Glasswright.Kernels.Random;

/// <summary>
/// Every purpose for which the engine draws random numbers. Two purposes never share a number; the values are part of the
/// numerics (a changed value is another chain) and are never reused.
/// </summary>
internal enum RandomStream : ushort
{
    /// <summary>Which pair a trial exchanges (Eq. 5): by replica and trial.</summary>
    PairChoice = 1,

    /// <summary>The acceptance of a trial: by replica and trial.</summary>
    Acceptance = 2,

    /// <summary>The pairs of the calibration's pilot trials: by replica and pilot trial.</summary>
    PilotPair = 3,

    /// <summary>The exchange of two rungs: by pair (as replica) and round (as trial).</summary>
    TemperingExchange = 4,

    /// <summary>Which incremental rejections are evaluated in full: by replica and trial.</summary>
    Audit = 5,

    /// <summary>Displacement moves of traditional Monte Carlo: by replica and trial.</summary>
    Displacement = 6,

    /// <summary>Which kind of move a trial of traditional Monte Carlo makes: by replica and trial.</summary>
    MoveKind = 7,

    /// <summary>Initial velocities of molecular dynamics: by replica and run.</summary>
    Velocities = 8,

    /// <summary>Random forces of a thermostat: by replica and time step.</summary>
    Thermostat = 9,

    /// <summary>Which trials that screening rejected are followed to their end: by replica and trial.</summary>
    ScreeningAudit = 10,

    /// <summary>The second stage of delayed acceptance: by replica and trial.</summary>
    SecondStage = 11,

    /// <summary>Exchanges of atoms in hybrid molecular dynamics: by time step (as trial).</summary>
    HybridSwap = 12,

    /// <summary>The lattice that a melt begins from, its species and displacements.</summary>
    MeltStart = 13,

    /// <summary>Which trials are transmutations, of which atom and into what: by replica and trial.</summary>
    Transmutation = 14,

    /// <summary>The same of the calibration's pilot trials: by replica and pilot trial.</summary>
    PilotTransmutation = 15,

    /// <summary>Initial weights of a network: by parameter (as replica), draw = element.</summary>
    Initialization = 20,

    /// <summary>The order of the training samples: by epoch (as trial), replica 0; where sample g is cut: replica g + 1.</summary>
    Shuffling = 21,

    /// <summary>The split of a data set: by data set.</summary>
    Splitting = 22,

    /// <summary>Dropout on attention weights: by layer (as replica) and step of training (as trial).</summary>
    DropoutAttention = 23,

    /// <summary>Dropout in the readout: by layer (as replica) and step of training (as trial).</summary>
    DropoutReadout = 24,

    /// <summary>Dropout of edges of the graph: by sample (as replica) and epoch (as trial).</summary>
    DropoutEdge = 25,

    /// <summary>Dropout on a layer's input: by layer (as replica) and step of training (as trial).</summary>
    DropoutInput = 26,

    /// <summary>The glasses that a member of an ensemble learns from: by member (as replica).</summary>
    Bagging = 27,

    /// <summary>Delays injected by tests of the law of one answer: by sampler (as replica) and trial.</summary>
    DelayTest = 40,

    /// <summary>Arguments and structures of self-tests.</summary>
    SelfTest = 41,

    /// <summary>Resampling of statistics in reports: by replica and resample.</summary>
    Bootstrap = 42,

    /// <summary>Jitter of positions by which a prediction's steadiness is measured: by repeat (as trial).</summary>
    Jitter = 43,
}

/// <summary>
/// Random numbers by address: (seed, stream, replica, trial, draw) names one number, now and forever.
/// </summary>
/// <remarks>
/// The key of Philox4x32-10 is the seed. The counter's words are stream, replica, trial, draw. A trial may have 48 bits: its
/// bits 32 to 47 stand in the upper half of the first word, which is zero for the first 2³² trials, so for those the counter
/// is literally (stream, replica, trial, draw).
/// </remarks>
internal static class RandomStreams
{
    /// <summary>Trials are below this number, 2⁴⁸.</summary>
    public const long TrialLimit = 1L << 48;

    /// <summary>The 128 random bits of an address.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative replica, trial or draw; a trial of 2⁴⁸ or more.</exception>
    public static PhiloxBlock Block(ulong seed, RandomStream stream, int replica, long trial, long draw)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replica);
        ArgumentOutOfRangeException.ThrowIfNegative(trial);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(trial, TrialLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(draw);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(draw, uint.MaxValue);
        uint first = ((uint)(trial >> 32) << 16) | (uint)stream;
        return Philox4x32.Block(new PhiloxBlock(first, (uint)replica, (uint)trial, (uint)draw), seed);
    }

    /// <summary>
    /// u = (k + ½)·2⁻⁵³ in (0, 1), k the upper 53 of the first 64 bits of <see cref="Block"/>. Above ½ it is rounded to a
    /// double, to even; the one k that would round to 1 gives the largest double below 1.
    /// </summary>
    public static double Uniform(ulong seed, RandomStream stream, int replica, long trial, long draw) =>
        ToUniform(Block(seed, stream, replica, trial, draw).First64);

    /// <summary>The numbers draw = 0, 1, 2, … of one (seed, stream, replica, trial), one after the other.</summary>
    public static DrawSequence Draws(ulong seed, RandomStream stream, int replica, long trial) =>
        new(seed, stream, replica, trial);

    /// <summary>(k + ½)·2⁻⁵³ of the upper 53 of 64 bits.</summary>
    internal static double ToUniform(ulong bits)
    {
        const double Spacing = 1.0 / (1L << 53);
        const double LargestBelowOne = 1.0 - Spacing;
        double u = ((bits >> 11) + 0.5) * Spacing;
        return u < 1.0 ? u : LargestBelowOne;
    }
}
