namespace Glasswright.Models.Network;

/// <summary>What a tensor of a network is.</summary>
internal enum ParameterRole
{
    /// <summary>Weight of a linear map, [out, in].</summary>
    LinearWeight,

    /// <summary>Bias of a linear map, [out].</summary>
    LinearBias,

    /// <summary>γ of a BatchNorm, [width].</summary>
    BatchNormWeight,

    /// <summary>β of a BatchNorm, [width].</summary>
    BatchNormBias,

    /// <summary>Running mean of a BatchNorm, [width]; not trained.</summary>
    RunningMean,

    /// <summary>Running variance (unbiased) of a BatchNorm, [width]; not trained.</summary>
    RunningVariance,
}

/// <summary>One tensor: PyTorch's name for it, its shape (row-major) and its role.</summary>
/// <param name="Name">Key in PyTorch's <c>state_dict</c>.</param>
/// <param name="Shape">Lengths of its dimensions.</param>
/// <param name="Role">What it is.</param>
/// <param name="FanIn">Inputs of the linear map it belongs to; 0 for BatchNorm.</param>
internal sealed record ParameterDescriptor(string Name, IReadOnlyList<int> Shape, ParameterRole Role, int FanIn)
{
    /// <summary>Number of elements.</summary>
    public int Length { get; } = Shape.Aggregate(1, (product, dimension) => checked(product * dimension));

    /// <summary>Whether an optimizer changes it.</summary>
    public bool IsTrainable => Role is not (ParameterRole.RunningMean or ParameterRole.RunningVariance);
}

/// <summary>
/// The ordered tensors of an architecture, in the order and with the names of PyTorch's <c>state_dict</c> for the published
/// layer code (without <c>num_batches_tracked</c>). The prefixes made here are the only place where those names are written:
/// <code>
/// node_embedding_layer.mlp.{0,3,…}   Linear      node_embedding_layer.mlp.{2,5,…}   BatchNorm
/// gnn_layers.L.edge_linear / edge_bn                       W_e [e, 2n+e], its BatchNorm
/// gnn_layers.L.attention_linears.k.mlp.{0,2,3,4}           Linear(a), BN after relu, Linear(1), BN
/// gnn_layers.L.value_linears.k / attention_bns.k           W_v [a, 2n+e], BN of the message
/// gnn_layers.L.set2set.lstm.{weight_ih, weight_hh, …}      [4H, 2H], [4H, H] with H = K·a; only with that pooling
/// gnn_layers.L.after_concat_heads_linear / _bn             only if what is pooled is not as wide as a node
/// gnn_layers.L.output_bn
/// gnn_layers.L.remember_lstm.{weight_ih, weight_hh, …}     [4n, n] each; only with that remember function
/// gnn_layers.L.remember.mlp.{0,2}                          Linear [n, 2n], BatchNorm; only with dense
/// readout_hidden_layers.mlp.{0,3,…} / {2,5,…}, readout_layer
/// </code>
/// </summary>
internal sealed class ParameterLayout
{
    private readonly List<ParameterDescriptor> _parameters = [];
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

    /// <summary>Lists the tensors of a valid architecture.</summary>
    public ParameterLayout(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Architecture = architecture.Validate();
        AddMlp(EmbeddingMlp, architecture.Species.Count, architecture.Embedding);
        for (int layer = 0; layer < architecture.Layers; layer++)
        {
            AddLayer(layer);
        }

        AddMlp(ReadoutMlp, architecture.NodeWidth, architecture.Readout);
        AddLinear(ReadoutLinear, architecture.Readout[^1], architecture.OutputWidth);
        for (int i = 0; i < _parameters.Count; i++)
        {
            _indices.Add(_parameters[i].Name, i);
        }
    }

    /// <summary>Prefix of the embedding MLP.</summary>
    public const string EmbeddingMlp = "node_embedding_layer.mlp";

