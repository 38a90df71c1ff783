using Glasswright.Kernels.Numerics;
using Glasswright.Models.Graphs;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// The network in training mode as a reader would write it from its formulas: double precision, BatchNorm over the batch, one
/// row at a time, nothing folded, split or blocked, no dropout. It is the check of the fast layers (outputs, and gradients by
/// differences), and is not used otherwise.
/// <code>
/// 0  h = MLP(one-hot), layers BN(act(Linear))
/// 1  e' = act(e + BN(W_e z)),  z = [h_i ‖ h_j ‖ e]
/// 2  α = softmax_j BN(Linear(BN(relu(Linear z')))),  z' = [h_i ‖ h_j ‖ e'],  each head
/// 3  m = act(BN(α·W_v z'))
/// 4  pooled_i = Pool_j m_ij, heads concatenated;  d = act(BN(Linear pooled)) if that is not n wide, else pooled
/// 5  h' = h + BN(d), or as Remember says
/// 6  MLP(h), then Linear to 1 or to the classes
/// </code>
/// </summary>
internal sealed class ReferenceTrainingNetwork
{
    private readonly Architecture _architecture;
    private readonly IReadOnlyDictionary<string, double[]> _parameters;

    /// <summary>Creates the network over tensors by name.</summary>
    public ReferenceTrainingNetwork(Architecture architecture, IReadOnlyDictionary<string, double[]> parameters)
    {
        _architecture = architecture;
        _parameters = parameters;
    }

    /// <summary>The tensors of a set in double.</summary>
    public static Dictionary<string, double[]> Widen(ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.Parameters.ToDictionary(
            p => p.Name, p => Array.ConvertAll(p.Values, value => (double)value), StringComparer.Ordinal);
    }

    /// <summary>The normalized prediction of every atom.</summary>
    public double[] Predict(NeighborGraph graph) => Array.ConvertAll(Outputs(graph), row => row[0]);

    /// <summary>All outputs of every atom, [N][1 or classes].</summary>
    public double[][] Outputs(NeighborGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Architecture a = _architecture;
        double[][] h = new double[graph.NodeCount][];
        for (int i = 0; i < h.Length; i++)
        {
            h[i] = new double[a.Species.Count];
            h[i][graph.Species[i]] = 1;
        }

        h = Mlp(ParameterLayout.EmbeddingMlp, a.Embedding.Count, h);
        int[] owner = new int[graph.EdgeCount];
        double[][] e = new double[graph.EdgeCount][];
        for (int i = 0; i < graph.NodeCount; i++)
        {
            for (int edge = graph.Offsets[i]; edge < graph.Offsets[i + 1]; edge++)
            {
                owner[edge] = i;
                e[edge] = Gaussians(graph.Distances[edge]);
            }
        }

        int[] neighbor = graph.Neighbors.ToArray();
        double[][] c = Array.ConvertAll(h, row => new double[row.Length]);
        for (int layer = 0; layer < a.Layers; layer++)
        {
            (h, c, e) = Convolve(layer, h, c, e, owner, neighbor);
        }

        h = Mlp(ParameterLayout.ReadoutMlp, a.Readout.Count, h);
        return Linear(ParameterLayout.ReadoutLinear, h);
    }

    private (double[][] H, double[][] C, double[][] E) Convolve(
        int layer, double[][] h, double[][] c, double[][] e, int[] owner, int[] neighbor)
    {
        Architecture a = _architecture;
        double[][] update = Norm(ParameterLayout.EdgeNorm(layer), Linear(ParameterLayout.EdgeLinear(layer), Join(h, e, owner, neighbor)));
        double[][] newE = Map(Add(e, update), Activate);
        double[][] z = Join(h, newE, owner, neighbor);
        double[][] all = Array.ConvertAll(e, _ => new double[a.ConcatenatedWidth]);
        for (int head = 0; head < a.Heads; head++)
        {
            double[][] hidden = Map(Linear(ParameterLayout.AttentionHidden(layer, head), z), x => Math.Max(0, x));
            hidden = Norm(ParameterLayout.AttentionHiddenNorm(layer, head), hidden);
            double[][] scores = Norm(
                ParameterLayout.AttentionScoreNorm(layer, head), Linear(ParameterLayout.AttentionScore(layer, head), hidden));
            double[] attention = Softmax(scores, owner, h.Length);
            double[][] values = Linear(ParameterLayout.Value(layer, head), z);
            double[][] weighted = [.. values.Select((row, edge) => Array.ConvertAll(row, x => attention[edge] * x))];
            double[][] messages = Map(Norm(ParameterLayout.MessageNorm(layer, head), weighted), Activate);
            for (int edge = 0; edge < messages.Length; edge++)
            {
                messages[edge].CopyTo(all[edge], head * a.HeadWidth);
            }
        }

        ILookup<int, double[]> byAtom = Enumerable.Range(0, all.Length).ToLookup(edge => owner[edge], edge => all[edge]);
        double[][] pooled = [.. Enumerable.Range(0, h.Length).Select(i => a.Pooling == Pooling.Set2set
            ? TextbookSet2Set.Pool(Cell(ParameterLayout.PoolingCell(layer)), [.. byAtom[i]], a.PoolingSteps!.Value)
            : TextbookPooling.Pool(a.Pooling, [.. byAtom[i]], a.ConcatenatedWidth))];

        if (a.HasConcatenationMap)
        {
            double[][] merged = Linear(ParameterLayout.ConcatenationLinear(layer), pooled);
            pooled = Map(Norm(ParameterLayout.ConcatenationNorm(layer), merged), Activate);
        }

        double[][] x = Norm(ParameterLayout.OutputNorm(layer), pooled);
        switch (a.Remember)
        {
            case Remember.Lstm:
                TextbookCell cell = Cell(ParameterLayout.RememberCell(layer));
                (double[] H, double[] C)[] next = [.. h.Select((row, i) => cell.Step(x[i], row, c[i]))];
                return (Array.ConvertAll(next, row => row.H), Array.ConvertAll(next, row => row.C), newE);
            case Remember.Dense:
                return (Mlp(ParameterLayout.RememberMlp(layer), 1, [.. h.Select((row, i) => (double[])[.. row, .. x[i]])]), c, newE);
            default:
                return (Add(h, x), c, newE);
        }
    }

