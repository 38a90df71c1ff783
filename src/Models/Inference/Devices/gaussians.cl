// The first state of every edge, exp(-((d - mu_m)/sigma)^2) with the bracket in double: [edges][EDGE].
__kernel void gaussians(
    __global const double* distances, __global const double* centers, __global float* edge_states, int edges, double per_sigma)
{
    const size_t at = get_global_id(0);
    const size_t edge = at / EDGE;
    if (edge < (size_t)edges)
    {
        const float t = (float)((distances[edge] - centers[at % EDGE]) * per_sigma), square = t * t;
        edge_states[at] = square < 80.0f ? exp_of_minus_magnitude(square) : 0.0f;
    }
}
