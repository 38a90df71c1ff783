// f_i = sum_j [phi'(r) + F'(rho_i) f'_{j->i}(r) + F'(rho_j) f'_{i->j}(r)] d/r with d = r_j - r_i, and what a block has of the energy, of F.d, F.F,
// F.F_before, the largest |F| and, if `virial`, of W = 1/2 sum_{i,j} d (x) f.
__kernel void forces(
    __global const Structure* structures, __global const double4* positions, __global const double4* images,
    __global const uint* entries, __global const int* counts, __global const double4* pairs, __global const int* offsets,
    __global const double* energies, __global const double* slopes, __global const double4* directions,
    __global const double4* before, __global double4* results, __global double* shares,
    int first, int always, int atoms, int padded, int room, double cutoff2, double per_radius, int last_interval, int virial)
{
    const int s = first + get_global_id(1);
    const int i = get_global_id(0);
    if (!always && structures[s].status != RUNNING)
    {
        return;
    }

    __local double rooms[GROUP];
    positions += (size_t)s * padded;
    slopes += (size_t)s * padded;
    images += (size_t)s * IMAGES_ACROSS * IMAGES_ACROSS * IMAGES_ACROSS;
    entries += (size_t)s * padded * room + i;
    double fx = 0, fy = 0, fz = 0;
    double wxx = 0, wyy = 0, wzz = 0, wxy = 0, wxz = 0, wyz = 0;
    double energy = 0, along = 0, squares = 0, product = 0, largest = 0;
    if (i < atoms)
    {
        const size_t at = (size_t)s * padded + i;
        const double4 x = positions[i];
        const int element = (int)x.w;
        const double own = slopes[i];
        const int count = counts[at];
        for (int k = 0; k < count; k++)
        {
            const uint entry = entries[(size_t)k * padded];
            const int j = entry & SLOT_MASK;
            const double4 y = positions[j], shift = images[entry >> SLOT_BITS];
            const double dx = (y.x - x.x) + shift.x, dy = (y.y - x.y) + shift.y, dz = (y.z - x.z) + shift.z;
            const double d2 = fma(dx, dx, fma(dy, dy, dz * dz));
            if (d2 < cutoff2)
            {
                const double r = sqrt(d2), inverse = 1 / r;
                const int m = min((int)(r * per_radius), last_interval);
                const double p = min(fma(r, per_radius, -(double)m), 1.0);
                const int other = (int)y.w;
                __global const double4* record = pairs + (offsets[element * ELEMENTS + other] + m);
                const double4 low = record[0], high = record[1];
                const double phi = cubic(low.x, low.y, high.x, high.y, p) * inverse;
                const double toward = cubic_slope(low.z, low.w, high.z, high.w, p) * per_radius;
#if SHARED
                const double back = toward;
#else
                __global const double4* reverse = pairs + (offsets[other * ELEMENTS + element] + m);
                const double back = cubic_slope(reverse[0].z, reverse[0].w, reverse[1].z, reverse[1].w, p) * per_radius;
#endif
                const double pull = fma(cubic_slope(low.x, low.y, high.x, high.y, p), per_radius, -phi) * inverse;
                const double g = fma(slopes[j], back, fma(own, toward, pull)) * inverse;
                fx = fma(g, dx, fx);
                fy = fma(g, dy, fy);
                fz = fma(g, dz, fz);
                if (virial)
                {
                    wxx = fma(g * dx, dx, wxx);
                    wyy = fma(g * dy, dy, wyy);
                    wzz = fma(g * dz, dz, wzz);
                    wxy = fma(g * dx, dy, wxy);
                    wxz = fma(g * dx, dz, wxz);
                    wyz = fma(g * dy, dz, wyz);
                }
            }
        }

        results[at] = (double4)(fx, fy, fz, 0.0);
        const double4 d = directions[at], f = before[at];
        energy = energies[at];
        along = fma(fx, d.x, fma(fy, d.y, fz * d.z));
        squares = fma(fx, fx, fma(fy, fy, fz * fz));
        product = fma(fx, f.x, fma(fy, f.y, fz * f.z));
        largest = fmax(fabs(fx), fmax(fabs(fy), fabs(fz)));
    }

    shares += ((size_t)s * (padded / GROUP) + get_group_id(0)) * SHARES;
    const double total = group_sum(energy, rooms);
    const double alongs = group_sum(along, rooms);
    const double squared = group_sum(squares, rooms);
    const double products = group_sum(product, rooms);
    const double most = group_max(largest, rooms);
    if (get_local_id(0) == 0)
    {
        shares[0] = total;
        shares[1] = alongs;
        shares[2] = squared;
        shares[3] = products;
        shares[4] = most;
    }

    if (virial)
    {
        // A pair is met from both of its atoms; W is minus the sum of d (x) pull over pairs.
        const double w[6] = { wxx, wyy, wzz, wxy, wxz, wyz };
        for (int k = 0; k < 6; k++)
        {
            const double share = group_sum(-0.5 * w[k], rooms);
            if (get_local_id(0) == 0)
            {
                shares[SHARE_VIRIAL + k] = share;
            }
        }
    }
}
