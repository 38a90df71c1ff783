using Glasswright.Kernels.Random;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Sets a random part of numbers to zero and multiplies the rest by 1/(1 - rate). Whether a number survives is a function
/// of (seed, stream, layer, epoch, glass, element): the address of Philox is replica = 4096·glass + layer, trial = epoch,
/// draw = number of the group of four 32-bit words; the batch, its order and the threads are not in it.
/// </summary>
internal sealed unsafe class Dropout
{
    private const int WordsPerDraw = 4;
    private readonly ulong _seed;
    private readonly RandomStream _stream;
    private readonly int _layer;
    private readonly long _epoch;
    private readonly uint _threshold;
    private readonly float _scale;

    /// <summary>Describes the dropout of one place of the network in one epoch.</summary>
    public Dropout(double rate, ulong seed, RandomStream stream, int layer, long epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1);
        _seed = seed;
        _stream = stream;
        _layer = layer;
        _epoch = epoch;
        _threshold = (uint)(rate * 4294967296.0);
        _scale = (float)(1 / (1 - rate));
        IsOff = rate == 0;
    }

    /// <summary>Nothing is dropped.</summary>
    public static Dropout None { get; } = new(0, 0, RandomStream.DropoutEdge, 0, 0);

    /// <summary>Whether the rate is 0.</summary>
    public bool IsOff { get; }

    /// <summary>Writes the factors, 0 or 1/(1 - rate), of the <paramref name="count"/> numbers of an element of a glass.</summary>
    public void Fill(float* factors, int count, int glass, int element)
    {
        int groups = (count + WordsPerDraw - 1) / WordsPerDraw;
        for (int group = 0; group < groups; group++)
        {
            PhiloxBlock words = Words(glass, ((long)element * groups) + group);
            for (int k = 0; k < WordsPerDraw && (group * WordsPerDraw) + k < count; k++)
            {
                factors[(group * WordsPerDraw) + k] = Word(words, k) >= _threshold ? _scale : 0;
            }
        }
    }

    /// <summary>Whether an element of a glass survives.</summary>
    public bool Keeps(int glass, int element) =>
        IsOff || Word(Words(glass, element / WordsPerDraw), element % WordsPerDraw) >= _threshold;

    private static uint Word(PhiloxBlock words, int k) => k switch
    {
        0 => words.W0,
        1 => words.W1,
        2 => words.W2,
        _ => words.W3,
    };

    private PhiloxBlock Words(int glass, long draw) =>
        RandomStreams.Block(_seed, _stream, checked((glass * 4096) + _layer), _epoch, draw);
}
