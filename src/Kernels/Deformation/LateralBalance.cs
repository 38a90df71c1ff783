namespace Glasswright.Kernels.Deformation;

/// <summary>
/// Finds the two lateral stretches λ of a tension or compression step at which the two lateral normal stresses σ vanish:
/// Newton steps Δλ/λ = -K⁻¹σ with the 2×2 response K = ∂σ/∂ln λ, which two probes at zero strain give and Broyden's rank-one
/// formula corrects with every pair (Δλ/λ, Δσ) seen within a step. Each step starts at stretches extrapolated from the last two.
/// </summary>
/// <remarks>
/// A correction is at most <see cref="LargestCorrection"/>, so a bad response cannot throw the glass about. An event changes
/// the response for good or for a moment: after <see cref="CorrectionsBeforeReset"/> fruitless corrections K is taken from
/// the probes again. Broyden (1965), doi 10.1090/S0025-5718-1965-0198670-6.
/// </remarks>
internal sealed class LateralBalance
{
    /// <summary>Strain of the probes at zero strain.</summary>
    public const double Probe = 1e-4;

    /// <summary>The largest correction of a lateral stretch at once.</summary>
    public const double LargestCorrection = 1e-3;

    /// <summary>Corrections of one step after which it is given up.</summary>
    public const int MostCorrections = 50;

    private const int CorrectionsBeforeReset = 10;

    private readonly double _k11At0;
    private readonly double _k12At0;
    private readonly double _k21At0;
    private readonly double _k22At0;
    private double _k11;
    private double _k12;
    private double _k21;
    private double _k22;
    private double _firstAccepted = 1;
    private double _secondAccepted = 1;
    private double _firstIncrement;
    private double _secondIncrement;
    private double _lastFirstStress;
    private double _lastSecondStress;
    private double _lastFirstChange;
    private double _lastSecondChange;
    private int _corrections;

    /// <summary>Takes the response in bar: k12 is the first stress' change by the second stretch.</summary>
    public LateralBalance(double k11, double k12, double k21, double k22)
    {
        (_k11At0, _k12At0, _k21At0, _k22At0) = (k11, k12, k21, k22);
        (_k11, _k12, _k21, _k22) = (k11, k12, k21, k22);
    }

    /// <summary>Stretch of the first lateral axis relative to the initial cell.</summary>
    public double FirstStretch { get; private set; } = 1;

    /// <summary>Stretch of the second lateral axis relative to the initial cell.</summary>
    public double SecondStretch { get; private set; } = 1;

    /// <summary>Whether the response at zero strain is that of a solid; nothing can be balanced otherwise.</summary>
    public bool CanBalance => IsStable(_k11At0, _k12At0, _k21At0, _k22At0);

    /// <summary>The two axes across a mode's, in the order x, y, z.</summary>
    public static (int First, int Second) Axes(LoadingMode mode) => mode.Row switch
    {
        0 => (1, 2),
        1 => (0, 2),
        _ => (0, 1),
    };

    /// <summary>Goes to the stretches expected at the next step.</summary>
    public void Predict()
    {
        FirstStretch = _firstAccepted + _firstIncrement;
        SecondStretch = _secondAccepted + _secondIncrement;
        _corrections = 0;
    }

    /// <summary>Takes the lateral stresses measured at the present stretches, bar, and goes to better stretches.</summary>
    public void Correct(double firstStress, double secondStress)
    {
        if (_corrections > 0)
        {
            Learn(firstStress - _lastFirstStress, secondStress - _lastSecondStress);
        }

        if (_corrections % CorrectionsBeforeReset == CorrectionsBeforeReset - 1 || !IsStable(_k11, _k12, _k21, _k22))
        {
            (_k11, _k12, _k21, _k22) = (_k11At0, _k12At0, _k21At0, _k22At0);
        }

        double determinant = (_k11 * _k22) - (_k12 * _k21);
        double first = -((_k22 * firstStress) - (_k12 * secondStress)) / determinant;
        double second = -((_k11 * secondStress) - (_k21 * firstStress)) / determinant;
        first = Math.Clamp(first, -LargestCorrection, LargestCorrection);
        second = Math.Clamp(second, -LargestCorrection, LargestCorrection);
        FirstStretch *= 1 + first;
        SecondStretch *= 1 + second;
        (_lastFirstChange, _lastSecondChange) = (first, second);
        (_lastFirstStress, _lastSecondStress) = (firstStress, secondStress);
        _corrections++;
    }

    /// <summary>Keeps the present stretches as those of the step.</summary>
    public void Accept()
    {
        _firstIncrement = FirstStretch - _firstAccepted;
        _secondIncrement = SecondStretch - _secondAccepted;
        _firstAccepted = FirstStretch;
        _secondAccepted = SecondStretch;
    }

    // A solid resists: positive diagonal, and determinant not close to singular.
    private static bool IsStable(double k11, double k12, double k21, double k22) =>
        k11 > 0 && k22 > 0 && (k11 * k22) - (k12 * k21) > 0.05 * k11 * k22;

    private void Learn(double firstStressChange, double secondStressChange)
    {
        double norm2 = (_lastFirstChange * _lastFirstChange) + (_lastSecondChange * _lastSecondChange);
        if (norm2 == 0)
        {
            return;
        }

        double firstMiss = firstStressChange - (_k11 * _lastFirstChange) - (_k12 * _lastSecondChange);
        double secondMiss = secondStressChange - (_k21 * _lastFirstChange) - (_k22 * _lastSecondChange);
        _k11 += firstMiss * _lastFirstChange / norm2;
        _k12 += firstMiss * _lastSecondChange / norm2;
        _k21 += secondMiss * _lastFirstChange / norm2;
        _k22 += secondMiss * _lastSecondChange / norm2;
    }
}
