// W1 h_i + b and, behind it, W2 h_j of every node: [nodes][2 PARTS]; weights by inputs, [NODE][2 PARTS]. The second direction runs over nodes.
__kernel void parts(
    __global const float* states, __global const float* weights, __global const float* bias, __global float* results)
{
    const int o = get_global_id(0);
    const size_t i = get_global_id(1);
    if (o >= 2 * PARTS)
    {
        return;
    }

    float sum = bias[o];
    for (int m = 0; m < NODE; m++)
    {
        sum = fma(states[i * NODE + m], weights[m * 2 * PARTS + o], sum);
    }

    results[i * 2 * PARTS + o] = sum;
}
