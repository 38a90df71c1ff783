using Glasswright.Kernels.Threading;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;
using Glasswright.Models.Storage;
using Glasswright.Models.Training;

namespace Glasswright.Models.Tests.Training;

public sealed class GlassPiecesTests
{
    private static readonly TrainingSettings InPieces = new()
    {
        Seed = 5,
        Epochs = 3,
        BatchGlasses = 2,
        CoreAtoms = 200,
        LearningRate = 5e-3,
        Dropout = new DropoutRates(0.1, 0.1, 0.2),
    };

    [Theory]
    [InlineData(100, 0)]
    [InlineData(100, 801)]
    [InlineData(863, 5)]
    [InlineData(1, 3)]
    public void EveryAtomIsTheCoreOfOnePieceAndNoPieceHasMoreThanAsked(int most, int start)
    {
        NeighborGraph graph = SyntheticGlass.Sample(1).Graph;
        int[] seen = new int[graph.NodeCount];
        foreach (GraphPiece piece in GlassPieces.Cut(3, graph, most, hops: 1, start))
        {
            piece.Glass.ShouldBe(3);
            piece.Nodes.ShouldBe(piece.Nodes!.Order());
            piece.IsCore!.Count(core => core).ShouldBeInRange(1, most);
            for (int k = 0; k < piece.Nodes!.Length; k++)
            {
                seen[piece.Nodes[k]] += piece.IsCore![k] ? 1 : 0;
            }
        }

        seen.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public void APieceAsLargeAsTheGlassIsTheGlass() =>
        GlassPieces.Cut(0, SyntheticGlass.Sample(1).Graph, 864, hops: 2).ShouldBe([GraphPiece.Whole(0)]);

    /// <summary>A piece with a hop less than the network has layers must fail this, or the test sees nothing.</summary>
    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void ACoreAtomHasTheBitsOfTheWholeGlassInEvaluationMode(int hops, bool same)
    {
        NeighborGraph graph = SyntheticGlass.Sample(1).Graph;
        ParameterSet parameters = ParameterSet.Initialize(new ParameterLayout(SyntheticGlass.Network), 3);
        TrainableNetwork network = TrainableNetwork.Create(parameters, SerialRunner.Instance);
        GraphBatch batch = new(SyntheticGlass.Network);
        batch.Assemble([graph], [0], Dropout.None, SerialRunner.Instance);
        float[] whole = network.Forward(batch, NormMode.Running, DropoutRates.None, 0, 0).ToArray();
        float[] pieced = new float[whole.Length];
        foreach (GraphPiece piece in GlassPieces.Cut(0, graph, 30, hops))
        {
            piece.Nodes!.Length.ShouldBeInRange(60, 800);
            batch.Assemble([graph], (GraphPiece[])[piece], Dropout.None, SerialRunner.Instance);
            float[] values = network.Forward(batch, NormMode.Running, DropoutRates.None, 0, 0).ToArray();
            for (int k = 0; k < values.Length; k++)
            {
                if (piece.IsCore![k])
                {
                    pieced[piece.Nodes![k]] = values[k];
                }
            }
        }

        pieced.SequenceEqual(whole).ShouldBe(same);
    }

    [Fact]
    public void OnlyCoreAtomsWithAValidLabelEnterTheLoss()
    {
        GlassSample sample = SyntheticGlass.Sample(1, invalidEvery: 7);
        GraphPiece piece = GlassPieces.Cut(0, sample.Graph, 100, hops: 2).First();
        GraphBatch batch = new(SyntheticGlass.Network);
        batch.Assemble([sample.Graph], (GraphPiece[])[piece], Dropout.None, SerialRunner.Instance);
        float[] outputs = new float[batch.NodeCount];
        TrainingLoss loss = new(SyntheticGlass.Network);
        (double sum, int valid) = loss.Compute(outputs, batch, [sample]);
        double expected = 0;
        int count = 0;
        for (int k = 0; k < outputs.Length; k++)
        {
            int atom = piece.Nodes![k];
            bool counts = piece.IsCore![k] && sample.Valid[atom];
            count += counts ? 1 : 0;
            expected += counts ? sample.Targets[atom] * sample.Targets[atom] : 0;
        }

        valid.ShouldBe(count);
        count.ShouldBeInRange(75, 95);
        sum.ShouldBe(expected, 1e-9 * expected);
        for (int k = 0; k < outputs.Length; k++)
        {
            int atom = piece.Nodes![k];
            float gradient = piece.IsCore![k] && sample.Valid[atom] ? (float)(-2 * sample.Targets[atom] / count) : 0;
            loss.Gradient[k].ShouldBe(gradient, 1e-7, $"node {k}");
        }
    }

    [Fact]
    public void TrainingInPiecesIsTheSameOnEveryNumberOfThreadsAndLearns()
    {
        byte[][] models = [.. new[] { 1, 2 }.Select(threads =>
        {
            using ThreadTeam team = new(threads);
            TrainingResult result = Trainer.Train(InPieces, SyntheticGlass.Network, SyntheticGlass.Set(2, 1, invalidEvery: 9), team);
            result.History[^1].ValidationLoss.ShouldBeLessThan(0.9);
            return ModelFile.ToBytes(result.Model!);
        })];
        models[1].ShouldBe(models[0]);
        using ThreadTeam one = new(2);
        byte[] whole = ModelFile.ToBytes(Trainer.Train(
            InPieces with { CoreAtoms = null }, SyntheticGlass.Network, SyntheticGlass.Set(2, 1, invalidEvery: 9), one).Model!);
        whole.ShouldNotBe(models[0]);
    }

    [Fact]
    public void EveryEpochCutsElsewhere()
    {
        NeighborGraph[] graphs = [SyntheticGlass.Sample(1).Graph, SyntheticGlass.Sample(2).Graph];
        List<GraphPiece> first = GlassPieces.Shuffled(graphs, 200, 1, 7, 1), second = GlassPieces.Shuffled(graphs, 200, 1, 7, 2);
        first.Count.ShouldBe(10);
        Cores(first).ShouldNotBe(Cores(second));
        Cores(first).ShouldBe(Cores(GlassPieces.Shuffled(graphs, 200, 1, 7, 1)));

        static string Cores(IEnumerable<GraphPiece> pieces) => string.Join(
            '|', pieces.Select(p => $"{p.Glass}:{string.Join(',', p.Nodes!.Where((_, k) => p.IsCore![k]))}").Order(StringComparer.Ordinal));
    }
}
