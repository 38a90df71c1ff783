using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// The embedded-atom energy written as in a textbook, for reading and for judging the fast version by:
/// E = Σ_i F(ρ_i) + ½ Σ_{i≠j} φ(r_ij), ρ_i = Σ_{j≠i} f_{j→i}(r_ij), over all pairs and all periodic images within the cutoff.
/// Cost grows with the square of the number of atoms.
/// </summary>
/// <remarks>
/// f_i = -∂E/∂r_i = Σ_j [φ'(r) + F'(ρ_i) f'_{j→i}(r) + F'(ρ_j) f'_{i→j}(r)] d/r with d = r_j - r_i. Beyond the last tabulated
/// density F goes on linearly. The table that is interpolated is r·φ, as LAMMPS does.
/// Daw and Baskes, Phys. Rev. B 29, 6443 (1984); Finnis and Sinclair, Philos. Mag. A 50, 45 (1984).
/// </remarks>
internal sealed class ReferenceEam : IElasticField
{
    private readonly EamTables _tables;
    private readonly HermiteTable[] _embedding;
    private readonly HermiteTable[][] _density;
    private readonly HermiteTable[][] _radiusTimesPair;
    private readonly PairStiffness _stiffness;
    private double[] _slopes = [];

    /// <summary>Takes the tables as they stand.</summary>
    public ReferenceEam(EamTables tables)
    {
        _tables = tables;
        _embedding = [.. tables.Embedding.Select(f => new HermiteTable(f, tables.DensityStep))];
        _density = [.. tables.Density.Select(row => row.Select(f => new HermiteTable(f, tables.RadiusStep)).ToArray())];
        _radiusTimesPair =
            [.. tables.RadiusTimesPair.Select(row => row.Select(f => new HermiteTable(f, tables.RadiusStep)).ToArray())];
        _stiffness = new PairStiffness(tables);
    }

    /// <inheritdoc/>
    public double Cutoff => _tables.Cutoff;

    /// <inheritdoc/>
    public void Bind(AtomicStructure structure) => CutoffCheck.Require(structure.Cell, Cutoff);

    /// <inheritdoc/>
    public double Evaluate(AtomicStructure structure, ForceResult result, ForceParts parts)
    {
        CutoffCheck.Require(structure.Cell, Cutoff);
        int[] element = new int[structure.Count];
        SpeciesMap.Resolve(structure, _tables, element);

        double[] density = new double[structure.Count];
        ForEachPair(structure, (i, j, d, r) =>
        {
            density[i] += _density[element[j]][element[i]].Evaluate(r).Value;
            density[j] += _density[element[i]][element[j]].Evaluate(r).Value;
        });

        double[] energy = result.AtomEnergies;
        double[] slope = new double[structure.Count];
        for (int i = 0; i < structure.Count; i++)
        {
            (energy[i], slope[i]) = _embedding[element[i]].Extrapolate(density[i]);
        }

        _slopes = slope;
        Array.Clear(result.Forces);
        Array.Clear(result.Virial);
        ForEachPair(structure, (i, j, d, r) =>
        {
            (double rPhi, double dRPhi) = _radiusTimesPair[element[i]][element[j]].Evaluate(r);
            double phi = rPhi / r;
            double dPhi = (dRPhi - phi) / r;
            double dEdR = dPhi
                + (slope[i] * _density[element[j]][element[i]].Evaluate(r).Derivative)
                + (slope[j] * _density[element[i]][element[j]].Evaluate(r).Derivative);

            energy[i] += 0.5 * phi;
            energy[j] += 0.5 * phi;
            Vector3 pull = (dEdR / r) * d;
            AddForce(result, i, pull);
            AddForce(result, j, -1 * pull);
            AddVirial(result.Virial, -1 * d, pull);
        });

        double total = 0;
        for (int i = 0; i < structure.Count; i++)
        {
            total += energy[i];
        }

        return result.Energy = total;
    }

    /// <inheritdoc/>
    public void CollectSprings(AtomicStructure structure, double reach, PairSprings springs)
    {
        int[] element = new int[structure.Count];
        SpeciesMap.Resolve(structure, _tables, element);
        var rows = new List<(int Other, Vector3 D, double R)>[structure.Count];
        ForEachPair(structure, (i, j, d, r) =>
        {
            if (r < reach)
            {
                (rows[i] ??= []).Add((j, d, r));
            }
        });

        springs.Begin(structure.Count);
        for (int i = 0; i < structure.Count; i++)
        {
            springs.BeginRow(i);
            foreach ((int j, Vector3 d, double r) in rows[i] ?? [])
            {
                (double first, double second) = _stiffness.At(element[i], element[j], r, _slopes[i], _slopes[j]);
                springs.Add(j, d.X / r, d.Y / r, d.Z / r, second, first / r);
            }
        }
    }

    /// <summary>
    /// Calls <paramref name="visit"/> once for every pair of an atom and an atom or image within the cutoff, with d = r_j - r_i.
    /// An atom meets its own images too, each ± pair of them once.
    /// </summary>
    private void ForEachPair(AtomicStructure structure, Action<int, int, Vector3, double> visit)
    {
        Cell cell = structure.Cell;
        Vector3 widths = cell.PerpendicularWidths;
        int m1 = (int)Math.Ceiling((Cutoff / widths.X) + 0.5);
        int m2 = (int)Math.Ceiling((Cutoff / widths.Y) + 0.5);
        int m3 = (int)Math.Ceiling((Cutoff / widths.Z) + 0.5);
        for (int i = 0; i < structure.Count; i++)
        {
            for (int j = i; j < structure.Count; j++)
            {
                Vector3 s = cell.Inverse * (structure.Position(j) - structure.Position(i));
                int k1 = (int)Math.Round(s.X), k2 = (int)Math.Round(s.Y), k3 = (int)Math.Round(s.Z);
                Vector3 nearest = structure.Position(j) - structure.Position(i) - cell.Translation(k1, k2, k3);
                for (int n1 = -m1; n1 <= m1; n1++)
                {
                    for (int n2 = -m2; n2 <= m2; n2++)
                    {
                        for (int n3 = -m3; n3 <= m3; n3++)
                        {
                            bool counted = j > i || n1 > 0 || (n1 == 0 && (n2 > 0 || (n2 == 0 && n3 > 0)));
                            Vector3 d = nearest + cell.Translation(n1, n2, n3);
                            double r = d.Length;
                            if (counted && r < Cutoff)
                            {
                                visit(i, j, d, r);
                            }
                        }
                    }
                }
            }
        }
    }

    private static void AddForce(ForceResult result, int atom, Vector3 force)
    {
        result.Forces[atom] += force.X;
        result.Forces[result.Stride + atom] += force.Y;
        result.Forces[(2 * result.Stride) + atom] += force.Z;
    }

    private static void AddVirial(double[] virial, Vector3 d, Vector3 force)
    {
        virial[0] += d.X * force.X;
        virial[1] += d.Y * force.Y;
        virial[2] += d.Z * force.Z;
        virial[3] += d.X * force.Y;
        virial[4] += d.X * force.Z;
        virial[5] += d.Y * force.Z;
    }
}
