using Glasswright.Kernels.Deformation;

namespace Glasswright.Kernels.Analysis;

/// <summary>
/// What a stress-strain curve of athermal quasistatic loading says. An event is a run of steps in which the stress falls by more than a threshold a step; its
/// drop is what the stress lost in that run.
/// </summary>
/// <param name="Modulus">
/// Slope of the line through the curve up to <see cref="ElasticStrain"/> or the first event, bar: the shear modulus in shear; along an axis that of the
/// lateral condition of the curve (with free sides Young's). NaN with fewer than two points.
/// </param>
/// <param name="FirstEventStrain">Strain before the first event; NaN if there is none.</param>
/// <param name="MaximumStress">Largest stress, bar.</param>
/// <param name="StrainAtMaximum">Where it is reached first.</param>
/// <param name="Drops">Size of every event in its order, bar.</param>
internal sealed record StressStrainFigures(
    double Modulus, double FirstEventStrain, double MaximumStress, double StrainAtMaximum, IReadOnlyList<double> Drops)
{
    /// <summary>Up to which strain the modulus is fitted.</summary>
    public const double ElasticStrain = 0.002;

    /// <summary>By how much the stress of a glass of a few hundred atoms falls at least in an event, bar.</summary>
    public const double DefaultThreshold = 10;

    /// <summary>Mean size of the events, bar; NaN without any.</summary>
    public double MeanDrop
    {
        get
        {
            double sum = 0;
            foreach (double drop in Drops)
            {
                sum += drop;
            }

            return sum / Drops.Count;
        }
    }

    /// <summary>Size of the largest event, bar; 0 without any.</summary>
    public double LargestDrop => Drops.Count == 0 ? 0 : Drops.Max();

    /// <summary>Reads the figures off a curve.</summary>
    /// <param name="curve">At least one point, strains ascending.</param>
    /// <param name="threshold">Least fall of the stress in one step that is an event, bar.</param>
    public static StressStrainFigures Of(IReadOnlyList<CurvePoint> curve, double threshold = DefaultThreshold)
    {
        ArgumentNullException.ThrowIfNull(curve);
        var drops = new List<double>();
        int first = curve.Count, highest = 0;
        bool falling = false;
        for (int k = 1; k < curve.Count; k++)
        {
            double fall = curve[k - 1].Stress - curve[k].Stress;
            if (fall > threshold)
            {
                first = Math.Min(first, k);
                if (falling)
                {
                    drops[^1] += fall;
                }
                else
                {
                    drops.Add(fall);
                }
            }

            falling = fall > threshold;
            highest = curve[k].Stress > curve[highest].Stress ? k : highest;
        }

        double limit = ElasticStrain + (0.5e-6 * ElasticStrain);
        int elastic = 0;
        while (elastic < first && curve[elastic].Strain <= limit)
        {
            elastic++;
        }

        return new(
            Slope(curve, elastic),
            first < curve.Count ? curve[first - 1].Strain : double.NaN,
            curve[highest].Stress,
            curve[highest].Strain,
            drops);
    }

    /// <summary>Slope of the line of least squares through the first points.</summary>
    private static double Slope(IReadOnlyList<CurvePoint> curve, int count)
    {
        double x = 0, y = 0, xx = 0, xy = 0;
        for (int k = 0; k < count; k++)
        {
            x += curve[k].Strain / count;
            y += curve[k].Stress / count;
        }

        for (int k = 0; k < count; k++)
        {
            xx += (curve[k].Strain - x) * (curve[k].Strain - x);
            xy += (curve[k].Strain - x) * (curve[k].Stress - y);
        }

        return count > 1 ? xy / xx : double.NaN;
    }
}
