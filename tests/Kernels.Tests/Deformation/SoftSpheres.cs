using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Deformation;

/// <summary>
/// Soft, sticky spheres by the plain double loop over nearest images: φ = ε (q - u)² (1 - u) for u = r/σ &lt; q = 3/2, repulsive
/// to its minimum at u = 7/6 and smooth at the end. An amorphous solid that is loaded in milliseconds.
/// </summary>
internal sealed class SoftSpheres : IForceField
{
    private const double Epsilon = 10;
    private const double Reach = 1.5;
    private static readonly double[,] Sigma = { { 2.3, 2.55 }, { 2.55, 2.8 } };

    public int Evaluations { get; private set; }

    public double Cutoff => Reach * 2.8;

    /// <summary>Called before each evaluation, with its number.</summary>
    public Action<int>? Evaluating { get; init; }

    /// <summary>A dense random packing of 60 spheres of two sizes, not yet minimized.</summary>
    public static AtomicStructure Packing(ulong seed = 7)
    {
        var cell = new Cell(new Matrix3(10.4, 0.4, -0.2, 0, 10.2, 0.3, 0, 0, 10.6));
        var structure = new AtomicStructure(60, cell, ["Cu", "Zr"]);
        for (int i = 0; i < structure.Count; i++)
        {
            structure.Species[i] = i % 2;
            structure.Ids[i] = 1000 - i;
            structure.SetPosition(i, cell.ToCartesian(new Vector3(Draw(3 * i), Draw((3 * i) + 1), Draw((3 * i) + 2))));
        }

        return structure;

        double Draw(int n) => RandomStreams.Uniform(seed, default, 0, 0, n);
    }

    public void Bind(AtomicStructure structure)
    {
    }

    public double Evaluate(AtomicStructure structure, ForceResult result, ForceParts parts)
    {
        Evaluating?.Invoke(++Evaluations);
        result.Energy = 0;
        Array.Clear(result.Forces);
        Array.Clear(result.Virial);
        for (int i = 0; i < structure.Count; i++)
        {
            for (int j = i + 1; j < structure.Count; j++)
            {
                Add(structure, i, j, result);
            }
        }

        return result.Energy;
    }

    private static void Add(AtomicStructure structure, int i, int j, ForceResult result)
    {
        Vector3 d = structure.Position(j) - structure.Position(i);
        Vector3 s = structure.Cell.Inverse * d;
        d -= structure.Cell.Vectors * new Vector3(Math.Floor(s.X + 0.5), Math.Floor(s.Y + 0.5), Math.Floor(s.Z + 0.5));
        double r = d.Length, sigma = Sigma[structure.Species[i], structure.Species[j]];
        double u = r / sigma, rest = Reach - u;
        if (rest <= 0)
        {
            return;
        }

        result.Energy += Epsilon * rest * rest * (1 - u);

        // The force on j along d; its virial counts each pair once.
        double f = Epsilon * rest * ((2 * (1 - u)) + rest) / (sigma * r);
        int n = structure.Stride;
        double[] forces = result.Forces;
        forces[j] += f * d.X;
        forces[n + j] += f * d.Y;
        forces[(2 * n) + j] += f * d.Z;
        forces[i] -= f * d.X;
        forces[n + i] -= f * d.Y;
        forces[(2 * n) + i] -= f * d.Z;
        double[] w = result.Virial;
        w[0] += f * d.X * d.X;
        w[1] += f * d.Y * d.Y;
        w[2] += f * d.Z * d.Z;
        w[3] += f * d.X * d.Y;
        w[4] += f * d.X * d.Z;
        w[5] += f * d.Y * d.Z;
    }
}
