using Glasswright.Models.Training;

namespace Glasswright.Models.Tests.Training;

public sealed class BaggingTests
{
    [Fact]
    public void BagsHoldAsManyTrainingGlassesAsThereAreAndEveryOtherGlassOnce()
    {
        TrainingSet set = SyntheticGlass.Set(6, 2);
        string[] bags = [.. Enumerable.Range(1, 5).Select(member =>
        {
            TrainingSet bag = Bagging.Draw(set, 4, member);
            bag.Part(DataPart.Training).Count.ShouldBe(6);
            bag.Part(DataPart.Training).ShouldAllBe(glass => set.Part(DataPart.Training).Contains(glass));
            bag.Part(DataPart.Validation).ShouldBe(set.Part(DataPart.Validation));
            return Bagging.Describe(bag);
        })];
        bags.Distinct().Count().ShouldBeGreaterThan(3);
        Bagging.Describe(Bagging.Draw(set, 4, 2)).ShouldBe(bags[1]);
        Bagging.SeedOf(ulong.MaxValue, 2).ShouldBe(0UL);
    }

    /// <summary>A glass is left out of a bag with probability (1 - 1/n)ⁿ: 0.335 for six.</summary>
    [Fact]
    public void AThirdOfTheGlassesIsLeftOut()
    {
        TrainingSet set = SyntheticGlass.Set(6, 1);
        double left = Enumerable.Range(1, 300)
            .Select(member => 6 - Bagging.Draw(set, 11, member).Part(DataPart.Training).Distinct().Count())
            .Sum() / 1800.0;
        left.ShouldBe(0.335, 0.03);
    }
}
