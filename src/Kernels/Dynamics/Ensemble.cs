namespace Glasswright.Kernels.Dynamics;

/// <summary>Which quantities a trajectory holds.</summary>
internal enum Ensemble
{
    /// <summary>Energy and cell.</summary>
    Energy,

    /// <summary>Temperature and cell: a Nosé-Hoover chain.</summary>
    Temperature,

    /// <summary>Temperature and pressure; the cell keeps its shape.</summary>
    IsotropicPressure,

    /// <summary>Temperature and pressure; all six components of the cell move.</summary>
    FullPressure,
}
