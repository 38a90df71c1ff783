using Glasswright.Kernels.Random;

namespace Glasswright.Kernels.Tests.Random;

/// <summary>Addresses of random numbers and what is drawn from them.</summary>
public sealed class RandomStreamsTests
{
    [Fact]
    public void TheCounterIsStreamReplicaTrialDrawAndTheKeyIsTheSeed() =>
        RandomStreams.Block(0x299f31d0a4093822, RandomStream.Acceptance, 3, 77, 5)
            .ShouldBe(Philox4x32.Block(new PhiloxBlock((uint)RandomStream.Acceptance, 3, 77, 5), 0x299f31d0a4093822));

    [Fact]
    public void UniformIsTheMiddleOfOneOfTwoToThe53Cells()
    {
        PhiloxBlock block = RandomStreams.Block(9, RandomStream.Audit, 0, 1, 0);
        ulong k = (((ulong)block.W0 << 32) | block.W1) >> 11;
        RandomStreams.Uniform(9, RandomStream.Audit, 0, 1, 0).ShouldBe((k + 0.5) / 9007199254740992.0);
        RandomStreams.ToUniform(0).ShouldBe(0.5 / 9007199254740992.0);
    }

    [Fact]
    public void UniformIsNeverZeroAndNeverOne()
    {
        RandomStreams.ToUniform(0).ShouldBeGreaterThan(0.0);
        RandomStreams.ToUniform(ulong.MaxValue).ShouldBe(1.0 - (1.0 / 9007199254740992.0));
    }

    [Fact]
    public void NoTwoAddressesShareANumber()
    {
        var seen = new HashSet<PhiloxBlock>();
        long[] trials = [0, 1, 2, uint.MaxValue, 1L << 32, (1L << 32) + 1, RandomStreams.TrialLimit - 1];
        int count = 0;
        foreach (RandomStream stream in Enum.GetValues<RandomStream>())
        {
            foreach (long trial in trials)
            {
                for (int replica = 0; replica < 3; replica++)
                {
                    for (int draw = 0; draw < 3; draw++)
                    {
                        seen.Add(RandomStreams.Block(1, stream, replica, trial, draw));
                        count++;
                    }
                }
            }
        }

        seen.Count.ShouldBe(count);
    }

    [Fact]
    public void EveryStreamHasAValueOfItsOwn()
    {
        ushort[] values = [.. Enum.GetNames<RandomStream>().Select(name => (ushort)Enum.Parse<RandomStream>(name))];
        values.Distinct().Count().ShouldBe(values.Length);
    }

    [Fact]
    public void AddressesOutOfRangeAreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => RandomStreams.Uniform(1, RandomStream.Audit, -1, 0, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => RandomStreams.Uniform(1, RandomStream.Audit, 0, -1, 0));
        Should.Throw<ArgumentOutOfRangeException>(
            () => RandomStreams.Uniform(1, RandomStream.Audit, 0, RandomStreams.TrialLimit, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => RandomStreams.Uniform(1, RandomStream.Audit, 0, 0, 1L << 32));
    }

    [Fact]
    public void ASequenceReadsTheNumbersOfItsAddress()
    {
        DrawSequence draws = RandomStreams.Draws(5, RandomStream.PairChoice, 2, 10);
        for (int draw = 0; draw < 20; draw++)
        {
            draws.NextUniform().ShouldBe(RandomStreams.Uniform(5, RandomStream.PairChoice, 2, 10, draw));
        }
    }

    [Fact]
    public void IntegersBelowNAreEvenlySpread()
    {
        DrawSequence draws = RandomStreams.Draws(1, RandomStream.SelfTest, 0, 0);
        int[] counts = new int[7];
        const int Number = 70_000;
        for (int i = 0; i < Number; i++)
        {
            counts[draws.NextBelow(7)]++;
        }

        // χ² of 6 degrees of freedom exceeds 33 once in 10⁵.
        counts.Sum(count => Math.Pow(count - (Number / 7.0), 2) / (Number / 7.0)).ShouldBeLessThan(33.0);
    }

    [Fact]
    public void IntegersBelowALargeNAreNotBiased()
    {
        // Below 3·2⁶¹ a plain remainder of 64 bits would hit the lowest third three times in eight.
        DrawSequence draws = RandomStreams.Draws(2, RandomStream.SelfTest, 0, 0);
        const long Range = 3L << 61;
        int low = 0;
        for (int i = 0; i < 30_000; i++)
        {
            low += draws.NextBelow(Range) < Range / 3 ? 1 : 0;
        }

        ((double)low).ShouldBeInRange(10_000 - (5 * 82), 10_000 + (5 * 82));
        draws.NextDraw.ShouldBeGreaterThan(30_000);
        Should.Throw<ArgumentOutOfRangeException>(() => RandomStreams.Draws(1, RandomStream.SelfTest, 0, 0).NextBelow(0));
    }

    [Fact]
    public void NormalDeviatesHaveTheMomentsOfTheNormalDistribution()
    {
        DrawSequence draws = RandomStreams.Draws(3, RandomStream.SelfTest, 0, 0);
        const int Number = 200_000;
        double[] moments = new double[5];
        int within = 0;
        for (int i = 0; i < Number; i++)
        {
            double z = draws.NextNormal();
            within += Math.Abs(z) < 1.0 ? 1 : 0;
            double power = 1.0;
            for (int m = 1; m <= 4; m++)
            {
                power *= z;
                moments[m] += power / Number;
            }
        }

        // Five standard errors: 1/√N, √2/√N, √15/√N, √96/√N; P(|z| < 1) = 0.6826895.
        double error = 5.0 / Math.Sqrt(Number);
        moments[1].ShouldBe(0.0, error);
        moments[2].ShouldBe(1.0, error * Math.Sqrt(2));
        moments[3].ShouldBe(0.0, error * Math.Sqrt(15));
        moments[4].ShouldBe(3.0, error * Math.Sqrt(96));
        (within / (double)Number).ShouldBe(0.6826895, error * 0.47);
        (draws.NextDraw / (double)Number).ShouldBe(4.0 / Math.PI, 0.01);
    }

    [Fact]
    public void ShufflesKeepEveryItemAndReachEveryOrder()
    {
        var orders = new Dictionary<string, int>();
        for (int trial = 0; trial < 12_000; trial++)
        {
            char[] items = ['a', 'b', 'c'];
            DrawSequence draws = RandomStreams.Draws(4, RandomStream.Shuffling, 0, trial);
            draws.Shuffle<char>(items);
            string order = new(items);
            orders[order] = orders.GetValueOrDefault(order) + 1;
        }

        orders.Count.ShouldBe(6);
        orders.Values.ShouldAllBe(count => count > 1_750 && count < 2_250);
    }
}
