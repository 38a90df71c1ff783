// Puts the atoms where the decision wants them, r = start + t d, and asks for a new list where one has gone too far. The first step of a
// line is bounded by what moves one coordinate by the largest allowed move.
__kernel void move(
    __global Structure* structures, __global double4* positions, __global const double4* bases, __global const double4* starts,
    __global const double4* directions, __global const double* largest, int first, int atoms, int padded)
{
    const int s = first + get_global_id(1);
    const int i = get_global_id(0);
    __global Structure* structure = structures + s;
    const int command = structure->command;
    if (command == STAY || structure->status == IDLE)
    {
        return;
    }

    __local double rooms[GROUP];
    const int blocks = padded / GROUP;
    double most = 0;
    for (int b = get_local_id(0); command == TURN && b < blocks; b += GROUP)
    {
        most = fmax(most, largest[(size_t)s * blocks + b]);
    }

    most = group_max(most, rooms);
    const double longest = structure->max_move / most;
    const double step = command == TURN ? fmin(structure->guess, longest) : structure->step;
    if (command == TURN && i == 0)
    {
        structure->longest = longest;
        structure->step = step;
    }

    if (i < atoms)
    {
        const size_t at = (size_t)s * padded + i;
        double4 x = starts[at];
        if (command != RESTORE)
        {
            const double4 d = directions[at];
            x.x = fma(step, d.x, x.x);
            x.y = fma(step, d.y, x.y);
            x.z = fma(step, d.z, x.z);
        }

        positions[at] = x;
        const double4 base = bases[at];
        const double dx = x.x - base.x, dy = x.y - base.y, dz = x.z - base.z;
        const double moved2 = fma(dx, dx, fma(dy, dy, dz * dz));
        if (!(moved2 <= structure->slack2))
        {
            atomic_xchg(&structure->rebuild, 1);
        }
    }
}
