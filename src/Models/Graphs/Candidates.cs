using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vector3 = Glasswright.Kernels.Structure.Vector3;

namespace Glasswright.Models.Graphs;

/// <summary>
/// Atoms that may be neighbors of the atoms of one bin, as structure of arrays, each with a sort key and the shift of the
/// periodic image it is met in.
/// </summary>
internal sealed class Candidates
{
    private const int Lanes = 4;
    private long[] _keys = new long[256];
    private double[] _x = new double[256];
    private double[] _y = new double[256];
    private double[] _z = new double[256];
    private double[] _shiftX = new double[256];
    private double[] _shiftY = new double[256];
    private double[] _shiftZ = new double[256];
    private int _count;

    /// <summary>Starts a new bin.</summary>
    public void Clear() => _count = 0;

    /// <summary>One more atom.</summary>
    public void Add(long key, double x, double y, double z, Vector3 shift)
    {
        if (_count == _keys.Length)
        {
            Resize(2 * _count);
        }

        _keys[_count] = key;
        (_x[_count], _y[_count], _z[_count]) = (x, y, z);
        (_shiftX[_count], _shiftY[_count], _shiftZ[_count]) = (shift.X, shift.Y, shift.Z);
        _count++;
    }

    /// <summary>Fills the last vector with atoms that are no one's neighbors.</summary>
    public void Pad()
    {
        int count = _count;
        while (_count % Lanes != 0)
        {
            Add(0, double.PositiveInfinity, 0, 0, default);
        }

        _count = count;
    }

    /// <summary>
    /// Keys and d² of all candidates with d² ≤ r², in their order; the arrays grow as needed and keep room for one vector more.
    /// </summary>
    /// <remarks>
    /// d² = |(r_j - r_i) + shift|². Seen from j the difference and the shift are the negatives, exactly, so an edge and its
    /// reverse have the same bits.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Within(double x, double y, double z, double squaredRadius, ref long[] keys, ref double[] squares)
    {
        if (keys.Length < _count + Lanes)
        {
            keys = new long[2 * (_count + Lanes)];
            squares = new double[2 * (_count + Lanes)];
        }

        Span<long> foundKeys = keys;
        Span<double> foundSquares = squares;
        Vector256<double> xi = Vector256.Create(x), yi = Vector256.Create(y), zi = Vector256.Create(z);
        Vector256<double> limit = Vector256.Create(squaredRadius);
        int found = 0;
        for (int k = 0; k < _count; k += Lanes)
        {
            Vector256<double> dx = Load(_x, k) - xi + Load(_shiftX, k);
            Vector256<double> dy = Load(_y, k) - yi + Load(_shiftY, k);
            Vector256<double> dz = Load(_z, k) - zi + Load(_shiftZ, k);
            Vector256<double> square = (dx * dx) + (dy * dy) + (dz * dz);
            uint hits = Vector256.LessThanOrEqual(square, limit).ExtractMostSignificantBits();
            while (hits != 0)
            {
                int lane = BitOperations.TrailingZeroCount(hits);
                hits &= hits - 1;
                foundKeys[found] = _keys[k + lane];
                foundSquares[found++] = square.GetElement(lane);
            }
        }

        return found;
    }

    private static Vector256<double> Load(double[] values, int index) => Vector256.LoadUnsafe(ref values[0], (nuint)index);

    private void Resize(int capacity)
    {
        Array.Resize(ref _keys, capacity);
        Array.Resize(ref _x, capacity);
        Array.Resize(ref _y, capacity);
        Array.Resize(ref _z, capacity);
        Array.Resize(ref _shiftX, capacity);
        Array.Resize(ref _shiftY, capacity);
        Array.Resize(ref _shiftZ, capacity);
    }
}
