using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Integration.Tests.Devices;

/// <summary>The body of tests of every force field, on the OpenCL device of this machine (PoCL where there is no GPU).</summary>
public sealed class OpenClEamTests : ForceFieldTests
{
    private protected override IForceField Create() => new OpenClEam(ComputeDevice.Choose(null), ReferenceData.CopperZirconium);
}

public sealed class OpenClEamInRandomCellsTests : RandomCellTests
{
    private protected override IForceField Create() => new OpenClEam(ComputeDevice.Choose(null), ReferenceData.CopperZirconium);
}
