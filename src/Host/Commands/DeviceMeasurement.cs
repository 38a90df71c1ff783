using System.Diagnostics;
using Glasswright.Host.Output;
using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Devices.Eam;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;
using Glasswright.Models.Inference.Devices;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Commands;

/// <summary>
/// What a device does with a glass: how far its forces are from the processor's, force evaluations of many copies at a time, relaxations of
/// swapped pairs. Beside each stands what one core of the processor does.
/// </summary>
internal static class DeviceMeasurement
{
    // Floating-point operations of a directed pair in both passes, counted from density.cl and forces.cl; a fused multiply-add is two.
    private const double OperationsOfPair = 110;
    private const double OperationsOfFarPair = 22;
    private const int WarmUp = 4;
    private const int Inferences = 10;
    private const ulong Seed = 1;

    /// <summary>Measures.</summary>
    /// <param name="device">The device.</param>
    /// <param name="input">Structure and potential.</param>
    /// <param name="model">A network whose inference is measured too; null for none.</param>
    /// <param name="batches">Structures at a time, one measurement each.</param>
    /// <param name="evaluations">Force evaluations of each structure that are timed.</param>
    /// <param name="tell">Told what is being measured.</param>
    public static Report Measure(
        ComputeDevice device, GlassInput input, PropertyModel? model, IReadOnlyList<int> batches, int evaluations, Action<string> tell)
    {
        AtomicStructure[] trials = Swaps(input.Structure, batches.Max());
        tell("forces against the processor's");
        Report report = new Report()
            .Text("device", "device", device.Name)
            .Text("driver", "driver", device.Driver)
            .Whole("atoms", "atoms", input.Structure.Count)
            .Number("force_difference_eV_per_A", "largest difference of a force from the processor's", Difference(device, input), "eV/Å", "E2")
            .Number("operations_per_evaluation", "floating-point operations of one evaluation, counted", Operations(input), "", "E3");
        tell("force evaluations of the processor");
        double core = ProcessorRate(input, evaluations);
        report.Number("processor_atom_evaluations_per_s", "one core of the processor", core, "atom evaluations/s", "E3");
        using var queue = new DeviceQueue(device);
        var rates = new List<Report>();
        foreach (int batch in batches)
        {
            tell(FormattableString.Invariant($"force evaluations and relaxations, {batch} at a time"));
            (double rate, double relaxations, double mean) = DeviceRates(queue, input.Tables, trials, batch, evaluations);
            rates.Add(new Report()
                .Whole("at_a_time", null, batch)
                .Number("atom_evaluations_per_s", null, rate)
                .Number("flops_per_s", null, rate / input.Structure.Count * Operations(input))
                .Number("relaxations_per_s", null, relaxations)
                .Number("evaluations_per_relaxation", null, mean));
            report.Number(
                FormattableString.Invariant($"atom_evaluations_per_s_{batch}"), FormattableString.Invariant($"{batch} at a time"), rate, "atom evaluations/s", "E3");
            report.Number(FormattableString.Invariant($"relaxations_per_s_{batch}"), "  relaxations of swaps by cg", relaxations, "/s", "G4");
        }

        if (model is not null)
        {
            tell("inference");
            MeasureInference(queue, input.Structure, model, report);
        }

        return report.List("rates", rates);
    }

    /// <summary>The glass with one pair of unlike atoms swapped in each copy.</summary>
    private static AtomicStructure[] Swaps(AtomicStructure glass, int count)
    {
        DrawSequence draws = RandomStreams.Draws(Seed, RandomStream.SelfTest, 4, 0);
        var trials = new AtomicStructure[count];
        for (int k = 0; k < count; k++)
        {
            trials[k] = glass.Clone();
            int a = (int)draws.NextBelow(glass.Count), b = a;
            for (int tries = 0; tries < glass.Count && glass.Species[b] == glass.Species[a]; tries++)
            {
                b = (int)draws.NextBelow(glass.Count);
            }

            trials[k].SwapSpecies(a, b);
        }

        return trials;
    }

