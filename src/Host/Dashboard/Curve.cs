namespace Glasswright.Host.Dashboard;

/// <summary>
/// Points of growing x in bounded memory. When there are too many, of every four neighbors the lowest and the highest stay, and the first and the last
/// point of all: extremes are never lost, and what stays are points that were there. Values that are not finite are left out.
/// </summary>
/// <param name="most">How many points it may hold.</param>
internal sealed class Curve(int most)
{
    private const int Bucket = 4;

    private List<double> _x = [], _y = [];

    /// <summary>Points held.</summary>
    public int Count => _x.Count;

    /// <summary>The newest value; NaN before the first.</summary>
    public double Last => Count > 0 ? _y[^1] : double.NaN;

    /// <summary>The oldest value; NaN before the first.</summary>
    public double First => Count > 0 ? _y[0] : double.NaN;

    /// <summary>Adds a point.</summary>
    public void Add(double x, double y)
    {
        if (!double.IsFinite(y))
        {
            return;
        }

        _x.Add(x);
        _y.Add(y);
        if (_x.Count > most)
        {
            Thin();
        }
    }

    /// <summary>Where the points are.</summary>
    public double[] X() => [.. _x];

    /// <summary>Their values.</summary>
    public double[] Y() => [.. _y];

    /// <summary>Where the points are, and the place up to which the last value holds.</summary>
    public double[] X(double until) => Count == 0 ? [] : [.. _x, Math.Max(until, _x[^1])];

    /// <summary>The values that belong to <see cref="X(double)"/>.</summary>
    public double[] YHeld() => Count == 0 ? [] : [.. _y, _y[^1]];

    private void Thin()
    {
        var x = new List<double>(most) { _x[0] };
        var y = new List<double>(most) { _y[0] };
        int last = _x.Count - 1;
        for (int from = 1; from < last; from += Bucket)
        {
            int low = from, high = from;
            for (int i = from + 1; i < Math.Min(from + Bucket, last); i++)
            {
                low = _y[i] < _y[low] ? i : low;
                high = _y[i] > _y[high] ? i : high;
            }

            Keep(Math.Min(low, high));
            if (low != high)
            {
                Keep(Math.Max(low, high));
            }
        }

        Keep(last);
        (_x, _y) = (x, y);

        void Keep(int i)
        {
            x.Add(_x[i]);
            y.Add(_y[i]);
        }
    }
}
