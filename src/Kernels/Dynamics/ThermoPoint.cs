namespace Glasswright.Kernels.Dynamics;

/// <summary>What a trajectory tells of itself at one step.</summary>
/// <param name="Step">Steps since the start.</param>
/// <param name="Time">ps since the start.</param>
/// <param name="Temperature">Σ m v²/(N_f k_B), K.</param>
/// <param name="Potential">eV.</param>
/// <param name="Kinetic">eV.</param>
/// <param name="Volume">Å³.</param>
/// <param name="Pressure">(Σ m v² + tr W)/(3V), bar.</param>
/// <param name="Conserved">The quantity that the equations of motion keep while the target temperature stands still, eV.</param>
internal readonly record struct ThermoPoint(
    long Step, double Time, double Temperature, double Potential, double Kinetic, double Volume, double Pressure, double Conserved);
