namespace Glasswright.Kernels.Minimization;

/// <summary>What a minimization did.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Iterations">Search directions followed.</param>
/// <param name="Evaluations">Force evaluations.</param>
/// <param name="EnergyInitial">Energy at the start, eV.</param>
/// <param name="Energy">Energy of the structure left behind, eV.</param>
/// <param name="ForceNorm">‖F‖₂ there over all 3N components, eV/Å.</param>
/// <param name="ForceMax">Largest force component there, eV/Å.</param>
internal readonly record struct MinimizationResult(
    MinimizationOutcome Outcome,
    int Iterations,
    int Evaluations,
    double EnergyInitial,
    double Energy,
    double ForceNorm,
    double ForceMax);
