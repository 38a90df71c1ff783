namespace Glasswright.Models.Network;

/// <summary>The nonlinearity between linear maps; the name in files is the lower-case one.</summary>
internal enum Activation
{
    /// <summary>ln(1 + eˣ), the paper's choice.</summary>
    Softplus,

    /// <summary>1/(1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x for x ≥ 0, x/100 below (PyTorch's default slope).</summary>
    LeakyRelu,
}

/// <summary>How the messages of an atom's neighbors, heads side by side, become one vector; an atom without neighbors gets zeros.</summary>
internal enum Pooling
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their largest value, column by column; the first neighbor that has it gets the gradient.</summary>
    Max,

    /// <summary>Queries of a recurrent cell over them: <see cref="TextbookSet2Set"/>.</summary>
    Set2set,
}

/// <summary>How a layer remembers the node states h that it was given, with x the pooled messages after their last BatchNorm.</summary>
internal enum Remember
{
    /// <summary>h' = h + x.</summary>
    Residual,

    /// <summary>(h', c') = LSTM(x, (h, c)): the layer is a step of a recurrent cell, c = 0 before the first.</summary>
    Lstm,

    /// <summary>h' = BN(act(W [h ‖ x] + b)): states are concatenated, and brought back to width n.</summary>
    Dense,
}