    /// <summary>Prefix of the readout's hidden MLP.</summary>
    public const string ReadoutMlp = "readout_hidden_layers.mlp";

    /// <summary>Prefix of the last linear map.</summary>
    public const string ReadoutLinear = "readout_layer";

    /// <summary>The architecture these tensors belong to.</summary>
    public Architecture Architecture { get; }

    /// <summary>Every tensor, in order.</summary>
    public IReadOnlyList<ParameterDescriptor> Parameters => _parameters;

    /// <summary>Number of trainable scalars (131,274 for the default architecture).</summary>
    public int TrainableCount => _parameters.Where(p => p.IsTrainable).Sum(p => p.Length);

    /// <summary>Prefix of linear map <paramref name="layer"/> of an MLP.</summary>
    public static string MlpLinear(string mlp, int layer) => $"{mlp}.{3 * layer}";

    /// <summary>Prefix of the BatchNorm after map <paramref name="layer"/> of an MLP.</summary>
    public static string MlpNorm(string mlp, int layer) => $"{mlp}.{(3 * layer) + 2}";

    /// <summary>Prefix of W_e.</summary>
    public static string EdgeLinear(int layer) => $"gnn_layers.{layer}.edge_linear";

    /// <summary>Prefix of the BatchNorm of W_e z.</summary>
    public static string EdgeNorm(int layer) => $"gnn_layers.{layer}.edge_bn";

    /// <summary>Prefix of the hidden map of a head's attention MLP.</summary>
    public static string AttentionHidden(int layer, int head) => $"gnn_layers.{layer}.attention_linears.{head}.mlp.0";

    /// <summary>Prefix of the BatchNorm after that map's relu.</summary>
    public static string AttentionHiddenNorm(int layer, int head) => $"gnn_layers.{layer}.attention_linears.{head}.mlp.2";

    /// <summary>Prefix of the map to one score.</summary>
    public static string AttentionScore(int layer, int head) => $"gnn_layers.{layer}.attention_linears.{head}.mlp.3";

    /// <summary>Prefix of the BatchNorm of the score.</summary>
    public static string AttentionScoreNorm(int layer, int head) => $"gnn_layers.{layer}.attention_linears.{head}.mlp.4";

    /// <summary>Prefix of a head's W_v.</summary>
    public static string Value(int layer, int head) => $"gnn_layers.{layer}.value_linears.{head}";

    /// <summary>Prefix of the BatchNorm of a head's weighted messages.</summary>
    public static string MessageNorm(int layer, int head) => $"gnn_layers.{layer}.attention_bns.{head}";

    /// <summary>Prefix of the map from the concatenated heads to n.</summary>
    public static string ConcatenationLinear(int layer) => $"gnn_layers.{layer}.after_concat_heads_linear";

    /// <summary>Prefix of its BatchNorm, before the activation.</summary>
    public static string ConcatenationNorm(int layer) => $"gnn_layers.{layer}.after_concat_heads_bn";

    /// <summary>Prefix of the BatchNorm that ends a layer.</summary>
    public static string OutputNorm(int layer) => $"gnn_layers.{layer}.output_bn";

    /// <summary>Prefix of the cell that asks in set2set.</summary>
    public static string PoolingCell(int layer) => $"gnn_layers.{layer}.set2set.lstm";

    /// <summary>Prefix of the cell that remembers.</summary>
    public static string RememberCell(int layer) => $"gnn_layers.{layer}.remember_lstm";

    /// <summary>Prefix of the map that remembers.</summary>
    public static string RememberMlp(int layer) => $"gnn_layers.{layer}.remember.mlp";

    /// <summary>Weight of a cell's input.</summary>
    public static string CellInputWeight(string cell) => cell + ".weight_ih";

    /// <summary>Weight of a cell's state.</summary>
    public static string CellStateWeight(string cell) => cell + ".weight_hh";

    /// <summary>Bias of a cell's input.</summary>
    public static string CellInputBias(string cell) => cell + ".bias_ih";

