using Glasswright.Kernels.Formats;

namespace Glasswright.Kernels.Tests.Formats;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("trails", "trials")]
    [InlineData("TRIALS", "trials")]
    [InlineData("sampler", "samplers")]
    [InlineData("potentail", "potential")]
    [InlineData("zr", "Zr")]
    [InlineData("Cuu", "Cu")]
    public void MisspelledNameFindsTheMeantOne(string typed, string meant) =>
        NearestName.Find(typed, ["trials", "samplers", "potential", "Zr", "Cu"]).ShouldBe(meant);

    [Theory]
    [InlineData("temperature")]
    [InlineData("x")]
    [InlineData("")]
    public void NameFarFromAllFindsNone(string typed) =>
        NearestName.Find(typed, ["trials", "samplers", "potential", "Q"]).ShouldBeNull();

    [Fact]
    public void FirstOfEquallyNearNamesWins() => NearestName.Find("cat", ["bat", "rat"]).ShouldBe("bat");

    [Fact]
    public void NoCandidatesFindNone() => NearestName.Find("cat", []).ShouldBeNull();

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("ca", "abc", 3)]
    [InlineData("abc", "", 3)]
    public void DistancesAreThoseOfOptimalStringAlignment(string a, string b, int distance)
    {
        NearestName.Distance(a, b).ShouldBe(distance);
        NearestName.Distance(b, a).ShouldBe(distance);
    }
}
