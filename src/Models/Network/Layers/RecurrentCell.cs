namespace Glasswright.Models.Network.Layers;

/// <summary>Columns [Column, Column + w) of a weight of a cell meet the numbers at slot·P of its packed input rows.</summary>
internal readonly record struct CellInput(string Weight, int Column, int Slot);

/// <summary>
/// The cell of <see cref="TextbookCell"/> over rows, w padded to P. Its input is two slots of P; where a weight's columns meet the same
/// numbers as another's, as W_hh and the first half of W_ih in set2set, the two are added when they are packed.
/// <code>
/// input [rows, 2P]   gates i, f, g, o after their functions [rows, 4P]   c, c', h' [rows, P]
/// </code>
/// </summary>
internal sealed unsafe class RecurrentCell
{
    private const int Slots = 2, Gates = 4;
    private readonly string _prefix;
    private readonly Workspace _workspace;
    private readonly CellInput[] _inputs;
    private readonly int _partial;
    private readonly LayerBuffer<float> _forward = new();
    private readonly LayerBuffer<float> _backward = new();
    private readonly LayerBuffer<float> _bias = new();

    /// <summary>Creates the cell of a prefix; <paramref name="partial"/> is advanced.</summary>
    public RecurrentCell(string prefix, int width, CellInput[] inputs, Workspace workspace, ref int partial)
    {
        _prefix = prefix;
        _workspace = workspace;
        _inputs = inputs;
        Width = width;
        Padded = MatrixKernels.Padded(width);
        _partial = partial;
        partial += (GateWidth * InputWidth) + GateWidth;
        _forward.Reserve(InputWidth * GateWidth);
        _backward.Reserve(InputWidth * GateWidth);
        _bias.Reserve(GateWidth);
    }

    /// <summary>w.</summary>
    public int Width { get; }

    /// <summary>P.</summary>
    public int Padded { get; }

    /// <summary>Floats of an input row.</summary>
    public int InputWidth => Slots * Padded;

    /// <summary>Floats of a row of gates.</summary>
    public int GateWidth => Gates * Padded;

    /// <summary>Packs the weights.</summary>
    public void Load(ParameterSet parameters)
    {
        _forward.Clear(InputWidth * GateWidth);
        _backward.Clear(InputWidth * GateWidth);
        float[] inputBias = parameters[ParameterLayout.CellInputBias(_prefix)];
        float[] stateBias = parameters[ParameterLayout.CellStateBias(_prefix)];
        for (int row = 0; row < Gates * Width; row++)
        {
            int gate = Gate(row);
            _bias.Pointer[gate] = inputBias[row] + stateBias[row];
            foreach (CellInput input in _inputs)
            {
                float[] weight = parameters[input.Weight];
                int columns = weight.Length / (Gates * Width);
                for (int k = 0; k < Width; k++)
                {
                    float w = weight[(row * columns) + input.Column + k];
                    int at = (input.Slot * Padded) + k;
                    _forward.Pointer[(at * GateWidth) + gate] += w;
                    _backward.Pointer[(gate * InputWidth) + at] += w;
                }
            }
        }
    }

    /// <summary>Gates, c' and h' of some rows.</summary>
    /// <param name="x">Input rows.</param>
    /// <param name="c">c.</param>
    /// <param name="gates">Receives the gates.</param>
    /// <param name="nextC">Receives c'.</param>
    /// <param name="nextH">Receives h'.</param>
    /// <param name="hStride">Floats from one row of h' to the next.</param>
    /// <param name="rows">Number of rows.</param>
    public void Forward(float* x, float* c, float* gates, float* nextC, float* nextH, int hStride, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            _bias.Span(GateWidth).CopyTo(new Span<float>(gates + ((nint)row * GateWidth), GateWidth));
        }

