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

/// <summary>How the messages of an atom's neighbors become one vector.</summary>
internal enum Pooling
{
    /// <summary>Their sum; an atom without neighbors gets zeros.</summary>
    Sum,
}

/// <summary>How a layer remembers the node states it was given.</summary>
internal enum Remember
{
    /// <summary>h' = h + pooled.</summary>
    Residual,
}
