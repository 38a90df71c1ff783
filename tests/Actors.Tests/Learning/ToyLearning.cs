using System.Buffers.Binary;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Tests.Search;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Learning;

/// <summary>
/// Models of the toy landscape: a model is one number, how much of the landscape's second hash it sees, and the truth has twice as much of it as of
/// the first. What a fine-tuning adds depends on every label and on their order, so that another order is another model.
/// </summary>
internal static class ToyLearning
{
    public const double TrueBend = 2;

    // By which the parts of a label differ: three numbers, so that another order of their sum has other bits.
    public static readonly double[] Shifts = [10, -7, -3];

    /// <summary>What the law must not see: called with every part of a label, and with every fine-tuning.</summary>
    public static LearningParts Parts(
        Action<CancellationToken>? onLabel = null, Action<CancellationToken>? onTune = null, Action<string>? tell = null, int properties = 0,
        Action<long, int>? delay = null) => new()
        {
            Models = [Model(0)],
            Load = models => () => new ToyLandscape(new ToyLandscape.Options { Bend = Bend(models[0]), Properties = properties, Delay = delay }),
            Truth = [.. Shifts.Select(shift => Part(shift, onLabel))],
            Tune = (task, cancel) =>
            {
                onTune?.Invoke(cancel);
                return [Model(Next(Bend(task.Models[0]), task.Structures.Select(structure => structure.Labels)))];
            },
            Tell = tell,
        };

    public static double Next(double bend, IEnumerable<double[]> labels)
    {
        double fold = 0;
        foreach (double label in labels.SelectMany(label => label).Where(double.IsFinite))
        {
            fold = (0.9 * fold) + label;
        }

        return bend + 0.25 + (0.001 * fold);
    }

    public static double Bend(byte[] model) => BinaryPrimitives.ReadDoubleLittleEndian(model);

    public static double[] Truth(AtomicStructure structure)
    {
        var values = new double[structure.Count];
        ToyLandscape.Values(new ToyLandscape.Options { Bend = TrueBend }, structure, values);
        return values;
    }

    private static byte[] Model(double bend)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, bend);
        return bytes;
    }

    /// <summary>One of the parts whose mean is the truth; atom 3 has none.</summary>
    private static Func<AtomicStructure, CancellationToken, double[]?> Part(double shift, Action<CancellationToken>? hook) => (structure, cancel) =>
    {
        hook?.Invoke(cancel);
        double[] values = Truth(structure);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i == 3 ? double.NaN : values[i] + shift;
        }

        return cancel.IsCancellationRequested ? null : values;
    };
}
