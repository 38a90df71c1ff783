using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Glasswright.Kernels;
using Glasswright.Kernels.Random;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Network;

namespace Glasswright.Models.Training;

/// <summary>The glasses of a training with the part each belongs to, in a fixed order.</summary>
internal sealed class TrainingSet
{
    private readonly List<(GlassSample Sample, DataPart Part)> _glasses = [];

    /// <summary>Every glass with its part.</summary>
    public IReadOnlyList<(GlassSample Sample, DataPart Part)> Glasses => _glasses;

    /// <summary>Adds a glass to a part.</summary>
    public void Add(GlassSample sample, DataPart part) => _glasses.Add((sample, part));

    /// <summary>
    /// Divides glasses at random: so many for validation and for the test, the rest for training. The order within each
    /// part is that of <paramref name="samples"/>.
    /// </summary>
    /// <exception cref="InputException">Nothing would be left for training.</exception>
    public static TrainingSet Split(IReadOnlyList<GlassSample> samples, int validation, int test, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfNegative(validation);
        ArgumentOutOfRangeException.ThrowIfNegative(test);
        if (samples.Count - validation - test < 1)
        {
            throw new InputException(
                "the split leaves no glass for training",
                expected: $"more than {validation + test} glasses",
                found: samples.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        int[] order = [.. Enumerable.Range(0, samples.Count)];
        RandomStreams.Draws(seed, RandomStream.Splitting, 0, 0).Shuffle<int>(order);
        DataPart[] parts = new DataPart[samples.Count];
        for (int k = 0; k < validation + test; k++)
        {
            parts[order[k]] = k < validation ? DataPart.Validation : DataPart.Test;
        }

        TrainingSet set = new();
        for (int i = 0; i < samples.Count; i++)
        {
            set.Add(samples[i], parts[i]);
        }

        return set;
    }

    /// <summary>The glasses of a part, in order.</summary>
    public IReadOnlyList<GlassSample> Part(DataPart part) =>
        [.. _glasses.Where(glass => glass.Part == part).Select(glass => glass.Sample)];

    /// <summary>Mean and standard deviation (over n) of the valid training targets.</summary>
    /// <exception cref="InputException">There is no training glass, or its targets are all the same.</exception>
    public TargetNormalization Normalization()
    {
        IReadOnlyList<GlassSample> training = Part(DataPart.Training);
        if (training.Count == 0)
        {
            throw new InputException("there is no glass to train on");
        }

        long count = 0;
        double sum = 0;
        foreach (GlassSample glass in training)
        {
            count += glass.ValidCount;
            foreach (double target in glass.Targets)
            {
                // Targets that are not valid are stored as 0.
                sum += target;
            }
        }

        double mean = sum / count;
        double squares = 0;
        foreach (GlassSample glass in training)
        {
            for (int i = 0; i < glass.Targets.Length; i++)
            {
                double deviation = glass.Targets[i] - mean;
                squares += glass.Valid[i] ? deviation * deviation : 0;
            }
        }

        double std = Math.Sqrt(squares / count);
        return std > 0 && double.IsFinite(std)
            ? new TargetNormalization(mean, std)
            : throw new InputException("the training targets do not vary: there is nothing to learn");
    }

    /// <summary>The valid training targets at some levels of their distribution (quantiles, linear): the bounds of classes.</summary>
    /// <exception cref="InputException">There is no training glass, or two bounds are the same.</exception>
    public IReadOnlyList<double> Bounds(IReadOnlyList<double> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        double[] targets = [.. Part(DataPart.Training).SelectMany(glass => glass.Targets.Where((_, i) => glass.Valid[i]))];
        if (targets.Length == 0)
        {
            throw new InputException("there is no glass to train on");
        }

        double[] bounds = new double[levels.Count];
        Quantiles.Of(targets, [.. levels], bounds);
        return bounds.Zip(bounds.Skip(1)).All(pair => pair.First < pair.Second) && targets[0] < bounds[0]
            ? bounds
            : throw new InputException(
                "the training targets do not separate at architecture.class-levels",
                expected: "labels that differ between the levels",
                found: string.Join(", ", bounds.Select(bound => bound.ToString(System.Globalization.CultureInfo.InvariantCulture))));
    }

    /// <summary>SHA-256 of parts, graphs, targets and validity: the same data give the same digest, whatever their names.</summary>
    public string Digest()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[4];
        foreach ((GlassSample glass, DataPart part) in _glasses)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, (int)part);
            hash.AppendData(number);
            hash.AppendData(MemoryMarshal.AsBytes(glass.Graph.Species));
            hash.AppendData(MemoryMarshal.AsBytes(glass.Graph.Offsets));
            hash.AppendData(MemoryMarshal.AsBytes(glass.Graph.Neighbors));
            hash.AppendData(MemoryMarshal.AsBytes(glass.Graph.Distances));
            hash.AppendData(MemoryMarshal.AsBytes(glass.Targets.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(glass.Valid.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
