using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Kernels.Tests.Analysis;

/// <summary>Figures of stress-strain curves: of LAMMPS' own, and of one made by hand.</summary>
public sealed class StressStrainTests
{
    [Theory]
    [InlineData("aqs-xy.csv", 0.0096, 0.0378)]
    [InlineData("aqs-x.csv", 0.0108, 0.0364)]
    public void EventsOfLammpsAreFoundWhereTheyAre(string file, double first, double large)
    {
        CurvePoint[] curve = [.. ReferenceData.Csv(file).Select(row => new CurvePoint(row[0], row[1], row[2]))];
        StressStrainFigures figures = StressStrainFigures.Of(curve);
        figures.FirstEventStrain.ShouldBe(first, 1.5e-4);

        // Up to the large event no other one is nearly as large.
        CurvePoint[] upToIt = [.. curve.Where(point => point.Strain <= large + 2.5e-4)];
        StressStrainFigures part = StressStrainFigures.Of(upToIt);
        part.LargestDrop.ShouldBe(part.Drops[^1]);
        part.LargestDrop.ShouldBeGreaterThan(1000);
        part.MaximumStress.ShouldBe(upToIt.Max(point => point.Stress));
        part.StrainAtMaximum.ShouldBe(large, 2.5e-4);
    }

    [Fact]
    public void ACurveOfStraightLinesHasTheSlopeAndTheDropsItWasMadeOf()
    {
        // 500 kbar a unit of strain; the stress loses 300 and 40 bar in the steps to 1 %, and 100 in that to 1.5 %.
        var curve = new List<CurvePoint>();
        for (int k = 1; k <= 200; k++)
        {
            double stress = (50 * k) + 7 - (k >= 99 ? 350 : 0) - (k >= 100 ? 90 : 0) - (k >= 150 ? 150 : 0);
            curve.Add(new CurvePoint(k * 1e-4, 0, stress));
        }

        StressStrainFigures figures = StressStrainFigures.Of(curve);
        figures.Modulus.ShouldBe(500_000, 1e-6);
        figures.FirstEventStrain.ShouldBe(0.0098);
        figures.Drops.Count.ShouldBe(2);
        figures.Drops[0].ShouldBe(340, 1e-9);
        figures.Drops[1].ShouldBe(100, 1e-9);
        figures.MeanDrop.ShouldBe(220, 1e-9);
        figures.MaximumStress.ShouldBe((50 * 200) + 7 - 590);
        StressStrainFigures.Of(curve, threshold: 200).Drops.Count.ShouldBe(1);
    }

    [Fact]
    public void ACurveWithoutEventsHasNone()
    {
        StressStrainFigures figures = StressStrainFigures.Of([new(0.0001, 0, 3)]);
        figures.Modulus.ShouldBe(double.NaN);
        figures.FirstEventStrain.ShouldBe(double.NaN);
        figures.Drops.ShouldBeEmpty();
        figures.MeanDrop.ShouldBe(double.NaN);
        figures.LargestDrop.ShouldBe(0);
    }
}
