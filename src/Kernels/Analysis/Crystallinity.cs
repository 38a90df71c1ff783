using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Analysis;

/// <summary>
/// Which atoms are crystalline, by the correlation of bond orientations between neighbors (P. R. ten Wolde, M. J. Ruiz-Montero, D. Frenkel, Phys. Rev.
/// Lett. 75, 2714 (1995), doi:10.1103/PhysRevLett.75.2714), with Voronoi neighbors weighted by the areas of their faces (W. Mickel, S. C. Kapfer,
/// G. E. Schröder-Turk, K. Mecke, J. Chem. Phys. 138, 044501 (2013), doi:10.1063/1.4774084), so that no cutoff has to be chosen:
/// <code>
/// q_6m(i) = Σ_j w_ij Y_6m(n_ij),  w_ij = A_ij/Σ_j A_ij      d_ij = Re Σ_m q_6m(i) q*_6m(j) / (|q_6(i)| |q_6(j)|)
/// </code>
/// A bond with d_ij &gt; 0.7 is solid; an atom is crystalline where solid bonds hold more than <see cref="SolidShare"/> of its surface.
/// </summary>
/// <remarks>
/// By the addition theorem Σ_m q_6m(i) q*_6m(j) ∝ Σ_ab w_ia w_jb P₆(n_ia·n_jb): no spherical harmonics are needed, and no axis is singled out. A B2
/// atom is a crystalline one whose eight nearest Voronoi neighbors are all of other species.
/// </remarks>
internal sealed class Crystallinity
{
    /// <summary>d_ij above which a bond is solid.</summary>
    public const double SolidBond = 0.7;

    /// <summary>Share of the surface above which solid bonds make an atom crystalline.</summary>
    public const double SolidShare = 0.6;

    /// <summary>Share of crystalline atoms above which a structure is called crystalline.</summary>
    public const double Limit = 0.1;

    private const int BlockSize = 64;
    private const int B2Neighbors = 8;
    private readonly double[] _shares;
    private readonly double[] _order;
    private readonly bool[] _isB2;

    private Crystallinity(int count)
    {
        _shares = new double[count];
        _order = new double[count];
        _isB2 = new bool[count];
    }

    /// <summary>Share of the surface of every atom that solid bonds hold.</summary>
    public ReadOnlySpan<double> SolidShares => _shares;

    /// <summary>q₆ of every atom: 0.575 in fcc, 0.511 in bcc, 0.663 in an icosahedron, each with its own weights.</summary>
    public ReadOnlySpan<double> Order => _order;

    /// <summary>Share of crystalline atoms.</summary>
    public double Fraction => Share(IsCrystalline);

    /// <summary>Share of atoms in B2.</summary>
    public double B2Fraction => Share(atom => IsCrystalline(atom) && _isB2[atom]);

    /// <summary>Whether an atom is crystalline.</summary>
    public bool IsCrystalline(int atom) => _shares[atom] > SolidShare;

    /// <summary>Judges every atom.</summary>
    public static Crystallinity Compute(AtomicStructure structure, VoronoiTessellation tessellation, IBlockRunner runner)
    {
        ArgumentNullException.ThrowIfNull(structure);
        ArgumentNullException.ThrowIfNull(tessellation);
        ArgumentNullException.ThrowIfNull(runner);
        int count = structure.Count, blocks = (count + BlockSize - 1) / BlockSize;
        var result = new Crystallinity(count);
        var stars = new Star[count];
        runner.Run(blocks, block => ForBlock(block, i =>
        {
            stars[i] = Star.Of(tessellation.Faces(i));
            result._order[i] = Math.Sqrt(Math.Max(0, Star.Product(stars[i], stars[i])));
            result._isB2[i] = IsB2(structure, i, tessellation.Faces(i));
        }));
        runner.Run(blocks, block => ForBlock(block, i =>
        {
            ReadOnlySpan<VoronoiFace> faces = tessellation.Faces(i);
            for (int f = 0; f < faces.Length; f++)
            {
                int j = faces[f].Image.Neighbor;
                double norm = result._order[i] * result._order[j];
                result._shares[i] += norm > 0 && Star.Product(stars[i], stars[j]) > SolidBond * norm ? stars[i].Weights[f] : 0;
            }
        }));
        return result;

        void ForBlock(int block, Action<int> body)
        {
            int end = Math.Min(count, (block + 1) * BlockSize);
            for (int i = block * BlockSize; i < end; i++)
            {
                body(i);
            }
        }
    }

    private static bool IsB2(AtomicStructure structure, int atom, ReadOnlySpan<VoronoiFace> faces)
    {
        // Faces come by distance.
        if (faces.Length < B2Neighbors)
        {
            return false;
        }

        foreach (VoronoiFace face in faces[..B2Neighbors])
        {
            if (structure.Species[face.Image.Neighbor] == structure.Species[atom])
            {
                return false;
            }
        }

        return true;
    }

    private double Share(Predicate<int> holds)
    {
        int count = 0;
        for (int i = 0; i < _shares.Length; i++)
        {
            count += holds(i) ? 1 : 0;
        }

        return (double)count / _shares.Length;
    }

    /// <summary>The directions of an atom's neighbors with their weights.</summary>
    private readonly record struct Star(Vector3[] Directions, double[] Weights)
    {
        public static Star Of(ReadOnlySpan<VoronoiFace> faces)
        {
            double surface = 0;
            foreach (VoronoiFace face in faces)
            {
                surface += face.Area;
            }

            var directions = new Vector3[faces.Length];
            var weights = new double[faces.Length];
            for (int f = 0; f < faces.Length; f++)
            {
                directions[f] = 1 / faces[f].Image.Separation.Length * faces[f].Image.Separation;
                weights[f] = faces[f].Area / surface;
            }

            return new(directions, weights);
        }

        /// <summary>ΣΣ w w' P₆(n·n').</summary>
        public static double Product(Star a, Star b)
        {
            double sum = 0;
            for (int k = 0; k < a.Directions.Length; k++)
            {
                double row = 0;
                for (int l = 0; l < b.Directions.Length; l++)
                {
                    double x = Vector3.Dot(a.Directions[k], b.Directions[l]), x2 = x * x;
                    row += b.Weights[l] * ((((((231 * x2) - 315) * x2) + 105) * x2) - 5);
                }

                sum += a.Weights[k] * row;
            }

            return sum / 16;
        }
    }
}
