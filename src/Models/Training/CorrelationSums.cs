namespace Glasswright.Models.Training;

/// <summary>Pearson's r of pairs that come one at a time, by running means (Welford), in the order they come.</summary>
internal struct CorrelationSums
{
    private double _meanX;
    private double _meanY;
    private double _xx;
    private double _yy;
    private double _xy;

    /// <summary>Number of pairs.</summary>
    public long Count { get; private set; }

    /// <summary>r in [-1, 1]; NaN while one side does not vary.</summary>
    public readonly double Pearson => _xx > 0 && _yy > 0 ? _xy / (Math.Sqrt(_xx) * Math.Sqrt(_yy)) : double.NaN;

    /// <summary>Adds a pair.</summary>
    public void Add(double x, double y)
    {
        Count++;
        double dx = x - _meanX;
        double dy = y - _meanY;
        _meanX += dx / Count;
        _meanY += dy / Count;
        _xx += dx * (x - _meanX);
        _yy += dy * (y - _meanY);
        _xy += dx * (y - _meanY);
    }
}
