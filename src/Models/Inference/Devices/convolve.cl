// One layer's edge update, attention, messages and pool of a node, one group a node, TILE edges at a time so that each weight is read once for
// all of them: e' = act(e + W1 h_i + W2 h_j + W3 e), scores, softmax over the neighbors, messages act(alpha value + shift) and their pool.
// Feature c of head k stands at c K + k. `values` and `scores` have room for the largest number of neighbors.
#define TILE 8

__kernel void convolve(
    __global const int* offsets, __global const int* neighbors, __global const float* node_parts, __global float* edge_states,
    __global const float* edge_weights, __global const float* head_weights, __global const float* score_weights,
    __global const float* message_shift, __global float* pooled, __local float* values, __local float* scores, int is_last)
{
    __local float edges[TILE * EDGE];
    __local float updated[TILE * EDGE];
    __local float hidden[TILE * JOINED];
    const size_t i = get_group_id(0);
    const int item = get_local_id(0);
    const int first = offsets[i], degree = offsets[i + 1] - first;
    __global const float* own = node_parts + i * 2 * PARTS;
    for (int begin = 0; begin < degree; begin += TILE)
    {
        const int count = min(TILE, degree - begin);
        __global float* states = edge_states + (size_t)(first + begin) * EDGE;
        for (int k = item; k < TILE * EDGE; k += GROUP)
        {
            edges[k] = k < count * EDGE ? states[k] : 0.0f;
        }

        barrier(CLK_LOCAL_MEM_FENCE);
        for (int o = item; o < EDGE; o += GROUP)
        {
            float sum[TILE];
            for (int t = 0; t < TILE; t++)
            {
                sum[t] = t < count ? own[o] + node_parts[(size_t)neighbors[first + begin + t] * 2 * PARTS + PARTS + o] : 0.0f;
            }

            for (int m = 0; m < EDGE; m++)
            {
                const float weight = edge_weights[m * EDGE + o];
                for (int t = 0; t < TILE; t++)
                {
                    sum[t] = fma(edges[t * EDGE + m], weight, sum[t]);
                }
            }

            for (int t = 0; t < TILE; t++)
            {
                const float state = activate(edges[t * EDGE + o] + sum[t]);
                updated[t * EDGE + o] = state;
                if (!is_last && t < count)
                {
                    states[t * EDGE + o] = state;
                }
            }
        }

        barrier(CLK_LOCAL_MEM_FENCE);
        for (int o = item; o < 2 * JOINED; o += GROUP)
        {
            float sum[TILE];
            for (int t = 0; t < TILE; t++)
            {
                sum[t] = t < count ? own[EDGE + o] + node_parts[(size_t)neighbors[first + begin + t] * 2 * PARTS + PARTS + EDGE + o] : 0.0f;
            }

            for (int m = 0; m < EDGE; m++)
            {
                const float weight = head_weights[m * 2 * JOINED + o];
                for (int t = 0; t < TILE; t++)
                {
                    sum[t] = fma(updated[t * EDGE + m], weight, sum[t]);
                }
            }

            for (int t = 0; t < count; t++)
            {
                if (o < JOINED)
                {
                    hidden[t * JOINED + o] = sum[t] != sum[t] || sum[t] > 0 ? sum[t] : 0.0f;
                }
                else
                {
                    values[(begin + t) * JOINED + o - JOINED] = sum[t];
                }
            }
        }

        barrier(CLK_LOCAL_MEM_FENCE);
        for (int at = item; at < count * HEADS; at += GROUP)
        {
            const int t = at / HEADS, k = at % HEADS;
            float score = 0;
            for (int c = 0; c < FEATURES; c++)
            {
                score = fma(hidden[t * JOINED + c * HEADS + k], score_weights[c * HEADS + k], score);
            }

            scores[(begin + t) * HEADS + k] = score;
        }

        barrier(CLK_LOCAL_MEM_FENCE);
    }

    for (int k = item; k < HEADS; k += GROUP)
    {
        float largest = -INFINITY;
        for (int j = 0; j < degree; j++)
        {
            largest = fmax(largest, scores[j * HEADS + k]);
        }

        float sum = 0;
        for (int j = 0; j < degree; j++)
        {
            const float weight = exp_of_minus_magnitude(scores[j * HEADS + k] - largest);
            scores[j * HEADS + k] = weight;
            sum += weight;
        }

        const float scale = reciprocal(sum);
        for (int j = 0; j < degree; j++)
        {
            scores[j * HEADS + k] *= scale;
        }
    }

    barrier(CLK_LOCAL_MEM_FENCE);
    for (int c = item; c < JOINED; c += GROUP)
    {
        float pool = 0;
        for (int j = 0; j < degree; j++)
        {
            const float message = activate(fma(scores[j * HEADS + c % HEADS], values[j * JOINED + c], message_shift[c]));
#if POOLING == POOL_MAX
            pool = j == 0 || message > pool ? message : pool;
#else
            pool += message;
#endif
        }

#if POOLING == POOL_MEAN
        pool *= reciprocal((float)max(degree, 1));
#endif
        pooled[i * JOINED + c] = pool;
    }
}
