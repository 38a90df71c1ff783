using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Forces;

public sealed class CutoffCheckTests
{
    [Fact]
    public void CellOfTheCutoffIsAllowedAndTheNextSmallerToldInAllDigits()
    {
        const double Cutoff = 6.5;
        CutoffCheck.Require(Cell.Orthorhombic(Cutoff, 20, 20), Cutoff);
        InputException error = Should.Throw<InputException>(() => CutoffCheck.Require(Cell.Orthorhombic(20, Math.BitDecrement(Cutoff), 20), Cutoff));
        error.Expected!.ShouldContain("6.5 Å");
        error.Found!.ShouldStartWith("6.49999999999999");
    }
}
