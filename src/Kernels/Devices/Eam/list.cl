// The list of each atom's neighbors within the cutoff and the extra reach, where a new one is wanted: entry k of slot i stands at
// k * padded + i. Both atoms of a pair have it in their rows; an atom meets its own images too. Where a row has no room, or an image is
// farther than its number can tell, the structure says so.
__kernel void list(
    __global Structure* structures, __global const double4* positions, __global double4* bases, __global const int4* wraps,
    __global const int* starts, __global const int* members, __global const double4* images, __global uint* entries,
    __global int* counts, int first, int always, int atoms, int padded, int most_bins, int room)
{
    const int s = first + get_global_id(1);
    const int i = get_global_id(0);
    __global Structure* structure = structures + s;
    if (i >= atoms || !structure->rebuild || (!always && structure->status != RUNNING))
    {
        return;
    }

    positions += (size_t)s * padded;
    wraps += (size_t)s * padded;
    members += (size_t)s * padded;
    starts += (size_t)s * (most_bins + 1);
    images += (size_t)s * IMAGES_ACROSS * IMAGES_ACROSS * IMAGES_ACROSS;
    entries += (size_t)s * padded * room + i;
    const int n1 = structure->bins[0], n2 = structure->bins[1], n3 = structure->bins[2];
    const int r1 = structure->spans[0], r2 = structure->spans[1], r3 = structure->spans[2];
    const double reach2 = structure->reach2;
    const double4 x = positions[i];
    const int4 own = wraps[i];
    const int b1 = own.w % n1, b2 = own.w / n1 % n2, b3 = own.w / (n1 * n2);
    int count = 0, far = 0;
    for (int o3 = b3 - r3; o3 <= b3 + r3; o3++)
    {
        const int m3 = o3 >= 0 ? o3 / n3 : -((n3 - 1 - o3) / n3);
        for (int o2 = b2 - r2; o2 <= b2 + r2; o2++)
        {
            const int m2 = o2 >= 0 ? o2 / n2 : -((n2 - 1 - o2) / n2);
            for (int o1 = b1 - r1; o1 <= b1 + r1; o1++)
            {
                const int m1 = o1 >= 0 ? o1 / n1 : -((n1 - 1 - o1) / n1);
                const int b = ((o3 - m3 * n3) * n2 + (o2 - m2 * n2)) * n1 + (o1 - m1 * n1);
                for (int k = starts[b]; k < starts[b + 1]; k++)
                {
                    const int j = members[k];
                    const int4 other = wraps[j];
                    const int k1 = m1 - other.x + own.x, k2 = m2 - other.y + own.y, k3 = m3 - other.z + own.z;
                    if (abs(k1) > IMAGE_REACH || abs(k2) > IMAGE_REACH || abs(k3) > IMAGE_REACH)
                    {
                        far = 1;
                        continue;
                    }

                    const uint image = (uint)(((k3 + IMAGE_REACH) * IMAGES_ACROSS + k2 + IMAGE_REACH) * IMAGES_ACROSS + k1 + IMAGE_REACH);
                    const double4 shift = images[image], y = positions[j];
                    const double dx = (y.x - x.x) + shift.x, dy = (y.y - x.y) + shift.y, dz = (y.z - x.z) + shift.z;
                    const double d2 = fma(dx, dx, fma(dy, dy, dz * dz));
                    if (d2 < reach2 && !(j == i && k1 == 0 && k2 == 0 && k3 == 0))
                    {
                        if (count < room)
                        {
                            entries[(size_t)count * padded] = (image << SLOT_BITS) | (uint)j;
                        }

                        count++;
                    }
                }
            }
        }
    }

    counts[(size_t)s * padded + i] = min(count, room);
    bases[(size_t)s * padded + i] = x;
    atomic_max(&structure->needed, count);
    if (far)
    {
        atomic_xchg(&structure->status, OUT_OF_REACH);
    }
    else if (count > room)
    {
        atomic_cmpxchg(&structure->status, RUNNING, NO_ROOM);
        atomic_cmpxchg(&structure->status, IDLE, NO_ROOM);
    }
}
