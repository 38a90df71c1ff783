namespace Glasswright.Actors.Search;

/// <summary>How a trial ended, by the name that the chain file shows. Only <see cref="Converged"/> and
/// <see cref="Unrelaxed"/> can be accepted.</summary>
internal enum TrialOutcome
{
    /// <summary>Relaxed to the force tolerance, with finite targets.</summary>
    Converged,

    /// <summary>The relaxation reached its limit of force evaluations.</summary>
    EvaluationLimit,

    /// <summary>The relaxation found no descent.</summary>
    NoDescent,

    /// <summary>The energy was not finite.</summary>
    NonFiniteEnergy,

    /// <summary>The structure relaxed, but a target was not finite.</summary>
    NonFiniteTarget,

    /// <summary>Would have been accepted, but swapping back and relaxing did not return to the origin.</summary>
    NotReversible,

    /// <summary>Rejected by its estimate, at a pause on the way of its relaxation.</summary>
    Screened,

    /// <summary>A swap in a structure of one species, where the composition may vary: nothing was tried.</summary>
    NoPair,

    /// <summary>A trial of traditional swap Monte Carlo: not relaxed by intent.</summary>
    Unrelaxed,

    /// <summary>Given up because its version had ended. Never part of a chain.</summary>
    Canceled,
}
