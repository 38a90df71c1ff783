using System.Globalization;

namespace Glasswright.Host.Reports;

/// <summary>The marks of an axis: multiples of 1, 2 or 5 times a power of ten, the first at or below the data and the last at or above.</summary>
internal sealed class AxisTicks
{
    private const int Wanted = 5;

    private readonly double _step;
    private readonly long _first;
    private readonly long _last;

    private AxisTicks(double step, long first, long last)
    {
        _step = step;
        _first = first;
        _last = last;
    }

    /// <summary>The first mark.</summary>
    public double Least => _first * _step;

    /// <summary>The last mark.</summary>
    public double Most => _last * _step;

    /// <summary>All marks.</summary>
    public IEnumerable<double> Values => Enumerable.Range(0, (int)(_last - _first) + 1).Select(i => (_first + i) * _step);

    /// <summary>Marks over data; those that are not finite do not count.</summary>
    /// <param name="data">The data.</param>
    /// <param name="slack">How far data may lie beyond the outer marks, in steps between marks.</param>
    public static AxisTicks Over(IEnumerable<double> data, double slack = 0)
    {
        double least = double.PositiveInfinity, most = double.NegativeInfinity;
        foreach (double value in data.Where(double.IsFinite))
        {
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        if (least > most)
        {
            (least, most) = (0, 1);
        }

        // One value has room on both sides, also one so large that 1 is nothing beside it.
        if (!(most - least > 1e-12 * Math.Max(Math.Abs(least), Math.Abs(most))))
        {
            double room = least == 0 ? 1 : Math.Abs(least) / 10;
            (least, most) = (least - room, most + room);
        }

        double rough = (most - least) / Wanted, power = Math.Pow(10, Math.Floor(Math.Log10(rough))), step = power * (rough / power) switch
        {
            <= 1 => 1,
            <= 2 => 2,
            <= 5 => 5,
            _ => 10,
        };
        return new AxisTicks(step, (long)Math.Floor((least / step) + slack), (long)Math.Ceiling((most / step) - slack));
    }

    /// <summary>A mark as text: with as many digits as the step needs, with a true minus sign.</summary>
    public string Text(double value)
    {
        // A sum of steps that should be zero is not written as 1E-17.
        double clean = Math.Abs(value) < _step / 1e6 ? 0 : value;
        int decimals = (int)Math.Clamp(-Math.Floor(Math.Log10(_step) + 1e-9), 0, 12);
        string text = Math.Abs(clean) is >= 1e6 or (> 0 and < 1e-4)
            ? clean.ToString("0.###E+0", CultureInfo.InvariantCulture)
            : clean.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.Replace('-', '−');
    }
}
