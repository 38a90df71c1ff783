using Glasswright.Kernels.Forces;

namespace Glasswright.Kernels.Tests.Forces;

public sealed class ReferenceEamTests : ForceFieldTests
{
    private protected override IForceField Create() => new ReferenceEam(ReferenceData.CopperZirconium);
}
