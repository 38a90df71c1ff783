using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Numerics;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Inference;

/// <summary>The network's share in the numerics self-test: a small network of drawn weights on the structure of the force test.</summary>
internal static class InferenceSelfTest
{
    private const ulong Seed = 54921;

    /// <summary>The identity of kernels and models together: what runs, models and labels carry.</summary>
    public static NumericsIdentity Identity { get; } =
        NumericsIdentity.OfKernels.With(new SelfTestPart("inference", Predictions));

    /// <summary>The prediction for every atom.</summary>
    public static void Predictions(DigestWriter digest)
    {
        var architecture = new Architecture
        {
            Species = ["A", "B"],
            NodeWidth = 10,
            EdgeWidth = 13,
            Heads = 2,
            HeadWidth = 6,
            Layers = 2,
            Gaussian = new GaussianBasis(1.5, 0.2, 13, 0.2),
            Embedding = [8, 10],
            Readout = [7],
        };
        var layout = new ParameterLayout(architecture);
        var engine = new InferenceEngine(new PropertyModel(ParameterSet.Initialize(layout, Seed)));
        var structure = ForceSelfTest.Structure();
        double[] values = new double[structure.Count];
        engine.Predict(structure, values);
        digest.Add(values);
    }
}
