// The network's output of every node, one group a node: maps one after the other, an activation after each but the last. `widths` has the inputs of
// the first map and the outputs of all; weights by inputs and biases follow each other in `weights`. `x` and `y` have room for the widest.
__kernel void readout(
    __global const float* states, __global const float* weights, __global const int* widths, __global float* outputs,
    __local float* x, __local float* y, int maps)
{
    const size_t i = get_group_id(0);
    const int item = get_local_id(0);
    for (int m = item; m < NODE; m += GROUP)
    {
        x[m] = states[i * NODE + m];
    }

    for (int map = 0; map < maps; map++)
    {
        const int inputs = widths[map], results = widths[map + 1];
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int o = item; o < results; o += GROUP)
        {
            float sum = weights[inputs * results + o];
            for (int m = 0; m < inputs; m++)
            {
                sum = fma(x[m], weights[m * results + o], sum);
            }

            y[o] = map == maps - 1 ? sum : activate(sum);
        }

        weights += (inputs + 1) * results;
        __local float* next = y;
        y = x;
        x = next;
    }

    barrier(CLK_LOCAL_MEM_FENCE);
    if (item == 0)
    {
        outputs[i] = x[0];
    }
}
