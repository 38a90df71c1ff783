using Glasswright.Kernels.Numerics;

namespace Glasswright.Models.Network;

/// <summary>
/// A long short-term memory cell (Hochreiter and Schmidhuber 1997, with the forget gate of Gers 2000; PyTorch's LSTMCell) in double,
/// for the textbook networks:
/// <code>
/// i, f, g, o = σ, σ, tanh, σ of W_ih x + b_ih + W_hh h + b_hh        c' = f c + i g        h' = o tanh c'
/// </code>
/// </summary>
/// <param name="inputWeight">W_ih, [4w, inputs].</param>
/// <param name="stateWeight">W_hh, [4w, w].</param>
/// <param name="inputBias">b_ih, [4w].</param>
/// <param name="stateBias">b_hh, [4w].</param>
internal sealed class TextbookCell(double[] inputWeight, double[] stateWeight, double[] inputBias, double[] stateBias)
{
    /// <summary>The cell of a prefix among tensors by name.</summary>
    public static TextbookCell Find(string prefix, Func<string, double[]> tensor) => new(
        tensor(ParameterLayout.CellInputWeight(prefix)),
        tensor(ParameterLayout.CellStateWeight(prefix)),
        tensor(ParameterLayout.CellInputBias(prefix)),
        tensor(ParameterLayout.CellStateBias(prefix)));

    /// <summary>w.</summary>
    public int Width { get; } = inputBias.Length / 4;

    /// <summary>h' and c'.</summary>
    public (double[] H, double[] C) Step(double[] x, double[] h, double[] c)
    {
        double[] gates = new double[4 * Width];
        for (int o = 0; o < gates.Length; o++)
        {
            gates[o] = inputBias[o] + stateBias[o];
            for (int k = 0; k < x.Length; k++)
            {
                gates[o] += inputWeight[(o * x.Length) + k] * x[k];
            }

            for (int k = 0; k < h.Length; k++)
            {
                gates[o] += stateWeight[(o * h.Length) + k] * h[k];
            }
        }

        double[] nextH = new double[Width], nextC = new double[Width];
        for (int k = 0; k < Width; k++)
        {
            double write = Elementary.Sigmoid(gates[k]) * Tanh(gates[(2 * Width) + k]);
            nextC[k] = (Elementary.Sigmoid(gates[Width + k]) * c[k]) + write;
            nextH[k] = Elementary.Sigmoid(gates[(3 * Width) + k]) * Tanh(nextC[k]);
        }

        return (nextH, nextC);
    }

    private static double Tanh(double x) => (2 * Elementary.Sigmoid(2 * x)) - 1;
}

/// <summary>
/// Pooling by set2set (Vinyals, Bengio, Kudlur, arXiv:1511.06391, Eqs. 3-7) over the messages m_j of one atom's neighbors, heads side by
/// side, in double. From q = r = c = 0, for as many steps as asked:
/// <code>
/// (q, c) = LSTM([q ‖ r], (q, c))        a_j = softmax_j(m_j·q)        r = Σ_j a_j m_j
/// </code>
/// The result is [q ‖ r]; zeros for an atom without neighbors, as with every pooling.
/// </summary>
internal static class TextbookSet2Set
{
    /// <summary>[q ‖ r] after the last step, [2w].</summary>
    public static double[] Pool(TextbookCell cell, double[][] messages, int steps)
    {
        double[] q = new double[cell.Width], r = new double[cell.Width], c = new double[cell.Width];
        for (int step = 0; step < steps && messages.Length > 0; step++)
        {
            (q, c) = cell.Step([.. q, .. r], q, c);
            double[] scores = Array.ConvertAll(messages, m => Dot(m, q));
            double largest = scores.Max(), sum = 0;
            for (int j = 0; j < scores.Length; j++)
            {
                scores[j] = Elementary.Exp(scores[j] - largest);
                sum += scores[j];
            }

            r = new double[cell.Width];
            for (int j = 0; j < scores.Length; j++)
            {
                for (int k = 0; k < r.Length; k++)
                {
                    r[k] += scores[j] / sum * messages[j][k];
                }
            }
        }

        return [.. q, .. r];
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }

        return sum;
    }
}
