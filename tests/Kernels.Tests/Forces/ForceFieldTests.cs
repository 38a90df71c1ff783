using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Forces;

/// <summary>
/// What every force field must satisfy; one body, run over each. Reference numbers: LAMMPS 29 Sep 2021 (tests/data/ORIGIN.md).
/// </summary>
/// <remarks>
/// The pressures are LAMMPS' <c>compute pressure NULL virial</c> of the two dumps. Those that tests/data/ORIGIN.md lists hold in
/// addition the kinetic part of the 300 K velocities of cu50zr50-864.data (2488, 2290, 2381, -88, 1, 83 bar), which a force
/// field cannot know; <see cref="PressureListedWithTheDumpsIsThisOnePlusTheKineticPart"/> shows it.
/// </remarks>
public abstract class ForceFieldTests
{
    private const double BarPerEvPerCubicAngstrom = 1602176.634;

    private protected abstract IForceField Create();

    [Theory]
    [InlineData("perturbed.dump", -4134.36514575, new[] { -4809.1649236086, -3028.1515775859, -3213.6386778603, 1019.2565441324, 918.1842188008, -2164.6054729042 })]
    [InlineData("triclinic.dump", -4125.082878, new[] { -4070.2009922592, -1714.0151807203, -1635.7628498959, -23826.457379395, 15763.101512694, -13894.381703596 })]
    public void EnergiesForcesAndPressureAreThoseOfLammps(string file, double energy, double[] pressure)
    {
        StructureFrame frame = ReferenceData.Dump(file);
        AtomicStructure structure = frame.Structure;
        var result = new ForceResult(structure.Count);
        IForceField field = Create();
        field.Bind(structure);

        field.Evaluate(structure, result, ForceParts.All).ShouldBe(energy, 1e-6);

        double[] perAtom = frame.Columns["c_pe"];
        string[] components = ["fx", "fy", "fz"];
        for (int i = 0; i < structure.Count; i++)
        {
            result.AtomEnergies[i].ShouldBe(perAtom[i], 1e-8);
            for (int k = 0; k < 3; k++)
            {
                result.Forces[(k * result.Stride) + i].ShouldBe(frame.Columns[components[k]][i], 1e-7);
            }
        }

        for (int k = 0; k < 6; k++)
        {
            double bar = result.Virial[k] / structure.Cell.Volume * BarPerEvPerCubicAngstrom;
            Math.Abs(bar - pressure[k]).ShouldBeLessThan(1e-6 * Math.Abs(pressure[k]));
        }
    }

    [Theory]
    [InlineData("perturbed.dump", new[] { -2321.13172436, -738.452688175, -832.537719837, 930.847094523, 919.351993065, -2081.97566013 })]
    [InlineData("triclinic.dump", new[] { -1582.16779301, 575.68370869, 745.338108127, -23914.866829, 15764.269287, -13811.7518908 })]
    public void PressureListedWithTheDumpsIsThisOnePlusTheKineticPart(string file, double[] listed)
    {
        AtomicStructure structure = ReferenceData.Dump(file).Structure;
        var result = new ForceResult(structure.Count);
        IForceField field = Create();
        field.Bind(structure);
        field.Evaluate(structure, result, ForceParts.All);
        double[] kinetic = Velocities.KineticTensor("cu50zr50-864.data");
        for (int k = 0; k < 6; k++)
        {
            double bar = (result.Virial[k] + kinetic[k]) / structure.Cell.Volume * BarPerEvPerCubicAngstrom;
            Math.Abs(bar - listed[k]).ShouldBeLessThan(1e-6 * Math.Abs(listed[k]));
        }
    }

    [Theory]
    [InlineData(1e-4, 2e-6)]
    [InlineData(1e-3, 2e-4)]
    public void ForcesAreCentralDifferencesOfTheEnergy(double step, double tolerance)
    {
        // Nine ångström wide, so that atoms interact with images of images; random species.
        AtomicStructure structure = SmallCells.Random(count: 40, width: 9.0, seed: 7);
        var result = new ForceResult(structure.Count);
        IForceField field = Create();
        field.Bind(structure);
        field.Evaluate(structure, result, ForceParts.All);
        double[] forces = [.. result.Forces];
        for (int i = 0; i < structure.Count; i += 5)
        {
            for (int k = 0; k < 3; k++)
            {
                int at = (k * structure.Stride) + i;
                double kept = structure.Coordinates[at];
                structure.Coordinates[at] = kept + step;
                double up = field.Evaluate(structure, result, ForceParts.Energy);
                structure.Coordinates[at] = kept - step;
                double down = field.Evaluate(structure, result, ForceParts.Energy);
                structure.Coordinates[at] = kept;
                forces[at].ShouldBe((down - up) / (2 * step), tolerance * Math.Max(1, Math.Abs(forces[at])));
            }
        }
    }