    /// <summary>Bias of a cell's state.</summary>
    public static string CellStateBias(string cell) => cell + ".bias_hh";

    /// <summary>Position of a tensor in <see cref="Parameters"/>, or -1.</summary>
    public int IndexOf(string name) => _indices.TryGetValue(name, out int index) ? index : -1;

    private void AddLayer(int layer)
    {
        Architecture a = Architecture;
        AddLinear(EdgeLinear(layer), a.PairWidth, a.EdgeWidth);
        AddNorm(EdgeNorm(layer), a.EdgeWidth);
        for (int head = 0; head < a.Heads; head++)
        {
            AddLinear(AttentionHidden(layer, head), a.PairWidth, a.HeadWidth);
            AddNorm(AttentionHiddenNorm(layer, head), a.HeadWidth);
            AddLinear(AttentionScore(layer, head), a.HeadWidth, 1);
            AddNorm(AttentionScoreNorm(layer, head), 1);
        }

        for (int head = 0; head < a.Heads; head++)
        {
            AddLinear(Value(layer, head), a.PairWidth, a.HeadWidth);
        }

        for (int head = 0; head < a.Heads; head++)
        {
            AddNorm(MessageNorm(layer, head), a.HeadWidth);
        }

        if (a.Pooling == Pooling.Set2set)
        {
            AddCell(PoolingCell(layer), 2 * a.ConcatenatedWidth, a.ConcatenatedWidth);
        }

        if (a.HasConcatenationMap)
        {
            AddLinear(ConcatenationLinear(layer), a.PooledWidth, a.NodeWidth);
            AddNorm(ConcatenationNorm(layer), a.NodeWidth);
        }

        AddNorm(OutputNorm(layer), a.NodeWidth);
        if (a.Remember == Remember.Lstm)
        {
            AddCell(RememberCell(layer), a.NodeWidth, a.NodeWidth);
        }
        else if (a.Remember == Remember.Dense)
        {
            AddMlp(RememberMlp(layer), 2 * a.NodeWidth, [a.NodeWidth]);
        }
    }

    private void AddMlp(string prefix, int inputs, IReadOnlyList<int> widths)
    {
        for (int layer = 0; layer < widths.Count; layer++)
        {
            AddLinear(MlpLinear(prefix, layer), inputs, widths[layer]);
            AddNorm(MlpNorm(prefix, layer), widths[layer]);
            inputs = widths[layer];
        }
    }

    private void AddLinear(string prefix, int inputs, int outputs)
    {
        _parameters.Add(new($"{prefix}.weight", [outputs, inputs], ParameterRole.LinearWeight, inputs));
        _parameters.Add(new($"{prefix}.bias", [outputs], ParameterRole.LinearBias, inputs));
    }

    /// <summary>PyTorch's LSTMCell: gates in the order input, forget, cell, output; all of its numbers start in ±1/√width.</summary>
    private void AddCell(string prefix, int inputs, int width)
    {
        _parameters.Add(new(CellInputWeight(prefix), [4 * width, inputs], ParameterRole.LinearWeight, width));
        _parameters.Add(new(CellStateWeight(prefix), [4 * width, width], ParameterRole.LinearWeight, width));
        _parameters.Add(new(CellInputBias(prefix), [4 * width], ParameterRole.LinearBias, width));
        _parameters.Add(new(CellStateBias(prefix), [4 * width], ParameterRole.LinearBias, width));
    }

    private void AddNorm(string prefix, int width)
    {
        _parameters.Add(new($"{prefix}.weight", [width], ParameterRole.BatchNormWeight, 0));
        _parameters.Add(new($"{prefix}.bias", [width], ParameterRole.BatchNormBias, 0));
        _parameters.Add(new($"{prefix}.running_mean", [width], ParameterRole.RunningMean, 0));
        _parameters.Add(new($"{prefix}.running_var", [width], ParameterRole.RunningVariance, 0));
    }
}
