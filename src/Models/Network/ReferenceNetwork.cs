using Glasswright.Kernels.Numerics;
using Glasswright.Models.Graphs;

namespace Glasswright.Models.Network;

/// <summary>
/// The network in evaluation mode as a reader would write it down: double precision, one edge after the other, nothing folded,
/// nothing shared. What the fast <see cref="Inference.InferenceEngine"/> and training's forward pass are compared with.
/// <code>
/// h_i = MLP(one-hot)                                   each layer Linear → act → BN
/// per layer, z_ij = [h_i ‖ h_j ‖ e_ij]:
///   e'_ij = act(e_ij + BN(W_e z_ij))
///   s_ij,k = BN(Linear₁(BN(relu(Linear_a [h_i ‖ h_j ‖ e'_ij]))))      α_ij,k = softmax_j s_ij,k
///   m_ij,k = act(BN(α_ij,k · W_v [h_i ‖ h_j ‖ e'_ij]))
///   p_i = Pool_j ‖_k m_ij,k;   if it is not n wide:  p_i := act(BN(Linear p_i));   h_i := h_i + BN(p_i), or as Remember says
/// output_i = Linear(MLP(h_i)); of a classifier the log-odds of its last class
/// </code>
/// </summary>
internal sealed class ReferenceNetwork
{
    private readonly Architecture _architecture;
    private readonly ParameterSet _parameters;

    /// <summary>Wraps the parameters; they are read at every evaluation.</summary>
    public ReferenceNetwork(ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = parameters;
        _architecture = parameters.Layout.Architecture;
    }

    /// <summary>The network's output for every node, not yet de-normalized: z = mean + std·output.</summary>
    /// <param name="graph">Nodes and edges.</param>
    /// <param name="observe">Is shown the node states [N][n] after the embedding (0) and after each layer (1 … N).</param>
    /// <param name="attend">Is shown layer, head, node and α_ij of the node's edges in their order.</param>
    public double[] Evaluate(
        NeighborGraph graph, Action<int, double[][]>? observe = null, Action<int, int, int, double[]>? attend = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        double[][] h = new double[graph.NodeCount][];
        for (int i = 0; i < h.Length; i++)
        {
            h[i] = Embed(graph.Species[i]);
        }

        double[][] e = new double[graph.EdgeCount][];
        for (int edge = 0; edge < e.Length; edge++)
        {
            e[edge] = Gaussians(graph.Distances[edge]);
        }

        observe?.Invoke(0, h);
        double[][] cells = Array.ConvertAll(h, row => new double[row.Length]);
        for (int layer = 0; layer < _architecture.Layers; layer++)
        {
            h = Layer(layer, graph, h, e, cells, attend);
            observe?.Invoke(layer + 1, h);
        }

        LinearMap last = new(_parameters, ParameterLayout.ReadoutLinear);
        double[] output = new double[h.Length];
        for (int i = 0; i < h.Length; i++)
        {
            output[i] = ClassOdds.OfLast(Multiply(last, Mlp(ParameterLayout.ReadoutMlp, _architecture.Readout.Count, h[i])));
        }

        return output;
    }

    /// <summary>The first state of a node of a species, [n].</summary>
    public double[] Embed(int species)
    {
        double[] oneHot = new double[_architecture.Species.Count];
        oneHot[species] = 1;
        return Mlp(ParameterLayout.EmbeddingMlp, _architecture.Embedding.Count, oneHot);
    }

    /// <summary>exp(-(d - μ_m)²/σ²).</summary>
    private double[] Gaussians(double distance)
    {
        GaussianBasis basis = _architecture.Gaussian;
        double[] e = new double[basis.Count];
        for (int m = 0; m < e.Length; m++)
        {
            double t = (distance - basis.Center(m)) / basis.Sigma;
            e[m] = Elementary.Exp(-t * t);
        }

        return e;
    }

    /// <summary>New node states; the edge states, and the cells of a recurrent network, are replaced by the layer's.</summary>
    private double[][] Layer(
        int layer, NeighborGraph graph, double[][] h, double[][] e, double[][] cells, Action<int, int, int, double[]>? attend)
    {
        double[][] next = new double[h.Length][];
        for (int i = 0; i < h.Length; i++)
        {
            int first = graph.Offsets[i], degree = graph.Offsets[i + 1] - first;
            double[][] pair = new double[degree][];
            for (int j = 0; j < degree; j++)
            {
                double[] neighbor = h[graph.Neighbors[first + j]];
                e[first + j] = UpdateEdge(layer, [.. h[i], .. neighbor, .. e[first + j]], e[first + j]);
                pair[j] = [.. h[i], .. neighbor, .. e[first + j]];
            }

            int node = i;
            double[] pooled = Pool(layer, pair, (head, attention) => attend?.Invoke(layer, head, node, attention));
            NormMap norm = new(_parameters, ParameterLayout.OutputNorm(layer));
            double[] x = [.. pooled.Select((value, c) => norm.Apply(c, value))];
            (next[i], cells[i]) = Remember(layer, h[i], x, cells[i]);
        }

        return next;
    }

    private (double[] H, double[] C) Remember(int layer, double[] h, double[] x, double[] c) => _architecture.Remember switch
    {
        Network.Remember.Lstm => TextbookCell.Find(ParameterLayout.RememberCell(layer), Wide).Step(x, h, c),
        Network.Remember.Dense => (Mlp(ParameterLayout.RememberMlp(layer), 1, [.. h, .. x]), c),
        _ => ([.. h.Select((value, k) => value + x[k])], c),
    };