        MatrixKernels.MultiplyAdd(x, InputWidth, 1, _forward.Pointer, GateWidth, gates, GateWidth, rows, InputWidth, GateWidth);
        for (int row = 0; row < rows; row++)
        {
            float* g = gates + ((nint)row * GateWidth);
            for (int k = 0; k < Padded; k += MatrixKernels.Lanes)
            {
                nint at = ((nint)row * Padded) + k;
                Lanes8 write = ColumnFunctions.Sigmoid(Lanes8.Load(g + k));
                Lanes8 keep = ColumnFunctions.Sigmoid(Lanes8.Load(g + Padded + k));
                Lanes8 value = Tanh(Lanes8.Load(g + (2 * Padded) + k));
                Lanes8 show = ColumnFunctions.Sigmoid(Lanes8.Load(g + (3 * Padded) + k));
                Lanes8 cell = Lanes8.Fused(keep, Lanes8.Load(c + at), write * value);
                write.Store(g + k);
                keep.Store(g + Padded + k);
                value.Store(g + (2 * Padded) + k);
                show.Store(g + (3 * Padded) + k);
                cell.Store(nextC + at);
                (show * Tanh(cell)).Store(nextH + ((nint)row * hStride) + k);
            }
        }
    }

    /// <summary>The gradients of x and c, and the weights' added to the block's sums.</summary>
    /// <param name="block">The block.</param>
    /// <param name="x">Input rows of the forward pass.</param>
    /// <param name="c">c.</param>
    /// <param name="gates">Its gates.</param>
    /// <param name="nextC">c'.</param>
    /// <param name="dh">Gradient of h'.</param>
    /// <param name="hStride">Floats from one row of it to the next.</param>
    /// <param name="dc">Gradient of c', and afterwards of c.</param>
    /// <param name="dGates">Room for the gates' gradients.</param>
    /// <param name="dx">Receives the gradient of x; may be <paramref name="dh"/>.</param>
    /// <param name="rows">Number of rows.</param>
    public void Backward(
        int block, float* x, float* c, float* gates, float* nextC, float* dh, int hStride, float* dc, float* dGates, float* dx, int rows)
    {
        var one = Lanes8.Create(1);
        for (int row = 0; row < rows; row++)
        {
            float* g = gates + ((nint)row * GateWidth);
            float* d = dGates + ((nint)row * GateWidth);
            for (int k = 0; k < Padded; k += MatrixKernels.Lanes)
            {
                nint at = ((nint)row * Padded) + k;
                Lanes8 write = Lanes8.Load(g + k), keep = Lanes8.Load(g + Padded + k);
                Lanes8 value = Lanes8.Load(g + (2 * Padded) + k), show = Lanes8.Load(g + (3 * Padded) + k);
                Lanes8 shown = Tanh(Lanes8.Load(nextC + at)), h = Lanes8.Load(dh + ((nint)row * hStride) + k);
                Lanes8 cell = Lanes8.Fused(h * show, one - (shown * shown), Lanes8.Load(dc + at));
                (cell * value * write * (one - write)).Store(d + k);
                (cell * Lanes8.Load(c + at) * keep * (one - keep)).Store(d + Padded + k);
                (cell * write * (one - (value * value))).Store(d + (2 * Padded) + k);
                (h * shown * show * (one - show)).Store(d + (3 * Padded) + k);
                (cell * keep).Store(dc + at);
            }
        }

        float* partial = _workspace.Partial(block) + _partial;
        MatrixKernels.MultiplyAdd(dGates, 1, GateWidth, x, InputWidth, partial, InputWidth, GateWidth, rows, InputWidth);
        float* bias = partial + (GateWidth * InputWidth);
        for (int row = 0; row < rows; row++)
        {
            for (int k = 0; k < GateWidth; k += MatrixKernels.Lanes)
            {
                (Lanes8.Load(bias + k) + Lanes8.Load(dGates + ((nint)row * GateWidth) + k)).Store(bias + k);
            }
        }

        new Span<float>(dx, rows * InputWidth).Clear();
        MatrixKernels.MultiplyAdd(
            dGates, GateWidth, 1, _backward.Pointer, InputWidth, dx, InputWidth, rows, GateWidth, InputWidth);
    }

    /// <summary>Writes the reduced sums into the gradients; both biases have the same one.</summary>
    public void StoreGradients(ParameterSet gradients)
    {
        float* sums = _workspace.Reduced.Pointer + _partial;
        float* bias = sums + (GateWidth * InputWidth);
        for (int row = 0; row < Gates * Width; row++)
        {
            int gate = Gate(row);
            gradients[ParameterLayout.CellInputBias(_prefix)][row] = bias[gate];
            gradients[ParameterLayout.CellStateBias(_prefix)][row] = bias[gate];
            foreach (CellInput input in _inputs)
            {
                float[] weight = gradients[input.Weight];
                int columns = weight.Length / (Gates * Width);
                new ReadOnlySpan<float>(sums + (gate * InputWidth) + (input.Slot * Padded), Width)
                    .CopyTo(weight.AsSpan((row * columns) + input.Column, Width));
            }
        }
    }

    /// <summary>Place of a row of PyTorch's weights among the padded gates.</summary>
    private int Gate(int row) => (row / Width * Padded) + (row % Width);

    /// <summary>2σ(2x) - 1: 6e-7 absolute, and exactly 0 in the padding.</summary>
    private static Lanes8 Tanh(Lanes8 x) => Lanes8.Fused(ColumnFunctions.Sigmoid(x + x), Lanes8.Create(2), Lanes8.Create(-1));
}
