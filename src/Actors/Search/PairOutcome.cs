using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;

namespace Glasswright.Actors.Search;

/// <summary>
/// The numbers of one (version, pair): a deterministic relaxation, so a repeat of the pair in the same version takes these
/// and costs a random number only.
/// </summary>
internal sealed record PairOutcome
{
    /// <summary>Of a swap in a structure of one species: nothing was tried, so nothing is missing for its decision.</summary>
    public static PairOutcome NoPair { get; } = new()
    {
        Pair = AtomPair.None,
        Outcome = TrialOutcome.NoPair,
        Evaluations = 0,
        Estimate = PairEstimate.None,
    };

    /// <summary>The pair.</summary>
    public required AtomPair Pair { get; init; }

    /// <summary>How the relaxation ended; <see cref="TrialOutcome.Screened"/> where only <see cref="Estimate"/> is known.</summary>
    public required TrialOutcome Outcome { get; init; }

    /// <summary>Energy of the relaxed structure, eV; NaN if it did not converge.</summary>
    public double Energy { get; init; } = double.NaN;

    /// <summary>Pressure, bar; NaN if it did not converge.</summary>
    public double PressureBar { get; init; } = double.NaN;

    /// <summary>Force evaluations of the relaxation; a check of reversibility is not counted here.</summary>
    public required int Evaluations { get; init; }

    /// <summary>F_k, empty if it did not converge.</summary>
    public double[] Objectives { get; init; } = [];

    /// <summary>The seven figures of z.</summary>
    public TargetReport Report { get; init; } = TargetReport.Empty;

    /// <summary>ln R of the choice of pair; 0 where it is not corrected for.</summary>
    public double LogHastings { get; init; }

    /// <summary>Whether swapping back returned; null as long as no trial needed to know.</summary>
    public bool? Returns { get; init; }

    /// <summary>What the pause on the way gave; null where none was asked for.</summary>
    public PairEstimate? Estimate { get; init; }

    /// <summary>
    /// The same of the way back: the pair swapped back in the relaxed structure. Null as long as no trial needed to know.
    /// </summary>
    public PairEstimate? Back { get; init; }
}

/// <summary>F_k of a structure whose relaxation paused on the way.</summary>
/// <param name="Objectives">F_k; empty where there was no pause (or not all of them were finite): such a trial is never screened.</param>
/// <param name="Evaluations">Force evaluations up to the pause.</param>
internal sealed record PairEstimate(double[] Objectives, int Evaluations)
{
    /// <summary>Of a relaxation that ended without a pause.</summary>
    public static PairEstimate None { get; } = new([], 0);

    /// <summary>Whether both hold the same bits.</summary>
    public bool Agrees(PairEstimate other) =>
        Evaluations == other.Evaluations && Objectives.AsSpan().SequenceEqual(other.Objectives);
}

/// <summary>What a trial still needs before it can be decided.</summary>
internal enum MissingNumbers
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The relaxation to its end.</summary>
    Relaxation,

    /// <summary>The estimate of the way back.</summary>
    WayBack,

    /// <summary>Whether the pair swapped back returns.</summary>
    Return,
}

/// <summary>What was decided over one trial.</summary>
/// <param name="Accepted">Whether it becomes the next version.</param>
/// <param name="Outcome">The outcome that the chain records.</param>
/// <param name="VetoedBy">Who vetoed a converged trial.</param>
internal readonly record struct TrialDecision(bool Accepted, TrialOutcome Outcome, string? VetoedBy)
{
    /// <summary>What is missing; the rest means nothing unless it is <see cref="MissingNumbers.None"/>.</summary>
    public MissingNumbers Missing { get; init; }

    /// <summary>Of a screened trial that was followed to its end: whether the full rule accepts it. Null of all others.</summary>
    public bool? Audit { get; init; }

    /// <summary>A trial that cannot be decided yet.</summary>
    public static TrialDecision Lacks(MissingNumbers missing) => default(TrialDecision) with { Missing = missing };
}

/// <summary>One committed trial: a row of the chain.</summary>
internal sealed record TrialRecord
{
    /// <summary>Trial number, from 1.</summary>
    public required long Trial { get; init; }

    /// <summary>The version it was tried on.</summary>
    public required long Version { get; init; }

    /// <summary>Whether it was accepted.</summary>
    public required bool Accepted { get; init; }

    /// <summary>File id of the first atom.</summary>
    public required long AtomA { get; init; }

    /// <summary>
    /// File id of the second atom; 0 of a displacement; of a transmutation -1 - s, s being the species that the one atom would take. Both
    /// are 0 where there was no pair.
    /// </summary>
    public required long AtomB { get; init; }

    /// <summary>Where the composition may vary: whether one atom would take another species.</summary>
    public bool IsTransmutation => AtomB < 0;

    /// <summary>The species that the atom of a transmutation would take.</summary>
    public int NewSpecies => (int)~AtomB;

    /// <summary>How it ended.</summary>
    public required TrialOutcome Outcome { get; init; }

    /// <summary>Energy of the trial structure, eV; NaN if it did not converge.</summary>
    public required double Energy { get; init; }

    /// <summary>Pressure of the trial structure, bar; NaN if it did not converge.</summary>
    public required double PressureBar { get; init; }

    /// <summary>Force evaluations that belong to (version, pair).</summary>
    public required int Evaluations { get; init; }

    /// <summary>The rung of the ladder.</summary>
    public required int Rung { get; init; }

    /// <summary>The target that vetoed a rejection.</summary>
    public string? VetoedBy { get; init; }

    /// <summary>The seven figures of z of the trial structure.</summary>
    public required TargetReport Report { get; init; }

    /// <summary>Of a screened trial that was followed to its end: whether the full rule would have accepted it. Kept in the store only.</summary>
    public bool? Audit { get; init; }
}