    private TextbookCell Cell(string prefix) => TextbookCell.Find(prefix, name => _parameters[name]);

    private double[][] Mlp(string mlp, int layers, double[][] rows)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            double[][] mapped = Linear(ParameterLayout.MlpLinear(mlp, layer), rows);
            rows = Norm(ParameterLayout.MlpNorm(mlp, layer), Map(mapped, Activate));
        }

        return rows;
    }

    private double[][] Linear(string prefix, double[][] rows)
    {
        double[] weight = _parameters[prefix + ".weight"];
        double[] bias = _parameters[prefix + ".bias"];
        return Array.ConvertAll(rows, row =>
        {
            double[] result = [.. bias];
            for (int o = 0; o < result.Length; o++)
            {
                for (int k = 0; k < row.Length; k++)
                {
                    result[o] += weight[(o * row.Length) + k] * row[k];
                }
            }

            return result;
        });
    }

    private double[][] Norm(string prefix, double[][] rows)
    {
        double[] gamma = _parameters[prefix + ".weight"];
        double[] beta = _parameters[prefix + ".bias"];
        double[] mean = new double[gamma.Length];
        double[] variance = new double[gamma.Length];
        for (int c = 0; c < mean.Length; c++)
        {
            foreach (double[] row in rows)
            {
                mean[c] += row[c] / rows.Length;
            }

            foreach (double[] row in rows)
            {
                variance[c] += (row[c] - mean[c]) * (row[c] - mean[c]) / rows.Length;
            }
        }

        return Array.ConvertAll(rows, row =>
        {
            double[] result = new double[row.Length];
            for (int c = 0; c < row.Length; c++)
            {
                double normalized = (row[c] - mean[c]) / Math.Sqrt(variance[c] + Architecture.BatchNormEpsilon);
                result[c] = (gamma[c] * normalized) + beta[c];
            }

            return result;
        });
    }

    private double[] Gaussians(double distance)
    {
        double[] row = new double[_architecture.EdgeWidth];
        for (int m = 0; m < row.Length; m++)
        {
            double x = (distance - _architecture.Gaussian.Center(m)) / _architecture.Gaussian.Sigma;
            row[m] = Elementary.Exp(-(x * x));
        }

        return row;
    }

    private double Activate(double x) => _architecture.Activation switch
    {
        Activation.Softplus => Elementary.Softplus(x),
        Activation.Sigmoid => Elementary.Sigmoid(x),
        Activation.Relu => Math.Max(0, x),
        _ => x > 0 ? x : Architecture.LeakySlope * x,
    };

    private static double[] Softmax(double[][] scores, int[] owner, int nodes)
    {
        double[] sums = new double[nodes];
        double[] powers = Array.ConvertAll(scores, row => Elementary.Exp(row[0]));
        for (int edge = 0; edge < powers.Length; edge++)
        {
            sums[owner[edge]] += powers[edge];
        }

        for (int edge = 0; edge < powers.Length; edge++)
        {
            powers[edge] /= sums[owner[edge]];
        }

        return powers;
    }

    private static double[][] Join(double[][] h, double[][] e, int[] owner, int[] neighbor) =>
        [.. e.Select((row, edge) => (double[])[.. h[owner[edge]], .. h[neighbor[edge]], .. row])];

    private static double[][] Map(double[][] rows, Func<double, double> function) =>
        Array.ConvertAll(rows, row => Array.ConvertAll(row, x => function(x)));

    private static double[][] Add(double[][] a, double[][] b) =>
        [.. a.Select((row, r) => row.Select((x, c) => x + b[r][c]).ToArray())];
}
