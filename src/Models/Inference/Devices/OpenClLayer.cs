using Glasswright.Kernels.Devices;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference.Devices;

/// <summary>One layer's folded weights on a device, each matrix by inputs; see <see cref="LayerWeights"/> for what is folded into what.</summary>
internal sealed class OpenClLayer : IDisposable
{
    /// <summary>Folds a layer and copies it.</summary>
    public OpenClLayer(DeviceQueue queue, ParameterSet parameters, int layer)
    {
        Architecture shape = parameters.Layout.Architecture;
        LayerWeights weights = new(parameters, layer);
        int n = shape.NodeWidth, e = shape.EdgeWidth, heads = weights.HeadOutputs, joined = shape.ConcatenatedWidth, parts = e + heads;
        double Part(int output, int input) => output < e ? weights.Edge(output, input) : weights.Head(output - e, input);
        Parts = Matrix(2 * parts, n, (o, m) => o < parts ? Part(o, m) : Part(o - parts, n + m));
        PartBias = Row(2 * parts, o => o < e ? weights.EdgeBias(o) : o < parts ? weights.HeadBias(o - e) : 0);
        Edge = Matrix(e, e, (o, m) => weights.Edge(o, (2 * n) + m));
        Heads = Matrix(heads, e, (o, m) => weights.Head(o, (2 * n) + m));
        Scores = Row(joined, i => weights.Score(i / shape.Heads, i % shape.Heads));
        MessageShift = Row(joined, weights.MessageShift);
        NormMap output = new(parameters, ParameterLayout.OutputNorm(layer));
        OutputScale = Row(n, output.Scale);
        OutputShift = Row(n, output.Shift);
        if (shape.HasConcatenationMap)
        {
            LinearMap map = new(parameters, ParameterLayout.ConcatenationLinear(layer));
            NormMap norm = new(parameters, ParameterLayout.ConcatenationNorm(layer));

            // Feature c of head k is at c·K + k here and at k·a + c in the file.
            Concatenation = Matrix(n, joined, (o, m) => norm.Scale(o) * map.Weight(o, ((m % shape.Heads) * shape.HeadWidth) + (m / shape.Heads)));
            ConcatenationBias = Row(n, o => (norm.Scale(o) * map.Bias(o)) + norm.Shift(o));
        }
        else
        {
            Concatenation = Row(1, _ => 0);
            ConcatenationBias = Row(1, _ => 0);
        }

        DeviceBuffer<float> Matrix(int outputs, int inputs, Func<int, int, double> weight) =>
            OpenClNetwork.Copy(queue, Enumerable.Range(0, inputs).SelectMany(m => Enumerable.Range(0, outputs).Select(o => weight(o, m))));
        DeviceBuffer<float> Row(int length, Func<int, double> value) => OpenClNetwork.Copy(queue, Enumerable.Range(0, length).Select(value));
    }

    /// <summary>W₁ and behind it W₂, [n][2·(e + 2·K·a)].</summary>
    public DeviceBuffer<float> Parts { get; }

    /// <summary>Biases, part of W₁h; zero behind them.</summary>
    public DeviceBuffer<float> PartBias { get; }

    /// <summary>W₃ of the edge update, [e][e].</summary>
    public DeviceBuffer<float> Edge { get; }

    /// <summary>W₃ of the heads, [e][2·K·a].</summary>
    public DeviceBuffer<float> Heads { get; }

    /// <summary>Weight of feature c in head k's score, at c·K + k.</summary>
    public DeviceBuffer<float> Scores { get; }

    /// <summary>t of the message BN, at c·K + k.</summary>
    public DeviceBuffer<float> MessageShift { get; }

    /// <summary>The map of the concatenated heads to n, [K·a][n]; one zero where there is none.</summary>
    public DeviceBuffer<float> Concatenation { get; }

    /// <summary>Its bias.</summary>
    public DeviceBuffer<float> ConcatenationBias { get; }

    /// <summary>Scale of the output BN.</summary>
    public DeviceBuffer<float> OutputScale { get; }

    /// <summary>Shift of the output BN.</summary>
    public DeviceBuffer<float> OutputShift { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DeviceBuffer<float> buffer in (DeviceBuffer<float>[])
            [Parts, PartBias, Edge, Heads, Scores, MessageShift, Concatenation, ConcatenationBias, OutputScale, OutputShift])
        {
            buffer.Dispose();
        }
    }
}
