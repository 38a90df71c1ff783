namespace Glasswright.Kernels;

/// <summary>
/// The units of all quantities, LAMMPS' <c>metal</c>: Å, eV, bar, K, g/mol. Inside the program a stress is in eV/Å³; these are the factors to
/// what people read. Values from the SI of 2019 (https://physics.nist.gov/cuu/Constants).
/// </summary>
internal static class MetalUnits
{
    /// <summary>Bar per eV/Å³: e/(10⁻³⁰ m³ · 10⁵ Pa) with e = 1.602176634·10⁻¹⁹ J, exact.</summary>
    public const double BarPerPressureUnit = 1602176.634;

    /// <summary>k_B, eV/K, rounded to ten digits.</summary>
    public const double BoltzmannConstant = 8.617333262e-5;

    /// <summary>eV per g/mol (Å/ps)²: 10⁻³ kg/mol · 10⁴ m²/s² / (N_A e), exact but for the rounding to a double.</summary>
    public const double EnergyPerMassSpeedSquared = 1.0364269656262175e-4;
}
