using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Formats;

/// <summary>Made-up structures with awkward numbers, a function of the seed.</summary>
internal static class RandomFrames
{
    private static readonly double[] Awkward =
        [0.0, -0.0, double.Epsilon, -double.Epsilon, 0.1, 1.0 / 3, -1e-300, 5e-324, 123456789.123456789, -9.999999999999999e22, 1e21, 2.2250738585072014e-308];

    public static StructureFrame Create(int seed, bool restricted, bool origin)
    {
        System.Random random = new(seed);
        int count = random.Next(1, 40);
        string[] species = [.. ((string[])["Al", "Cu", "Zr"]).Take(random.Next(1, 4))];
        AtomicStructure structure = new(count, CreateCell(random, restricted, origin), species);
        long id = 0;
        for (int i = 0; i < count; i++)
        {
            // Every species occurs, so that files without types give all of them back.
            structure.Species[i] = i < species.Length ? i : random.Next(species.Length);
            structure.Ids[i] = id += random.Next(1, 1000);
            structure.SetPosition(i, new Vector3(Value(random), Value(random), Value(random)));
        }

        if (count < species.Length)
        {
            return Create(seed + 1, restricted, origin);
        }

        random.Shuffle(structure.Ids);
        return new StructureFrame(structure);
    }

    public static double[] Column(int seed, int count)
    {
        System.Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Value(random))];
    }

    public static void ShouldBeTheSameAtoms(AtomicStructure read, AtomicStructure written)
    {
        read.Count.ShouldBe(written.Count);
        Bits(read.Coordinates).SequenceEqual(Bits(written.Coordinates)).ShouldBeTrue("coordinates differ");
        read.Ids.SequenceEqual(written.Ids).ShouldBeTrue("ids differ");
        read.Species.Select(i => read.SpeciesNames[i]).SequenceEqual(written.Species.Select(i => written.SpeciesNames[i])).ShouldBeTrue("species differ");
    }

    public static long[] Bits(double[] values) => [.. values.Select(BitConverter.DoubleToInt64Bits)];

    private static Cell CreateCell(System.Random random, bool restricted, bool origin)
    {
        Matrix3 h = new(
            5 + (30 * random.NextDouble()), Tilt(), Tilt(),
            restricted ? 0 : Tilt(), 5 + (30 * random.NextDouble()), Tilt(),
            restricted ? 0 : Tilt(), restricted ? 0 : Tilt(), 5 + (30 * random.NextDouble()));
        return new Cell(h, origin ? new Vector3(-random.NextDouble(), -5 * random.NextDouble(), -random.NextDouble()) : default);

        double Tilt() => random.Next(4) == 0 ? 0 : random.NextDouble() - 0.5;
    }

    private static double Value(System.Random random) => random.Next(6) == 0
        ? Awkward[random.Next(Awkward.Length)]
        : (random.NextDouble() - 0.3) * Math.Pow(10, random.Next(-3, 3));
}