    private static double Difference(ComputeDevice device, GlassInput input)
    {
        var expected = new ForceResult(input.Structure.Count);
        var found = new ForceResult(input.Structure.Count);
        using var processor = new VectorEam(input.Tables);
        using var field = new OpenClEam(device, input.Tables);
        processor.Bind(input.Structure);
        field.Bind(input.Structure);
        processor.Evaluate(input.Structure, expected, ForceParts.Forces);
        field.Evaluate(input.Structure, found, ForceParts.Forces);
        double largest = 0;
        for (int k = 0; k < expected.Forces.Length; k++)
        {
            largest = Math.Max(largest, Math.Abs(expected.Forces[k] - found.Forces[k]));
        }

        return largest;
    }

    /// <summary>Pairs from the mean density.</summary>
    private static double Operations(GlassInput input)
    {
        AtomicStructure glass = input.Structure;
        double Pairs(double reach) => 4.0 / 3 * Math.PI * reach * reach * reach * glass.Count * glass.Count / glass.Cell.Volume;
        double near = Pairs(input.Tables.Cutoff), all = Pairs(input.Tables.Cutoff + EamBatch.DefaultSkin);
        return (near * OperationsOfPair) + ((all - near) * OperationsOfFarPair);
    }

    private static double ProcessorRate(GlassInput input, int evaluations)
    {
        var result = new ForceResult(input.Structure.Count);
        using var field = new VectorEam(input.Tables);
        field.Bind(input.Structure);
        field.Evaluate(input.Structure, result, ForceParts.Forces);
        long start = Stopwatch.GetTimestamp();
        for (int k = 0; k < evaluations; k++)
        {
            field.Evaluate(input.Structure, result, ForceParts.Forces);
        }

        return evaluations * (double)input.Structure.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void MeasureInference(DeviceQueue queue, AtomicStructure glass, PropertyModel model, Report report)
    {
        double[] expected = new double[glass.Count], found = new double[glass.Count];
        using InferenceEngine engine = new(model);
        using OpenClInference inference = new(queue, model.Parameters);
        engine.Predict(glass, expected);
        long start = Stopwatch.GetTimestamp();
        engine.Predict(engine.Graph, expected);
        double processor = Stopwatch.GetElapsedTime(start).TotalSeconds;
        inference.Predict(engine.Graph, found);
        start = Stopwatch.GetTimestamp();
        for (int k = 0; k < Inferences; k++)
        {
            inference.Predict(engine.Graph, found);
        }

        double device = Stopwatch.GetElapsedTime(start).TotalSeconds / Inferences;
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i] - found[i]));
        }

        report
            .Number("prediction_difference", "largest difference of a prediction from the processor's", largest, "", "E2")
            .Number("processor_inference_s", "full inference, one core of the processor", processor, "s", "G4")
            .Number("inference_s", "full inference on the device, graph and result moved", device, "s", "G4");
    }

    private static (double AtomEvaluations, double Relaxations, double Mean) DeviceRates(
        DeviceQueue queue, EamTables tables, AtomicStructure[] trials, int batch, int evaluations)
    {
        int atoms = trials[0].Count;
        using var side = new EamBatch(queue, tables, atoms, batch);

        // A tolerance that nothing meets: all go on until their evaluations are spent.
        Start(new MinimizerSettings { ForceTolerance = 0, MaxEvaluations = WarmUp + evaluations });
        side.Advance(WarmUp);
        queue.Finish();
        long start = Stopwatch.GetTimestamp();
        side.Advance(evaluations);
        queue.Finish();
        double rate = (double)evaluations * batch * atoms / Stopwatch.GetElapsedTime(start).TotalSeconds;

        start = Stopwatch.GetTimestamp();
        Start(new MinimizerSettings());
        var statuses = new DescentStatus[batch];
        do
        {
            side.Advance(8);
            side.Look(statuses);
        }
        while (statuses.Contains(DescentStatus.Running));

        long spent = 0;
        AtomicStructure end = trials[0].Clone();
        for (int place = 0; place < batch; place++)
        {
            spent += side.Finish(place, end).Evaluations;
        }

        return (rate, batch / Stopwatch.GetElapsedTime(start).TotalSeconds, (double)spent / batch);

        void Start(MinimizerSettings settings)
        {
            for (int place = 0; place < batch; place++)
            {
                side.Put(place, trials[place]);
                side.Start(place, settings);
            }
        }
    }
}
