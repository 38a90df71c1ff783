using Glasswright.Host.Tests.Commands;
using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;
using Glasswright.Models.Inference;
using Glasswright.Models.Inference.Devices;
using Glasswright.Models.Storage;
using Glasswright.Models.Tests.Network;

namespace Glasswright.Integration.Tests.Devices;

/// <summary>Threads that share the networks on a device.</summary>
public sealed class PredictorPoolTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly PredictorPool _pool = new(ComputeDevice.Choose(null));

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void ThreadsGetTheBytesThatOneAloneGetsWhateverTheyAskTogether()
    {
        PropertyModel[] models = [.. new ulong[] { 3, 4 }.Select(seed => ModelFile.Read(Samples.SmallModel(_scratch, name: $"{seed}.safetensors", seed: seed)))];
        AtomicStructure[] structures = [.. Enumerable.Range(1, 6).Select(k => SmallCells.Random(10 + (9 * k), 9 + k, k))];
        double[][][] alone = [.. models.Select(model => structures.Select(structure => Predict(model, structure)).ToArray())];
        for (int m = 0; m < models.Length; m++)
        {
            using var processor = new InferenceEngine(models[m]);
            for (int s = 0; s < structures.Length; s++)
            {
                double[] expected = new double[structures[s].Count];
                processor.Predict(structures[s], expected);
                alone[m][s].Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5);
            }
        }

        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            int m = thread % 2;
            using IPredictor predictor = _pool.Make(models[m]);
            for (int k = 0; k < 30; k++)
            {
                int s = (k + thread) % structures.Length;
                double[] values = new double[structures[s].Count];
                predictor.Predict(structures[s], values);
                values.ShouldBe(alone[m][s]);
            }
        });
    }

    [Fact]
    public void ANetworkThatTheDeviceLacksStaysOnTheProcessor()
    {
        PropertyModel model = new(OptionReference.Parameters(OptionReference.Load("lstm")));
        using IPredictor predictor = _pool.Make(model);
        predictor.ShouldBeOfType<InferenceEngine>();
    }

    private double[] Predict(PropertyModel model, AtomicStructure structure)
    {
        // The service ends with its only user and is made anew for the next.
        using IPredictor predictor = _pool.Make(model);
        predictor.ShouldBeOfType<DevicePredictor>();
        double[] values = new double[structure.Count];
        predictor.Predict(structure, values);
        return values;
    }
}
