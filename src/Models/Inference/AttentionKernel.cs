using System.Runtime.Intrinsics;
using Glasswright.Kernels.Numerics;

namespace Glasswright.Models.Inference;

/// <summary>
/// The attention of one node over its neighbors, all heads side by side in lanes. Rows hold head k's feature c at c·K + k.
/// </summary>
internal static unsafe class AttentionKernel
{
    /// <summary>
    /// α_jk = softmax_j( Σ_c w_ck·max(0, x_j[c·K + k]) ), features and neighbors in ascending order.
    /// </summary>
    /// <param name="hidden">x of the first neighbor, one row a neighbor.</param>
    /// <param name="hiddenStride">Floats from row to row.</param>
    /// <param name="degree">Number of neighbors; none is allowed.</param>
    /// <param name="heads">K.</param>
    /// <param name="features">a.</param>
    /// <param name="weights">w, [a][stride], zero in the lanes from K on.</param>
    /// <param name="stride">Floats of a row of weights or results: K rounded up to 8.</param>
    /// <param name="attention">Receives α, [degree][stride]; lanes from K on hold nothing of meaning.</param>
    public static void Softmax(
        float* hidden, int hiddenStride, int degree, int heads, int features, float* weights, int stride, float* attention)
    {
        Vector256<float> zero = Vector256<float>.Zero;
        for (int q = 0; q < stride; q += 8)
        {
            Vector256<float> largest = Vector256.Create(float.NegativeInfinity);
            for (int j = 0; j < degree; j++)
            {
                float* x = hidden + ((nint)j * hiddenStride) + q;
                float* w = weights + q;
                Vector256<float> score = zero;
                for (int c = 0; c < features; c++)
                {
                    Vector256<float> value = Vector256.Load(x);
                    value = Vector256.BitwiseAnd(value, Vector256.GreaterThan(value, zero));
                    score = Vector256.FusedMultiplyAdd(value, Vector256.Load(w), score);
                    x += heads;
                    w += stride;
                }

                score.Store(attention + ((nint)j * stride) + q);
                largest = Vector256.ConditionalSelect(Vector256.GreaterThan(score, largest), score, largest);
            }

            Vector256<float> sum = zero;
            for (int j = 0; j < degree; j++)
            {
                float* a = attention + ((nint)j * stride) + q;
                Vector256<float> weight = Elementary.Exp(Vector256.Load(a) - largest);
                weight.Store(a);
                sum += weight;
            }

            for (int j = 0; j < degree; j++)
            {
                float* a = attention + ((nint)j * stride) + q;
                (Vector256.Load(a) / sum).Store(a);
            }
        }
    }

    /// <summary>Repeats the K numbers of each neighbor for every feature: spread[c·K + k] = α_k.</summary>
    /// <param name="attention">α, [degree][stride].</param>
    /// <param name="stride">Floats of a row of α.</param>
    /// <param name="degree">Number of neighbors.</param>
    /// <param name="heads">K.</param>
    /// <param name="features">a.</param>
    /// <param name="spread">Receives the rows; each may be written up to <paramref name="stride"/> floats beyond K·a.</param>
    /// <param name="spreadStride">Floats from row to row.</param>
    public static void Spread(
        float* attention, int stride, int degree, int heads, int features, float* spread, int spreadStride)
    {
        for (int j = 0; j < degree; j++)
        {
            float* a = attention + ((nint)j * stride);
            float* target = spread + ((nint)j * spreadStride);

            // Ascending: what a whole vector writes beyond its K numbers, the next feature's overwrites.
            for (int c = 0; c < features; c++)
            {
                for (int q = 0; q < stride; q += 8)
                {
                    Vector256.Load(a + q).Store(target + q);
                }

                target += heads;
            }
        }
    }

    /// <summary>From feature-major (c·K + k) to the order of the concatenated heads (k·a + c).</summary>
    public static void ConcatenateHeads(float* pooled, float* concatenated, int heads, int features)
    {
        for (int k = 0; k < heads; k++)
        {
            for (int c = 0; c < features; c++)
            {
                concatenated[(k * features) + c] = pooled[(c * heads) + k];
            }
        }
    }
}
