using Glasswright.Actors.Proposal;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Search;

/// <summary>A relaxation as it ended.</summary>
/// <param name="Outcome">How; other than <see cref="TrialOutcome.Converged"/> the figures mean nothing.</param>
/// <param name="Energy">Energy, eV.</param>
/// <param name="PressureBar">Pressure, bar.</param>
/// <param name="Evaluations">Force evaluations spent.</param>
/// <param name="DecideTime">The part of the time that the decider took; reported, never part of the answer.</param>
internal readonly record struct Relaxation(
    TrialOutcome Outcome, double Energy, double PressureBar, int Evaluations, TimeSpan DecideTime = default);

/// <summary>Judges a structure on its way to the minimum.</summary>
/// <param name="structure">The structure as it stands; only to be read.</param>
/// <param name="energy">Its energy, eV.</param>
/// <param name="values">z of every atom; empty without a model.</param>
/// <param name="properties">The further properties of every atom, <c>[P, N]</c>.</param>
/// <param name="evaluations">Force evaluations up to there.</param>
/// <returns>Whether the relaxation goes on; else it ends as <see cref="TrialOutcome.Screened"/>.</returns>
internal delegate bool PausedTrial(
    AtomicStructure structure, double energy, ReadOnlySpan<double> values, ReadOnlySpan<double> properties, int evaluations);

/// <summary>
/// A pause of a relaxation, once, where ‖F‖₂ first falls to a looser tolerance. One that goes on ends in the same bits as one
/// without a pause. A relaxation that ends before, or in one step from above it to its minimum, has none.
/// </summary>
/// <param name="ForceTolerance">‖F‖₂ there, eV/Å.</param>
/// <param name="GoOn">Decides.</param>
internal sealed record TrialPause(double ForceTolerance, PausedTrial GoOn);

/// <summary>
/// The physics of a trial: one instance belongs to one sampler and its thread, and its buffers are reused by the next
/// trial. Everything it answers is a function of its arguments alone, the same bits on every instance and machine of one
/// numerics version; nothing is carried over from one call to the next.
/// </summary>
internal interface ITrialEvaluator : IDisposable
{
    /// <summary>The structure that the last relaxation left; not wrapped, overwritten by the next one.</summary>
    AtomicStructure Relaxed { get; }

    /// <summary>z of every atom of <see cref="Relaxed"/> after <see cref="RelaxSwap"/> converged; empty without a model.</summary>
    ReadOnlySpan<double> RelaxedValues { get; }

    /// <summary>The further properties of every atom then, <c>[P, N]</c>.</summary>
    ReadOnlySpan<double> RelaxedProperties { get; }

    /// <summary>How often it has computed values of a structure so far: passes of a model, or true simulations.</summary>
    long Inferences => 0;

    /// <summary>Local energy changes of traditional swap Monte Carlo.</summary>
    LocalEnergy LocalEnergy { get; }

    /// <summary>Relaxes a structure as the run was given it.</summary>
    Relaxation RelaxStart(AtomicStructure start, CancellationToken cancel);

    /// <summary>Energy, pressure, energies per atom and z, in full, of a structure as it stands.</summary>
    /// <param name="structure">The structure.</param>
    /// <param name="cancel">Gives up, where the decider takes long.</param>
    /// <exception cref="OperationCanceledException">It was.</exception>
    StructureEvaluation Evaluate(AtomicStructure structure, CancellationToken cancel);

    /// <summary>Makes the change of a trial in the version's structure, relaxes, and predicts z if it converged.</summary>
    Relaxation RelaxSwap(ChainVersion version, AtomPair pair, TrialPause? pause, CancellationToken cancel);

    /// <summary>
    /// Takes a change back in <see cref="Relaxed"/> and relaxes up to a pause, at most to the end. <see cref="Relaxed"/> keeps the
    /// trial structure.
    /// </summary>
    /// <param name="back">What takes it back.</param>
    /// <param name="pause">Sees the structure there.</param>
    /// <param name="cancel">Gives up at the next force evaluation.</param>
    /// <param name="evaluations">Force evaluations spent.</param>
    /// <returns>Whether it was not canceled.</returns>
    bool GoBack(AtomPair back, TrialPause pause, CancellationToken cancel, out int evaluations);

    /// <summary>
    /// Takes a change back in <see cref="Relaxed"/> and relaxes again: true if that returns to the version's structure.
    /// <see cref="Relaxed"/> keeps the trial structure.
    /// </summary>
    /// <param name="version">Where the trial began.</param>
    /// <param name="pair">Its pair.</param>
    /// <param name="cancel">Gives up at the next force evaluation.</param>
    /// <param name="evaluations">Force evaluations spent.</param>
    /// <returns>Whether it returned; null when canceled.</returns>
    bool? Returns(ChainVersion version, AtomPair pair, CancellationToken cancel, out int evaluations);
}
