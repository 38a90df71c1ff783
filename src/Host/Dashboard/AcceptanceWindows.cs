namespace Glasswright.Host.Dashboard;

/// <summary>Accepted trials in windows of equal length. When there are too many windows, neighbors become one.</summary>
internal sealed class AcceptanceWindows
{
    private const int Most = 80, FirstLength = 10;

    private readonly List<(int Tried, int Accepted)> _windows = [];
    private int _length = FirstLength;

    /// <summary>Adds the next trial.</summary>
    public void Add(bool accepted)
    {
        if (_windows.Count == 0 || _windows[^1].Tried == _length)
        {
            if (_windows.Count == Most)
            {
                Join();
            }

            _windows.Add(default);
        }

        (int tried, int before) = _windows[^1];
        _windows[^1] = (tried + 1, before + (accepted ? 1 : 0));
    }

    /// <summary>The edges of the windows, in trials.</summary>
    public double[] Edges()
    {
        var edges = new double[_windows.Count == 0 ? 0 : _windows.Count + 1];
        for (int w = 0; w < _windows.Count; w++)
        {
            edges[w + 1] = edges[w] + _windows[w].Tried;
        }

        return edges;
    }

    /// <summary>The accepted share in percent, from each edge on.</summary>
    public double[] Shares()
    {
        double[] shares = [.. _windows.Select(window => 100.0 * window.Accepted / window.Tried)];
        return shares.Length == 0 ? [] : [.. shares, shares[^1]];
    }

    private void Join()
    {
        for (int w = 0; w < Most / 2; w++)
        {
            (int tried, int accepted) = _windows[2 * w];
            (int triedNext, int acceptedNext) = _windows[(2 * w) + 1];
            _windows[w] = (tried + triedNext, accepted + acceptedNext);
        }

        _windows.RemoveRange(Most / 2, Most / 2);
        _length *= 2;
    }
}
