using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Kernels.Tests.Dynamics;

public sealed class SwapMovesTests
{
    /// <summary>
    /// One zirconium atom in a glass of copper has as many states as there are sites. Their energies, each computed in full, tell how often each
    /// should be visited; an acceptance rule without the temperature, or with half of ΔU, misses it by many standard errors.
    /// </summary>
    [Fact]
    public void SitesAreVisitedAsBoltzmannSays()
    {
        const double Temperature = 3000;
        const int Sweeps = 300, Trials = 200;
        var motion = new AtomMotion(OneZirconium(), ReferenceData.CopperZirconium);
        AtomicStructure structure = motion.Structure;
        double thermal = Temperature * MetalUnits.BoltzmannConstant;
        double[] energies = SiteEnergies(structure);
        double lowest = energies.Min(), sum = energies.Sum(e => Math.Exp((lowest - e) / thermal));
        double expected = energies.Sum(e => (e - lowest) * Math.Exp((lowest - e) / thermal)) / sum;
        double squares = energies.Sum(e => (e - lowest) * (e - lowest) * Math.Exp((lowest - e) / thermal)) / sum;

        using var moves = new SwapMoves(ReferenceData.CopperZirconium, seed: 11, Trials);
        double mean = 0;
        for (int sweep = 1; sweep <= Sweeps; sweep++)
        {
            moves.Sweep(motion, Temperature, sweep);
            mean += (energies[Array.IndexOf(structure.Species, 1)] - lowest) / Sweeps;
        }

        moves.Tried.ShouldBe(Sweeps * Trials);
        double error = Math.Sqrt((squares - (expected * expected)) / Sweeps);
        mean.ShouldBe(expected, 4 * error);

        // The test can tell rules apart: at half and at twice the temperature the mean would be elsewhere.
        foreach (double other in new[] { 0.5, 2 })
        {
            double sumThere = energies.Sum(e => Math.Exp((lowest - e) / (other * thermal)));
            double there = energies.Sum(e => (e - lowest) * Math.Exp((lowest - e) / (other * thermal))) / sumThere;
            Math.Abs(there - expected).ShouldBeGreaterThan(8 * error);
        }
    }

    [Fact]
    public void AnExchangeKeepsKineticEnergyAndMomentumAndCarriesMassesAlong()
    {
        AtomMotion motion = Glass.At(2500, seed: 9);
        AtomicStructure structure = motion.Structure;
        int[] before = [.. structure.Species];
        double[] velocities = [.. motion.Velocities];
        double kinetic = motion.TwiceKineticEnergy();
        using var moves = new SwapMoves(ReferenceData.CopperZirconium, seed: 3, 2000);

        moves.Sweep(motion, 1e5, step: 1).ShouldBeTrue();

        moves.Accepted.ShouldBeGreaterThan(100);
        structure.Species.ShouldNotBe(before);
        structure.Species.Count(s => s == 1).ShouldBe(before.Count(s => s == 1));
        motion.TwiceKineticEnergy().ShouldBe(kinetic, 1e-10 * kinetic);
        velocities.Order().ShouldBe(motion.Velocities.Order());
        var renewed = new AtomMotion(structure, ReferenceData.CopperZirconium);
        Enumerable.Range(0, structure.Count).ShouldAllBe(i => motion.Mass(i) == renewed.Mass(i));
    }

    [Fact]
    public void OneSpeciesHasNothingToExchange()
    {
        AtomicStructure structure = OneZirconium();
        structure.Species.AsSpan().Clear();
        var motion = new AtomMotion(structure, ReferenceData.CopperZirconium);
        using var moves = new SwapMoves(ReferenceData.CopperZirconium, seed: 3, 10);
        moves.Sweep(motion, 1000, step: 1).ShouldBeFalse();
        moves.Tried.ShouldBe(0);
    }

    private static AtomicStructure OneZirconium()
    {
        AtomicStructure structure = ReferenceData.Glass("cu50zr50-864.data");
        structure.Species.AsSpan().Clear();
        structure.Species[100] = 1;
        return structure;
    }

    private static double[] SiteEnergies(AtomicStructure structure)
    {
        AtomicStructure copy = structure.Clone();
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var result = new ForceResult(copy.Count);
        var energies = new double[copy.Count];
        for (int site = 0; site < copy.Count; site++)
        {
            copy.Species.AsSpan().Clear();
            copy.Species[site] = 1;
            field.Bind(copy);
            energies[site] = field.Evaluate(copy, result, ForceParts.Energy);
        }

        return energies;
    }
}
