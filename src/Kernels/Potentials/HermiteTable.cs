namespace Glasswright.Kernels.Potentials;

/// <summary>
/// A function tabulated at x = 0, h, 2h, …, interpolated by the piecewise cubic that LAMMPS uses for embedded-atom tables:
/// Hermite in units of the spacing, with slopes s₁ = f₂-f₁, s₂ = ½(f₃-f₁), s_{n-1} = ½(f_n-f_{n-2}), s_n = f_n-f_{n-1} and
/// s_m = ((f_{m-2}-f_{m+2}) + 8(f_{m+1}-f_{m-1}))/12 inside.
/// </summary>
internal sealed class HermiteTable
{
    private readonly double _perStep;

    /// <summary>Builds the slopes of <paramref name="values"/> (at least five).</summary>
    public HermiteTable(double[] values, double step)
    {
        if (values.Length < 5)
        {
            throw new ArgumentException("A table needs at least five values.", nameof(values));
        }

        Values = values;
        Step = step;
        _perStep = 1 / step;
        Slopes = SlopesOf(values);
    }

    /// <summary>f at the grid points.</summary>
    public double[] Values { get; }

    /// <summary>df/dx times the spacing at the grid points.</summary>
    public double[] Slopes { get; }

    /// <summary>h.</summary>
    public double Step { get; }

    /// <summary>The last grid point, (n-1)·h.</summary>
    public double End => (Values.Length - 1) * Step;

    /// <summary>Value and derivative at x; beyond the last point the value there and its slope.</summary>
    public (double Value, double Derivative) Evaluate(double x)
    {
        double t = x * _perStep;
        int m = Math.Clamp((int)t, 0, Values.Length - 2);
        double p = Math.Min(t - m, 1.0);
        double rise = Values[m + 1] - Values[m];
        double a = Slopes[m] + Slopes[m + 1] - (2 * rise);
        double b = (3 * rise) - (2 * Slopes[m]) - Slopes[m + 1];
        double value = ((((a * p) + b) * p + Slopes[m]) * p) + Values[m];
        double derivative = ((((3 * a * p) + (2 * b)) * p) + Slopes[m]) * _perStep;
        return (value, derivative);
    }

    /// <summary>The second derivative at x, that of the cubic of its interval; 0 beyond the last point.</summary>
    public double SecondDerivative(double x)
    {
        double t = x * _perStep;
        int m = Math.Clamp((int)t, 0, Values.Length - 2);
        if (t - m > 1)
        {
            return 0;
        }

        double rise = Values[m + 1] - Values[m];
        double a = Slopes[m] + Slopes[m + 1] - (2 * rise);
        double b = (3 * rise) - (2 * Slopes[m]) - Slopes[m + 1];
        return ((6 * a * (t - m)) + (2 * b)) * _perStep * _perStep;
    }

    /// <summary>Value and derivative at x; beyond the last point the function goes on as a line with its slope there.</summary>
    public (double Value, double Derivative) Extrapolate(double x)
    {
        if (x <= End)
        {
            return Evaluate(x);
        }

        (double end, double slope) = Evaluate(End);
        return (end + (slope * (x - End)), slope);
    }

    private static double[] SlopesOf(double[] f)
    {
        int n = f.Length;
        double[] s = new double[n];
        s[0] = f[1] - f[0];
        s[1] = 0.5 * (f[2] - f[0]);
        s[n - 2] = 0.5 * (f[n - 1] - f[n - 3]);
        s[n - 1] = f[n - 1] - f[n - 2];
        for (int m = 2; m < n - 2; m++)
        {
            s[m] = ((f[m - 2] - f[m + 2]) + (8 * (f[m + 1] - f[m - 1]))) / 12;
        }

        return s;
    }
}
