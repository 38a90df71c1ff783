// h' = h + scale p + shift, with p the pooled messages or, where they are not NODE wide, act(W p + b): weights by inputs, [JOINED][NODE].
__kernel void remember(
    __global const float* pooled, __global const float* weights, __global const float* bias, __global const float* scale,
    __global const float* shift, __global float* states, int nodes)
{
    const size_t at = get_global_id(0);
    const size_t i = at / NODE;
    const int o = at % NODE;
    if (i >= (size_t)nodes)
    {
        return;
    }

#if HAS_MAP
    float x = bias[o];
    for (int m = 0; m < JOINED; m++)
    {
        x = fma(pooled[i * JOINED + m], weights[m * NODE + o], x);
    }

    x = activate(x);
#else
    const float x = pooled[i * JOINED + o];
#endif
    states[at] = states[at] + fma(x, scale[o], shift[o]);
}