    [Fact]
    public void VirialIsTheDerivativeOfTheEnergyByStrain()
    {
        const double Strain = 1e-5;
        AtomicStructure structure = SmallCells.Random(count: 40, width: 9.0, seed: 11);
        var result = new ForceResult(structure.Count);
        IForceField field = Create();
        field.Bind(structure);
        field.Evaluate(structure, result, ForceParts.All);
        double[] virial = [.. result.Virial];
        (int Row, int Column)[] order = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)];
        for (int k = 0; k < 6; k++)
        {
            double up = Strained(field, structure, order[k], Strain);
            double down = Strained(field, structure, order[k], -Strain);

            // E(F) with F = 1 + ε e_a e_bᵀ changes by -W_ab ε.
            virial[k].ShouldBe((down - up) / (2 * Strain), 1e-5 * Math.Max(1, Math.Abs(virial[k])));
        }
    }

    [Fact]
    public void AtomsThatLeaveTheCellKeepEnergyAndForces()
    {
        AtomicStructure structure = ReferenceData.Dump("triclinic.dump").Structure;
        var inside = new ForceResult(structure.Count);
        var outside = new ForceResult(structure.Count);
        IForceField field = Create();
        field.Bind(structure);
        double energy = field.Evaluate(structure, inside, ForceParts.All);
        for (int i = 0; i < structure.Count; i += 3)
        {
            structure.SetPosition(i, structure.Position(i) + structure.Cell.Translation((i % 5) - 2, (i % 7) - 3, (i % 3) - 1));
        }

        field.Bind(structure);
        field.Evaluate(structure, outside, ForceParts.All).ShouldBe(energy, 1e-8);
        for (int i = 0; i < inside.Forces.Length; i++)
        {
            outside.Forces[i].ShouldBe(inside.Forces[i], 1e-9);
        }
    }

    [Fact]
    public void ForcesAndTorquelessSumsVanish()
    {
        AtomicStructure structure = ReferenceData.Dump("perturbed.dump").Structure;
        var result = new ForceResult(structure.Count);
        IForceField field = Create();
        field.Bind(structure);
        field.Evaluate(structure, result, ForceParts.Forces);
        for (int k = 0; k < 3; k++)
        {
            result.Forces.AsSpan(k * result.Stride, structure.Count).ToArray().Sum().ShouldBe(0, 1e-9);
        }
    }

    [Fact]
    public void EnergyGoesOnLinearlyBeyondTheDensityTable()
    {
        // Two atoms pressed together reach densities beyond the table's end.
        AtomicStructure structure = SmallCells.Pair(distance: 1.0, width: 16);
        var result = new ForceResult(2);
        IForceField field = Create();
        field.Bind(structure);
        field.Evaluate(structure, result, ForceParts.Forces);
        double pull = result.Forces[0];
        double energyAt = Pair(field, 1.0 + 1e-5, result) - Pair(field, 1.0 - 1e-5, result);
        pull.ShouldBe(energyAt / 2e-5, 1e-5 * Math.Abs(pull));
    }

    [Fact]
    public void CellNarrowerThanTheCutoffIsRefused()
    {
        AtomicStructure structure = SmallCells.Random(count: 20, width: 7.0, seed: 3);
        Should.Throw<InputException>(() => Create().Bind(structure)).Message.ShouldContain("too small");
    }

    [Fact]
    public void SpeciesThatThePotentialLacksIsRefused()
    {
        AtomicStructure structure = SmallCells.Random(count: 20, width: 9.0, seed: 3);
        structure.NameSpecies(["Cu", "Al"]);
        var result = new ForceResult(structure.Count);
        IForceField field = Create();
        Should.Throw<InputException>(() =>
        {
            field.Bind(structure);
            field.Evaluate(structure, result, ForceParts.Energy);
        }).Message.ShouldContain("Al");
    }

    private static double Pair(IForceField field, double distance, ForceResult result)
    {
        AtomicStructure structure = SmallCells.Pair(distance, width: 16);
        field.Bind(structure);
        return field.Evaluate(structure, result, ForceParts.Energy);
    }

    private static double Strained(IForceField field, AtomicStructure structure, (int Row, int Column) at, double strain)
    {
        Span<double> f = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        f[(3 * at.Row) + at.Column] += strain;
        AtomicStructure deformed = structure.Clone();
        deformed.Deform(new Matrix3(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]));
        field.Bind(deformed);
        return field.Evaluate(deformed, new ForceResult(structure.Count), ForceParts.Energy);
    }
}
