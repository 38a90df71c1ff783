using Glasswright.Kernels.Numerics;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;

namespace Glasswright.Models.Training;

/// <summary>
/// The loss of a batch and its gradient, over the valid core atoms: the squared error of the normalized target, or for classes the
/// negative log-likelihood -ln p_c of the atom's class, p the softmax of the outputs. Sums run over the atoms in order, in double.
/// </summary>
internal sealed unsafe class TrainingLoss(Architecture architecture)
{
    private readonly TargetNormalization _target = architecture.Target;
    private readonly IReadOnlyList<double>? _bounds = architecture.ClassBounds;
    private readonly int _outputs = architecture.OutputWidth;
    private readonly double[] _scores = new double[architecture.OutputWidth];
    private float[] _gradient = [];

    /// <summary>The gradient of the mean loss of the last batch, [N, outputs].</summary>
    public ReadOnlySpan<float> Gradient => _gradient;

    /// <summary>Class of a label: the number of bounds that it reaches.</summary>
    public static int ClassOf(double label, IReadOnlyList<double> bounds)
    {
        int c = 0;
        while (c < bounds.Count && label >= bounds[c])
        {
            c++;
        }

        return c;
    }

    /// <summary>The value of an atom: its prediction, not de-normalized, or the log-odds of its softest class.</summary>
    public double Value(ReadOnlySpan<float> outputs, int node) =>
        _bounds is null ? outputs[node] : ClassOdds.OfLast(Scores(outputs, node));

    /// <summary>Sum of the losses of a batch and the number of atoms in it; their mean's gradient is <see cref="Gradient"/>.</summary>
    /// <param name="outputs">Of the network.</param>
    /// <param name="batch">The batch that it was given.</param>
    /// <param name="samples">The glasses by the numbers that the batch knows them by.</param>
    public (double Sum, int Valid) Compute(ReadOnlySpan<float> outputs, GraphBatch batch, IReadOnlyList<GlassSample> samples)
    {
        if (_gradient.Length < outputs.Length)
        {
            _gradient = new float[outputs.Length];
        }

        int valid = 0;
        for (int node = 0; node < batch.NodeCount; node++)
        {
            valid += Counts(batch, samples, node) ? 1 : 0;
        }

        double sum = 0;
        for (int node = 0; node < batch.NodeCount; node++)
        {
            bool counts = Counts(batch, samples, node);
            double target = samples[batch.NodeGlass[node]].Targets[batch.NodeKeys[node]];
            if (_bounds is null)
            {
                double error = counts ? outputs[node] - ((target - _target.Mean) / _target.Std) : 0;
                sum += error * error;
                _gradient[node] = (float)(2 * error / valid);
                continue;
            }

            Span<float> gradient = _gradient.AsSpan(node * _outputs, _outputs);
            gradient.Clear();
            if (counts)
            {
                sum += LogLikelihood(outputs, node, ClassOf(target, _bounds), valid, gradient);
            }
        }

        return (sum, valid);
    }

    /// <summary>Whether the loss runs over an atom.</summary>
    public static bool Counts(GraphBatch batch, IReadOnlyList<GlassSample> samples, int node) =>
        batch.IsCore[node] && samples[batch.NodeGlass[node]].Valid[batch.NodeKeys[node]];

    private double LogLikelihood(ReadOnlySpan<float> outputs, int node, int wanted, int valid, Span<float> gradient)
    {
        ReadOnlySpan<double> scores = Scores(outputs, node);
        double total = ClassOdds.LogSumExp(scores);
        for (int c = 0; c < scores.Length; c++)
        {
            gradient[c] = (float)((Elementary.Exp(scores[c] - total) - (c == wanted ? 1 : 0)) / valid);
        }

        return total - scores[wanted];
    }

    private ReadOnlySpan<double> Scores(ReadOnlySpan<float> outputs, int node)
    {
        for (int c = 0; c < _outputs; c++)
        {
            _scores[c] = outputs[(node * _outputs) + c];
        }

        return _scores;
    }
}
