// What the kernels of the network share. Single precision, as on the processor; every sum in ascending order, multiply-adds fused where it says fma.
// The formulas of the exponential and of softplus, and their errors, are those of ExponentialLanes.cs.
// Defined before: GROUP (work-items of a group), NODE (n), EDGE (e), HEADS (K), FEATURES (a), ACTIVATION, POOLING.

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

#define JOINED (HEADS * FEATURES)
#define PARTS (EDGE + 2 * JOINED)

#define SOFTPLUS 0
#define SIGMOID 1
#define RELU 2
#define LEAKY_RELU 3

#define POOL_SUM 0
#define POOL_MEAN 1
#define POOL_MAX 2

// e^-|x|: 2^n 2^f with n + f = -|x| log2 e.
float exp_of_minus_magnitude(float x)
{
    const float a = fmin(fabs(x), 86.0f), log2e = 1.442695f, round = 12582912.0f;
    const float rounded = fma(-a, log2e, round);
    const float f = fma(-a, log2e, round - rounded);
    float p = fma(0.0013417399f, f, 0.00967185851f);
    p = fma(p, f, 0.0555027314f);
    p = fma(p, f, 0.24022235f);
    p = fma(p, f, 0.693147242f);
    p = fma(p, f, 1.0f);
    return x != x ? x : as_float(as_int(p) + (as_int(rounded) << 23));
}

// ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|).
float softplus(float x)
{
    const float t = exp_of_minus_magnitude(x);
    float q = fma(-0.00756979082f, t, 0.0405493975f);
    q = fma(q, t, -0.102565445f);
    q = fma(q, t, 0.173755795f);
    q = fma(q, t, -0.243574291f);
    q = fma(q, t, 0.332511306f);
    q = fma(q, t, -0.499959856f);
    q = fma(q, t, 1.0f);
    return fma(t, q, x > 0 ? x : 0.0f);
}

// 1 / x, rounded twice: single division is not rounded exactly on every device.
float reciprocal(float x)
{
    return (float)(1.0 / (double)x);
}

float activate(float x)
{
#if ACTIVATION == SOFTPLUS
    return softplus(x);
#elif ACTIVATION == SIGMOID
    const float t = exp_of_minus_magnitude(x), s = reciprocal(1.0f + t);
    return x < 0 ? t * s : s;
#elif ACTIVATION == RELU
    return x != x || x > 0 ? x : 0.0f;
#else
    return x >= 0 ? x : 0.01f * x;
#endif
}