    private double[] Wide(string name) => Array.ConvertAll(_parameters[name], value => (double)value);

    /// <summary>e' = act(e + BN(W_e z)).</summary>
    private double[] UpdateEdge(int layer, double[] z, double[] e)
    {
        NormMap norm = new(_parameters, ParameterLayout.EdgeNorm(layer));
        double[] updated = Multiply(new(_parameters, ParameterLayout.EdgeLinear(layer)), z);
        for (int c = 0; c < updated.Length; c++)
        {
            updated[c] = Activate(e[c] + norm.Apply(c, updated[c]));
        }

        return updated;
    }

    /// <summary>The pooled messages of all neighbors, heads one after the other, mapped to width n where needed.</summary>
    /// <param name="layer">Number of the layer.</param>
    /// <param name="pair">[h_i ‖ h_j ‖ e'_ij] of every neighbor j; may be empty.</param>
    /// <param name="attend">Is shown head and α_ij.</param>
    private double[] Pool(int layer, double[][] pair, Action<int, double[]> attend)
    {
        int width = _architecture.HeadWidth;
        double[][] messages = Array.ConvertAll(pair, _ => new double[_architecture.ConcatenatedWidth]);
        for (int head = 0; head < _architecture.Heads; head++)
        {
            double[] attention = Attention(layer, head, pair);
            attend(head, attention);
            LinearMap value = new(_parameters, ParameterLayout.Value(layer, head));
            NormMap norm = new(_parameters, ParameterLayout.MessageNorm(layer, head));
            for (int j = 0; j < pair.Length; j++)
            {
                double[] message = Multiply(value, pair[j]);
                for (int c = 0; c < width; c++)
                {
                    messages[j][(head * width) + c] = Activate(norm.Apply(c, attention[j] * message[c]));
                }
            }
        }

        double[] pooled = _architecture.Pooling == Pooling.Set2set
            ? TextbookSet2Set.Pool(
                TextbookCell.Find(ParameterLayout.PoolingCell(layer), Wide), messages, _architecture.PoolingSteps!.Value)
            : TextbookPooling.Pool(_architecture.Pooling, messages, _architecture.ConcatenatedWidth);

        if (_architecture.HasConcatenationMap)
        {
            NormMap norm = new(_parameters, ParameterLayout.ConcatenationNorm(layer));
            pooled = Multiply(new(_parameters, ParameterLayout.ConcatenationLinear(layer)), pooled);
            for (int c = 0; c < pooled.Length; c++)
            {
                pooled[c] = Activate(norm.Apply(c, pooled[c]));
            }
        }

        return pooled;
    }

    /// <summary>α_ij of one head over the neighbors j of one node.</summary>
    private double[] Attention(int layer, int head, double[][] pair)
    {
        LinearMap hiddenMap = new(_parameters, ParameterLayout.AttentionHidden(layer, head));
        NormMap hiddenNorm = new(_parameters, ParameterLayout.AttentionHiddenNorm(layer, head));
        LinearMap scoreMap = new(_parameters, ParameterLayout.AttentionScore(layer, head));
        NormMap scoreNorm = new(_parameters, ParameterLayout.AttentionScoreNorm(layer, head));
        double[] attention = new double[pair.Length];
        double largest = double.NegativeInfinity;
        for (int j = 0; j < pair.Length; j++)
        {
            double[] hidden = Multiply(hiddenMap, pair[j]);
            for (int c = 0; c < hidden.Length; c++)
            {
                hidden[c] = hiddenNorm.Apply(c, Math.Max(0, hidden[c]));
            }

            attention[j] = scoreNorm.Apply(0, Multiply(scoreMap, hidden)[0]);
            largest = Math.Max(largest, attention[j]);
        }

        double sum = 0;
        for (int j = 0; j < pair.Length; j++)
        {
            attention[j] = Elementary.Exp(attention[j] - largest);
            sum += attention[j];
        }

        for (int j = 0; j < pair.Length; j++)
        {
            attention[j] /= sum;
        }

        return attention;
    }

    private double[] Mlp(string prefix, int layers, double[] x)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            NormMap norm = new(_parameters, ParameterLayout.MlpNorm(prefix, layer));
            x = Multiply(new(_parameters, ParameterLayout.MlpLinear(prefix, layer)), x);
            for (int c = 0; c < x.Length; c++)
            {
                x[c] = norm.Apply(c, Activate(x[c]));
            }
        }

        return x;
    }

    private double Activate(double x) => _architecture.Activation switch
    {
        Activation.Softplus => Elementary.Softplus(x),
        Activation.Sigmoid => Elementary.Sigmoid(x),
        Activation.Relu => Math.Max(0, x),
        Activation.LeakyRelu => x >= 0 ? x : Architecture.LeakySlope * x,
        _ => throw new InvalidOperationException($"Activation {_architecture.Activation} has no formula."),
    };

    private static double[] Multiply(LinearMap map, double[] x)
    {
        double[] y = new double[map.Outputs];
        for (int o = 0; o < y.Length; o++)
        {
            double sum = map.Bias(o);
            for (int m = 0; m < x.Length; m++)
            {
                sum += map.Weight(o, m) * x[m];
            }

            y[o] = sum;
        }

        return y;
    }
}
