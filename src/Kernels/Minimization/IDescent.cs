namespace Glasswright.Kernels.Minimization;

/// <summary>A method that moves coordinates downhill to a local minimum. One instance serves one thread and allocates nothing per call.</summary>
internal interface IDescent
{
    /// <summary>Moves the coordinates of <paramref name="objective"/> to a local minimum.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="settings">When to stop.</param>
    /// <param name="continued">
    /// Whether what the last call learned of the function still holds: a neighbor of the last function, as the next step of a
    /// quasistatic run. Otherwise the result depends on nothing but objective and settings.
    /// </param>
    /// <param name="cancel">Checked at each evaluation.</param>
    /// <param name="pause">Asked once on the way, if given.</param>
    MinimizationResult Minimize(
        IObjective objective, MinimizerSettings settings, bool continued, CancellationToken cancel, MinimizationPause? pause = null);
}
