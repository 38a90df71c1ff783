namespace Glasswright.Kernels.Minimization;

/// <summary>
/// A question asked once on the way to a minimum, where the forces have first fallen to a looser tolerance: whether to go on. Asking
/// changes nothing of the way, so a minimization that goes on ends in the same bits as one that was not asked.
/// </summary>
/// <param name="At">The settings whose tolerance is that of the pause.</param>
/// <param name="GoOn">Called with the energy there and the evaluations spent; coordinates and forces are those of the point. False ends as <see cref="MinimizationOutcome.Dismissed"/>.</param>
internal sealed record MinimizationPause(MinimizerSettings At, Func<double, int, bool> GoOn);
