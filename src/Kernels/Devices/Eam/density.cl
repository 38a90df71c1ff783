// rho_i = sum_j f_{j->i}(r_ij), the energy F(rho_i) + 1/2 sum_j phi(r_ij) and the slope F'(rho_i) of every atom of a structure. Beyond the
// last tabulated density F goes on as a line. A record of `pairs` is r phi and f_{j->i}: value, slope, value, slope; `offsets` tells where
// the records of the elements (of i, of j) begin. One of `embedding` is value and slope of F.
__kernel void density(
    __global const Structure* structures, __global const double4* positions, __global const double4* images,
    __global const uint* entries, __global const int* counts, __global const double4* pairs, __global const int* offsets,
    __global const double2* embedding, __global double* energies, __global double* slopes,
    int first, int always, int atoms, int padded, int room,
    double cutoff2, double per_radius, int last_interval, double per_density, int last_density)
{
    const int s = first + get_global_id(1);
    const int i = get_global_id(0);
    if (i >= atoms || (!always && structures[s].status != RUNNING))
    {
        return;
    }

    positions += (size_t)s * padded;
    images += (size_t)s * IMAGES_ACROSS * IMAGES_ACROSS * IMAGES_ACROSS;
    entries += (size_t)s * padded * room + i;
    const double4 x = positions[i];
    const int element = (int)x.w;
    const int count = counts[(size_t)s * padded + i];
    double rho = 0, twice = 0;
    for (int k = 0; k < count; k++)
    {
        const uint entry = entries[(size_t)k * padded];
        const double4 y = positions[entry & SLOT_MASK], shift = images[entry >> SLOT_BITS];
        const double dx = (y.x - x.x) + shift.x, dy = (y.y - x.y) + shift.y, dz = (y.z - x.z) + shift.z;
        const double d2 = fma(dx, dx, fma(dy, dy, dz * dz));
        if (d2 < cutoff2)
        {
            const double r = sqrt(d2);
            const int m = min((int)(r * per_radius), last_interval);
            const double p = min(fma(r, per_radius, -(double)m), 1.0);
            __global const double4* record = pairs + (offsets[element * ELEMENTS + (int)y.w] + m);
            const double4 low = record[0], high = record[1];
            rho += cubic(low.z, low.w, high.z, high.w, p);
            twice += cubic(low.x, low.y, high.x, high.y, p) / r;
        }
    }

    const double t = rho * per_density;
    const int m = clamp((int)t, 0, last_density);
    const double p = min(fma(rho, per_density, -(double)m), 1.0);
    __global const double2* record = embedding + (element * (last_density + 2) + m);
    const double2 low = record[0], high = record[1];
    double value = cubic(low.x, low.y, high.x, high.y, p);
    const double slope = cubic_slope(low.x, low.y, high.x, high.y, p) * per_density;
    if (t > last_density + 1)
    {
        value = fma(slope, rho - (last_density + 1) / per_density, value);
    }

    energies[(size_t)s * padded + i] = fma(0.5, twice, value);
    slopes[(size_t)s * padded + i] = slope;
}
