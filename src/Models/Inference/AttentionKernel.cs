using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Models.Inference;

/// <summary>
/// Attention and messages of edge rows, all heads side by side in lanes; rows hold head k's feature c at c·K + k. What is done to
/// each row alone runs over the rows of many nodes at once: a loop that ends with each node would drain the pipeline every
/// dozen rows.
/// </summary>
internal static unsafe class AttentionKernel
{
    /// <summary>s_k = Σ_c w_ck·max(0, x[c·K + k]) of each row, features in ascending order.</summary>
    /// <param name="hidden">x of the first row.</param>
    /// <param name="hiddenStride">Floats from row to row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="heads">K.</param>
    /// <param name="features">a.</param>
    /// <param name="weights">w, [a][stride], zero in the lanes from K on.</param>
    /// <param name="stride">Floats of a row of weights or results: K rounded up to 8.</param>
    /// <param name="scores">Receives s, [rows][stride].</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Score(
        float* hidden, int hiddenStride, int rows, int heads, int features, float* weights, int stride, float* scores)
    {
        Vector256<float> zero = Vector256<float>.Zero;
        for (int row = 0; row < rows; row++)
        {
            for (int q = 0; q < stride; q += 8)
            {
                float* x = hidden + q;
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

                score.Store(scores + q);
            }

            hidden += hiddenStride;
            scores += stride;
        }
    }

    /// <summary>s_jk - max_j s_jk for the neighbors j of one node.</summary>
    public static void SubtractLargest(float* scores, int stride, int degree)
    {
        for (int q = 0; q < stride; q += 8)
        {
            Vector256<float> largest = Vector256.Create(float.NegativeInfinity);
            for (nint j = 0; j < degree; j++)
            {
                Vector256<float> score = Vector256.Load(scores + (j * stride) + q);
                largest = Vector256.ConditionalSelect(Vector256.GreaterThan(score, largest), score, largest);
            }

            for (nint j = 0; j < degree; j++)
            {
                float* s = scores + (j * stride) + q;
                (Vector256.Load(s) - largest).Store(s);
            }
        }
    }

    /// <summary>eˣ of numbers not above 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Exponentiate(float* x, nint length)
    {
        for (nint k = 0; k < length; k += 8)
        {
            ExponentialLanes.Exp(Vector256.Load(x + k)).Store(x + k);
        }
    }

    /// <summary>α_jk = w_jk / Σ_j w_jk, neighbors in ascending order; one division a node and head.</summary>
    public static void Normalize(float* weights, int stride, int degree)
    {
        for (int q = 0; q < stride; q += 8)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            for (nint j = 0; j < degree; j++)
            {
                sum += Vector256.Load(weights + (j * stride) + q);
            }

            Vector256<float> scale = Vector256<float>.One / sum;
            for (nint j = 0; j < degree; j++)
            {
                float* w = weights + (j * stride) + q;
                (Vector256.Load(w) * scale).Store(w);
            }
        }
    }

    /// <summary>
    /// act(α·value + shift) of each row for up to eight heads: each vector picks its attention from the eight lanes of the row.
    /// </summary>
    /// <param name="attention">α, [rows][8].</param>
    /// <param name="values">Values of the first row; the last vector may read up to 7 floats beyond K·a.</param>
    /// <param name="stride">Floats from one row's values to the next's.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="picks">Lane of α for each lane of the messages: (c·K + k) mod K.</param>
    /// <param name="shift">t of the message BN.</param>
    /// <param name="messages">Receives the messages, [rows][messageStride].</param>
    /// <param name="messageStride">K·a rounded up to whole vectors.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Message<TActivation>(
        float* attention, float* values, int stride, int rows, int* picks, float* shift, float* messages, int messageStride)
        where TActivation : struct, IActivationLanes
    {
        for (int row = 0; row < rows; row++)
        {
            Vector256<float> alpha = Vector256.Load(attention);
            nint lane = 0;
            for (; lane <= messageStride - 32; lane += 32)
            {
                Vector256<float> a = Affine(alpha, picks + lane, values + lane, shift + lane);
                Vector256<float> b = Affine(alpha, picks + lane + 8, values + lane + 8, shift + lane + 8);
                Vector256<float> c = Affine(alpha, picks + lane + 16, values + lane + 16, shift + lane + 16);
                Vector256<float> d = Affine(alpha, picks + lane + 24, values + lane + 24, shift + lane + 24);
                TActivation.Apply(ref a, ref b, ref c, ref d);
                a.Store(messages + lane);
                b.Store(messages + lane + 8);
                c.Store(messages + lane + 16);
                d.Store(messages + lane + 24);
            }

            for (; lane < messageStride; lane += 8)
            {
                TActivation.Apply(Affine(alpha, picks + lane, values + lane, shift + lane)).Store(messages + lane);
            }

            attention += 8;
            values += stride;
            messages += messageStride;
        }
    }

    /// <summary>As <see cref="Message"/> for more than eight heads, from spread rows, which become the messages.</summary>
    public static void MessageSpread<TActivation>(
        float* spread, int spreadStride, float* values, int stride, int rows, float* shift, int width)
        where TActivation : struct, IActivationLanes
    {
        for (int row = 0; row < rows; row++)
        {
            for (int lane = 0; lane < width; lane += 8)
            {
                TActivation.Apply(Vector256.FusedMultiplyAdd(
                    Vector256.Load(spread + lane), Vector256.Load(values + lane), Vector256.Load(shift + lane))).Store(spread + lane);
            }

            spread += spreadStride;
            values += stride;
        }
    }

    /// <summary>The sum of the messages of one node, neighbors in ascending order; zeros without any.</summary>
    public static void AddMessages(float* messages, int stride, int degree, int width, float* pooled)
    {
        for (int lane = 0; lane < width; lane += 8)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            for (nint j = 0; j < degree; j++)
            {
                sum += Vector256.Load(messages + (j * stride) + lane);
            }

            sum.Store(pooled + lane);
        }
    }

    /// <summary>The mean of the messages of one node from their sum; a node without neighbors keeps its zeros.</summary>
    public static void DivideByDegree(float* pooled, int degree, int width)
    {
        Vector256<float> scale = Vector256.Create(1f / Math.Max(1, degree));
        for (int lane = 0; lane < width; lane += 8)
        {
            (Vector256.Load(pooled + lane) * scale).Store(pooled + lane);
        }
    }

    /// <summary>The largest of the messages of one node, lane by lane; zeros without any.</summary>
    public static void LargestMessages(float* messages, int stride, int degree, int width, float* pooled)
    {
        for (int lane = 0; lane < width; lane += 8)
        {
            Vector256<float> largest = degree > 0 ? Vector256.Load(messages + lane) : Vector256<float>.Zero;
            for (nint j = 1; j < degree; j++)
            {
                Vector256<float> m = Vector256.Load(messages + (j * stride) + lane);
                largest = Vector256.ConditionalSelect(Vector256.GreaterThan(m, largest), m, largest);
            }

            largest.Store(pooled + lane);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Affine(Vector256<float> alpha, int* pick, float* value, float* shift) =>
        Vector256.FusedMultiplyAdd(
            Vector256.ShuffleNative(alpha, Vector256.Load(pick)), Vector256.Load(value), Vector256.Load(shift));
}
