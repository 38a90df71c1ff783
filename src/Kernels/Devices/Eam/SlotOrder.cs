using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Devices.Eam;

/// <summary>
/// Where the atoms of one structure stand on a device: which slot each has along a space-filling curve, and how many cell vectors it was away
/// from the cell, inside of which it stands there.
/// </summary>
internal sealed class SlotOrder(int atoms)
{
    private readonly int[] _atoms = new int[atoms];
    private readonly (int N1, int N2, int N3)[] _homes = new (int, int, int)[atoms];
    private readonly long[] _keys = new long[atoms];

    /// <summary>The atom in each slot.</summary>
    public ReadOnlySpan<int> Atoms => _atoms;

    /// <summary>Takes the order of a structure: along the Z-order curve over its bins; atoms of one bin keep theirs.</summary>
    public void Take(AtomicStructure structure, int n1, int n2, int n3)
    {
        for (int atom = 0; atom < _atoms.Length; atom++)
        {
            Vector3 s = structure.Cell.ToFractional(structure.Position(atom));
            (double f1, double f2, double f3) = (Math.Floor(s.X), Math.Floor(s.Y), Math.Floor(s.Z));
            _homes[atom] = ((int)f1, (int)f2, (int)f3);
            int place = ZOrder.Place(Bin(s.X - f1, n1), Bin(s.Y - f2, n2), Bin(s.Z - f3, n3), n1, n2, n3);
            _keys[atom] = ((long)place << 32) | (uint)atom;
        }

        Array.Sort(_keys);
        for (int slot = 0; slot < _atoms.Length; slot++)
        {
            _atoms[slot] = (int)(_keys[slot] & uint.MaxValue);
        }
    }

    /// <summary>The position that the device has for an atom at <paramref name="position"/>; one that was inside keeps its bits.</summary>
    public Vector3 ToDevice(int atom, Vector3 position, Cell cell) => Shifted(atom, position, cell, -1);

    /// <summary>The position of an atom that the device has at <paramref name="position"/>.</summary>
    public Vector3 ToHost(int atom, Vector3 position, Cell cell) => Shifted(atom, position, cell, 1);

    private static int Bin(double f, int n) => Math.Clamp((int)(f * n), 0, n - 1);

    private Vector3 Shifted(int atom, Vector3 position, Cell cell, int sign)
    {
        (int n1, int n2, int n3) = _homes[atom];
        return (n1 | n2 | n3) == 0 ? position : position + cell.Translation(sign * n1, sign * n2, sign * n3);
    }
}
