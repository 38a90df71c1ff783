namespace Glasswright.Models.Network.Layers;

/// <summary>
/// One message-passing layer, steps 1 to 5: (h, e) ↦ (h', e'). The phases between two statistics of the whole batch run
/// block by block on the team; each <c>Finish…</c> between them is short and runs alone.
/// </summary>
internal sealed unsafe class ConvolutionLayer<TActivation>
    where TActivation : struct, IActivation
{
    private readonly Workspace _workspace;
    private readonly EdgeUpdate<TActivation> _edges;
    private readonly AttentionHeads _heads;
    private readonly MessagePooling<TActivation> _messages;
    private readonly HeadMerge<TActivation> _merge;
    private readonly RememberStep? _remember;
    private readonly InputDropout _input;
    private readonly HeadColumns _columns;
    private readonly int _edgeWidth;
    private readonly int _nodeWidth;
    private readonly int _pooledWidth;
    private readonly int _partialSize;
    private readonly bool _first;
    private readonly Action<int>[] _forward;
    private readonly Action<int>[] _backward;
    private GraphBatch _batch = null!;
    private float* _h;
    private float* _mapped;
    private float* _e;

    /// <summary>Creates layer <paramref name="layer"/>.</summary>
    public ConvolutionLayer(
        Architecture architecture, int layer, ParameterSet parameters, ParameterSet gradients, Workspace workspace)
    {
        _workspace = workspace;
        _first = layer == 0;
        _edgeWidth = MatrixKernels.Padded(architecture.EdgeWidth);
        _nodeWidth = MatrixKernels.Padded(architecture.NodeWidth);
        _pooledWidth = MatrixKernels.Padded(architecture.PooledWidth);
        _columns = new HeadColumns(architecture.Heads, architecture.HeadWidth);
        _input = new InputDropout(workspace, architecture.NodeWidth);
        int partial = 0;
        _edges = new(architecture, layer, parameters, gradients, workspace, ref partial);
        _heads = new(architecture, layer, _columns, parameters, gradients, workspace, ref partial);
        _messages = new(architecture, layer, _columns, _heads, parameters, gradients, workspace, ref partial);
        _merge = new(architecture, layer, parameters, gradients, workspace, ref partial);
        _partialSize = partial;
        _remember = RememberStep.Create<TActivation>(architecture, layer, parameters, gradients, workspace);

        // Made once: a pass allocates nothing.
        _forward =
        [
            block =>
            {
                if (!_input.IsOff)
                {
                    _input.Forward(_batch, block, _h);
                }

                _edges.Linear.NodeForward(_batch, block, _mapped);
                _heads.Linear.NodeForward(_batch, block, _mapped);
            },
            Strips(strip => _edges.Map(_batch, strip, _e)),
            Strips(strip =>
            {
                _edges.Activate(strip, _e);
                _heads.Map(_batch, strip, _edges.Output);
            }),
            Strips(_heads.Score),
            Strips(strip =>
            {
                _heads.Softmax(_batch, strip);
                _messages.Weigh(strip);
            }),
            Strips(strip => _messages.Pool(_batch, strip)) + (block =>
            {
                _messages.Ask(_batch, block);
                _merge.Map(_batch, block, _messages.Pooled);
            }),
            block => _merge.Activate(_batch, block),
            block => _merge.Remember(_batch, block, _remember is null ? _h : null, _messages.Pooled),
        ];
        _backward =
        [
            block => _merge.RememberBackward(_batch, block, _messages.Pooled),
            block => _merge.ActivateBackward(_batch, block, _messages.Pooled),
            (Action<int>)(block =>
            {
                _merge.MapBackward(_batch, block, _messages.Pooled);
                _messages.AskBackward(_batch, block);
            }) + Strips(strip => _messages.PoolBackward(_batch, strip)),
            Strips(strip =>
            {
                _messages.WeighBackward(strip);
                _heads.SoftmaxBackward(_batch, strip);
            }),
            Strips(_heads.ScoreBackward),
            Strips(strip =>
            {
                _heads.MapBackward(_batch, strip, _edges.Output);
                _edges.ActivateBackward(strip, _e);
            }),
            Strips(strip => _edges.MapBackward(_batch, strip, _e, inputGradient: !_first)),
            block =>
            {
                float* dh = _input.IsOff ? _workspace.NodeGradient.Pointer : _input.Clear(_batch, block);
                _edges.Linear.NodeBackward(_batch, block, _mapped, _workspace.EdgeLinearGradient.Pointer, dh);
                _heads.Linear.NodeBackward(_batch, block, _mapped, _workspace.HeadsGradient.Pointer, dh);
                if (!_input.IsOff)
                {
                    _input.Backward(_batch, block);
                }
            },
        ];
    }

    /// <summary>h', [N, n].</summary>
    public float* NodeOutput => _remember is null ? _merge.Output : _remember.Output;

    /// <summary>c' of a recurrent network, [N, n]; else null.</summary>
    public float* CellOutput => _remember is null ? null : _remember.Cell;

    /// <summary>e', [E, e].</summary>
    public float* EdgeOutput => _edges.Output;

    /// <summary>Packs the weights.</summary>
    public void Load(ParameterSet parameters)
    {
        _edges.Linear.Load(parameters);
        _heads.Linear.Load(parameters);
        _messages.Load(parameters);
        _merge.Load(parameters);
        _remember?.Load(parameters);
    }

    /// <summary>h', e' and c' of h [N, n], e [E, e] and c [N, n] (null: zeros, or no cells).</summary>
    public void Forward(GraphBatch batch, float* h, float* e, float* c, Dropout dropout, Dropout input, NormMode mode)
    {
        _batch = batch;
        _h = h;
        _input.Begin(batch, input);
        _mapped = input.IsOff ? h : _input.Output;
        _e = e;
        _edges.Begin(batch);
        _heads.Begin(batch, dropout);
        _messages.Begin(batch);
        _merge.Begin(batch);
        int nodes = batch.NodeCount;
        int edges = batch.EdgeCount;
        Run(_forward[0]);
        Run(_forward[1]);
        _edges.Norm.FinishForward(edges, mode);
        Run(_forward[2]);
        _heads.HiddenNorm.FinishForward(edges, mode);
        _heads.FoldScores();
        Run(_forward[3]);
        _heads.ScoreNorm.FinishForward(edges, mode);
        Run(_forward[4]);
        _messages.Norm.FinishForward(edges, mode);
        Run(_forward[5]);
        if (_merge.HasMap)
        {
            _merge.FinishInner(nodes, mode);
            Run(_forward[6]);
        }

        _merge.OutputNorm.FinishForward(nodes, mode);
        Run(_forward[7]);
        _remember?.Forward(batch, h, _merge.Output, c, mode);
    }

    /// <summary>
    /// From the gradients of h' and e' in the workspace to those of h and e there, and the layer's parameter gradients. The
    /// first layer leaves the gradient of e aside: the features are data.
    /// </summary>
    public void Backward(ParameterSet gradients)
    {
        int blocks = _batch.BlockCount;
        int nodes = _batch.NodeCount;
        int edges = _batch.EdgeCount;
        _remember?.Backward(gradients);
        _workspace.HeadsGradient.Reserve((long)edges * 2 * _columns.Columns);
        _workspace.ScoreGradient.Reserve((long)edges * _columns.PaddedHeads);
        _workspace.EdgeLinearGradient.Reserve((long)edges * _edgeWidth);
        _workspace.PooledGradient.Reserve((long)nodes * _pooledWidth);
        _messages.BeginBackward(_batch);
        _input.BeginBackward(_batch);
        _workspace.MergeGradient.Reserve((long)nodes * _nodeWidth);
        _workspace.BeginPartials(blocks, _partialSize);
        Run(_backward[0]);
        _merge.OutputNorm.FinishBackward(nodes);
        Run(_backward[1]);
        _merge.FinishInnerBackward(nodes);
        Run(_backward[2]);
        _messages.Norm.FinishBackward(edges);
        Run(_backward[3]);
        _heads.ScoreNorm.FinishBackward(edges);
        Run(_backward[4]);
        _heads.FinishScoreBackward(blocks);
        _heads.HiddenNorm.FinishBackward(edges);
        Run(_backward[5]);
        _edges.Norm.FinishBackward(edges);
        Run(_backward[6]);
        Run(_backward[7]);
        _workspace.Reduce();
        _edges.Linear.StoreGradients(gradients);
        _heads.Linear.StoreGradients(gradients);
        _messages.StoreGradients(gradients);
        _merge.StoreGradients(gradients);
    }

    /// <summary>Strip by strip, all operations of a pass over one before the next.</summary>
    private Action<int> Strips(Action<Strip> operations) => block =>
    {
        for (int strip = 0; strip < _batch.Strips(block); strip++)
        {
            operations(_batch.Strip(block, strip));
        }
    };

    private void Run(Action<int> phase) => _workspace.Team.Run(_batch.BlockCount, phase);
}
