// A new direction d = F + beta d_before of the structures that begin a line, from the point where they stand or from where the last line
// began, and a block's largest |component of d|.
__kernel void turn(
    __global const Structure* structures, __global const double4* positions, __global double4* starts, __global const double4* results,
    __global double4* before, __global double4* directions, __global double* largest, int first, int atoms, int padded)
{
    const int s = first + get_global_id(1);
    const int i = get_global_id(0);
    __global const Structure* structure = structures + s;
    if ((structure->status != RUNNING && structure->status != PAUSED) || structure->command != TURN)
    {
        return;
    }

    __local double rooms[GROUP];
    double most = 0;
    if (i < atoms)
    {
        const size_t at = (size_t)s * padded + i;
        if (structure->stepped)
        {
            starts[at] = positions[at];
            before[at] = results[at];
        }

        const double4 f = before[at];
        double4 d = f;
        const double beta = structure->beta;
        if (beta != 0)
        {
            const double4 old = directions[at];
            d = (double4)(fma(beta, old.x, f.x), fma(beta, old.y, f.y), fma(beta, old.z, f.z), 0.0);
        }

        directions[at] = d;
        most = fmax(fabs(d.x), fmax(fabs(d.y), fabs(d.z)));
    }

    most = group_max(most, rooms);
    if (get_local_id(0) == 0)
    {
        largest[(size_t)s * (padded / GROUP) + get_group_id(0)] = most;
    }
}
