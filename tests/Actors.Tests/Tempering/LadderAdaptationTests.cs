using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Tests.Tempering;

public class LadderAdaptationTests
{
    [Fact]
    public void RungsMoveToEqualDifferencesOfTheBarrier()
    {
        // By hand: r = (¾, ¼) over β from 1 to 0.5 and from 0.5 to 0.25. Half of Λ = 1 is reached at β = 1 - 0.5·(0.5/0.75) = 2/3.
        double[] scales = LadderAdaptation.Adapt([Epoch([1, 2, 4], 10, [9_999_999, 9_999_999], [0.75, 0.25])]);
        scales.ShouldBe([1, 1.5, 4], 1e-6);
    }

    [Fact]
    public void ALadderOfEqualRatesStays() =>
        LadderAdaptation.Adapt([Epoch([1, 1.7, 3, 9], 50, [1000, 1000, 1000], [0.4, 0.4, 0.4])]).ShouldBe([1, 1.7, 3, 9], 1e-12);

    [Fact]
    public void ARungThatWasNeverTriedCountsAsHalfRejected()
    {
        // r = ½ of the pair never tried, and nearly 0 of the other: the inner rung moves into the first gap, to β = ¾.
        double[] scales = LadderAdaptation.Adapt([Epoch([1, 2, 4], 1, [0, 9_999_999], [0, 0])]);
        scales[1].ShouldBe(1 / 0.75, 1e-6);
    }

    [Fact]
    public void EpochsCountByTheirRounds()
    {
        // Of two epochs with their barrier at opposite ends, the one of three times the rounds weighs three times.
        var first = Epoch([1, 2, 4], 10, [9_999_999, 9_999_999], [1, 0]);
        var second = Epoch([1, 2, 4], 30, [9_999_999, 9_999_999], [0, 1]);
        double[] scales = LadderAdaptation.Adapt([first, second]);

        // Λ = ¼ over [1, ½], ¾ over [½, ¼]: ½ is reached at β = ½ - ¼·(¼/¾) = 5/12.
        scales[1].ShouldBe(12.0 / 5, 1e-5);
    }

    [Fact]
    public void AKnownBarrierIsFoundFromAPoorLadder()
    {
        // Rejections of a barrier λ(β) = 1/β between 1 and 1/16, Λ = ln s: equal rates are equal ratios of scales.
        double[] scales = [1, 1.2, 1.5, 2, 16];
        var epochs = new List<LadderAdaptation.Epoch>();
        for (int rounds = 32; rounds <= 4096; rounds *= 2)
        {
            double[] present = scales;
            double[] rates = [.. Enumerable.Range(0, 4).Select(i => Math.Log(present[i + 1] / present[i]) / 4)];
            epochs.Add(Epoch(present, rounds, [.. rates.Select(_ => (long)(rounds / 2))], rates));
            scales = LadderAdaptation.Adapt(epochs);
        }

        scales.ShouldBe([1, 2, 4, 8, 16], 0.5);
    }

    [Fact]
    public void ScalesRiseStrictlyWhateverWasCounted()
    {
        for (int script = 0; script < 500; script++)
        {
            var dice = new Glasswright.Kernels.Random.DrawSequence(3, Glasswright.Kernels.Random.RandomStream.SelfTest, 0, script);
            double[] scales = [1, .. Enumerable.Range(0, 6).Select(_ => 1 + (20 * dice.NextUniform())).Order()];
            var epochs = new List<LadderAdaptation.Epoch>();
            for (int e = 0; e < 4; e++)
            {
                long[] tried = [.. Enumerable.Range(0, 6).Select(_ => (long)dice.NextBelow(5))];
                epochs.Add(Epoch(scales, 1 + (int)dice.NextBelow(9), tried, [.. tried.Select(_ => dice.NextBelow(2) == 0 ? 0 : dice.NextUniform())]));
                scales = LadderAdaptation.Adapt(epochs);
                scales[0].ShouldBe(1);
                scales.Zip(scales.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second);
            }
        }
    }

    /// <summary>An epoch by the mean rejection of every pair.</summary>
    private static LadderAdaptation.Epoch Epoch(double[] scales, int rounds, long[] tried, double[] rates) =>
        new(scales, rounds, tried, [.. tried.Zip(rates, (n, rate) => n * rate)]);
}
