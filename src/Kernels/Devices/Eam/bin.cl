// Sorts the atoms of a structure into bins, one group a structure, where a new list is wanted. `wraps` is how many cell vectors each
// atom is away from its image inside the cell; `starts` has one number a bin and one more. Members of a bin stand by their slot, so that
// the order in which items arrive leaves no trace.
__kernel void bin(
    __global const Structure* structures, __global const double4* positions, __global int4* wraps, __global int* cursors,
    __global int* starts, __global int* members, int first, int always, int atoms, int padded, int most_bins)
{
    const int s = first + get_group_id(1);
    __global const Structure* structure = structures + s;
    if (!structure->rebuild || (!always && structure->status != RUNNING))
    {
        return;
    }

    __local int parts[GROUP];
    const int item = get_local_id(0);
    const int n1 = structure->bins[0], n2 = structure->bins[1], n3 = structure->bins[2];
    const int bins = n1 * n2 * n3;
    positions += (size_t)s * padded;
    wraps += (size_t)s * padded;
    members += (size_t)s * padded;
    cursors += (size_t)s * most_bins;
    starts += (size_t)s * (most_bins + 1);
    for (int b = item; b < bins; b += GROUP)
    {
        cursors[b] = 0;
    }

    barrier(CLK_GLOBAL_MEM_FENCE);
    for (int i = item; i < atoms; i += GROUP)
    {
        const double4 x = positions[i];
        const double dx = x.x - structure->origin[0], dy = x.y - structure->origin[1], dz = x.z - structure->origin[2];
        const double sx = fma(structure->inverse[0], dx, fma(structure->inverse[1], dy, structure->inverse[2] * dz));
        const double sy = fma(structure->inverse[3], dx, fma(structure->inverse[4], dy, structure->inverse[5] * dz));
        const double sz = fma(structure->inverse[6], dx, fma(structure->inverse[7], dy, structure->inverse[8] * dz));
        const double fx = floor(sx), fy = floor(sy), fz = floor(sz);
        const int b1 = clamp((int)((sx - fx) * n1), 0, n1 - 1);
        const int b2 = clamp((int)((sy - fy) * n2), 0, n2 - 1);
        const int b3 = clamp((int)((sz - fz) * n3), 0, n3 - 1);
        const int b = (b3 * n2 + b2) * n1 + b1;
        wraps[i] = (int4)((int)fx, (int)fy, (int)fz, b);
        atomic_inc(cursors + b);
    }

    // Where each bin begins: every item adds up a stretch of bins, then what lies before it.
    barrier(CLK_GLOBAL_MEM_FENCE);
    const int stretch = (bins + GROUP - 1) / GROUP;
    const int from = min(item * stretch, bins), to = min(from + stretch, bins);
    int count = 0;
    for (int b = from; b < to; b++)
    {
        count += cursors[b];
    }

    parts[item] = count;
    barrier(CLK_LOCAL_MEM_FENCE);
    int at = 0;
    for (int k = 0; k < item; k++)
    {
        at += parts[k];
    }

    for (int b = from; b < to; b++)
    {
        const int inside = cursors[b];
        starts[b] = at;
        cursors[b] = at;
        at += inside;
    }

    if (item == GROUP - 1)
    {
        starts[bins] = atoms;
    }

    barrier(CLK_GLOBAL_MEM_FENCE);
    for (int i = item; i < atoms; i += GROUP)
    {
        members[atomic_inc(cursors + wraps[i].w)] = i;
    }

    barrier(CLK_GLOBAL_MEM_FENCE);
    for (int b = item; b < bins; b += GROUP)
    {
        const int begin = starts[b], end = starts[b + 1];
        for (int k = begin + 1; k < end; k++)
        {
            const int moved = members[k];
            int hole = k;
            while (hole > begin && members[hole - 1] > moved)
            {
                members[hole] = members[hole - 1];
                hole--;
            }

            members[hole] = moved;
        }
    }
}
