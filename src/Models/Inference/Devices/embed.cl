// The first state of every node, from the table of its species: [nodes][NODE].
__kernel void embed(__global const int* species, __global const float* table, __global float* states, int nodes)
{
    const int at = get_global_id(0);
    if (at < nodes * NODE)
    {
        states[at] = table[species[at / NODE] * NODE + at % NODE];
    }
}
