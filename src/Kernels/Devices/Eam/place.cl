// Puts the coordinates of the host, in the order of its atoms (x0 x1 .. y0 y1 .. z0 z1 .., `stride` apart), into the slots of a
// structure, and asks for a new list where an atom is farther than half of the extra reach from where it was when the list was built.
__kernel void place(
    __global Structure* structures, __global double4* positions, __global const double4* bases, __global const int* order,
    __global const double* coordinates, __global const int* elements, int first, int atoms, int padded, int stride)
{
    const int s = first + get_global_id(1);
    const int slot = get_global_id(0);
    if (slot >= atoms)
    {
        return;
    }

    const size_t at = (size_t)s * padded + slot;
    const int atom = order[at];
    const double4 x = (double4)(coordinates[atom], coordinates[stride + atom], coordinates[2 * stride + atom], (double)elements[atom]);
    positions[at] = x;
    const double4 base = bases[at];
    const double dx = x.x - base.x, dy = x.y - base.y, dz = x.z - base.z;
    const double moved2 = fma(dx, dx, fma(dy, dy, dz * dz));
    if (!(moved2 <= structures[s].slack2))
    {
        atomic_xchg(&structures[s].rebuild, 1);
    }
}
