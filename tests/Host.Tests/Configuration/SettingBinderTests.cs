using Glasswright.Host.Configuration.Binding;
using Glasswright.Host.Configuration.Hocon;
using Glasswright.Kernels;

namespace Glasswright.Host.Tests.Configuration;

/// <summary>Values of every type a setting may have; sections "Automatic type conversions" to "Size in bytes format".</summary>
public sealed class SettingBinderTests
{
    internal sealed record Sample
    {
        public bool Flag { get; init; }

        public TimeSpan Time { get; init; }

        [Size]
        public long Bytes { get; init; }

        public string? Text { get; init; }

        public IReadOnlyList<int> List { get; init; } = [];
    }

    private const string Defaults = "flag = off, time = 0, bytes = 0, text = null, list = []\n";

    [Theory]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("on", true)]
    [InlineData("\"on\"", true)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    [InlineData("off", false)]
    public void SixWordsAreBooleans(string text, bool value) => Bind($"flag = {text}").Flag.ShouldBe(value);

    [Theory]
    [InlineData("1500", 1500)]
    [InlineData("\"1500\"", 1500)]
    [InlineData("2 s", 2000)]
    [InlineData("2s", 2000)]
    [InlineData("0.5 seconds", 500)]
    [InlineData("1 second", 1000)]
    [InlineData("10ms", 10)]
    [InlineData("10 millis", 10)]
    [InlineData("3 milliseconds", 3)]
    [InlineData("5000 us", 5)]
    [InlineData("5000 micros", 5)]
    [InlineData("2000000 ns", 2)]
    [InlineData("2000000 nanoseconds", 2)]
    [InlineData("2 m", 120_000)]
    [InlineData("2 minutes", 120_000)]
    [InlineData("1 h", 3_600_000)]
    [InlineData("1 hour", 3_600_000)]
    [InlineData("1 d", 86_400_000)]
    [InlineData("2 days", 172_800_000)]
    [InlineData("1e3 ms", 1000)]
    public void ADurationIsANumberWithAUnitOrInMilliseconds(string text, double milliseconds) =>
        Bind($"time = {text}").Time.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("2 S")]
    [InlineData("s")]
    [InlineData("2 s 3")]
    [InlineData("1e30 d")]
    [InlineData("10 ns")]
    public void WhatIsNoDurationIsAnError(string text) =>
        Should.Throw<InputException>(() => Bind($"time = {text}")).Problem.ShouldBe("time has a value it cannot have");

    [Theory]
    [InlineData("512", 512)]
    [InlineData("512 B", 512)]
    [InlineData("2 bytes", 2)]
    [InlineData("1 kB", 1000)]
    [InlineData("1 kilobyte", 1000)]
    [InlineData("128K", 131_072)]
    [InlineData("128k", 131_072)]
    [InlineData("1 KiB", 1024)]
    [InlineData("1 kibibyte", 1024)]
    [InlineData("3 MB", 3_000_000)]
    [InlineData("3 MiB", 3_145_728)]
    [InlineData("1.5 GiB", 1_610_612_736)]
    [InlineData("2 G", 2_147_483_648)]
    [InlineData("1 TB", 1_000_000_000_000)]
    [InlineData("7 EiB", 8_070_450_532_247_928_832)]
    public void ASizeIsANumberWithAUnitOrInBytes(string text, long bytes) => Bind($"bytes = {text}").Bytes.ShouldBe(bytes);

    [Theory]
    [InlineData("1 ZiB")]
    [InlineData("-1")]
    [InlineData("1 KB")]
    public void WhatIsNoSizeIsAnError(string text) =>
        Should.Throw<InputException>(() => Bind($"bytes = {text}")).Problem.ShouldBe("bytes has a value it cannot have");

    [Theory]
    [InlineData("1e5", "1e5")]
    [InlineData("true", "true")]
    [InlineData("a b", "a b")]
    public void NumbersAndBooleansBecomeTextAsTheyAreSpelled(string text, string value) => Bind($"text = {text}").Text.ShouldBe(value);

    [Fact]
    public void AnObjectWithNumbersForKeysBecomesAList() => Bind("list.2 = 30, list.0 = 10, list.1 = 2e1").List.ShouldBe([10, 20, 30]);

    [Theory]
    [InlineData("text = [a]")]
    [InlineData("text = { a = 1 }")]
    [InlineData("list = 1")]
    [InlineData("list = [[1]]")]
    [InlineData("list = [2147483648]")]
    [InlineData("list = { a = 1 }")]
    [InlineData("flag = null")]
    public void NothingElseIsConverted(string text) =>
        Should.Throw<InputException>(() => Bind(text)).Problem.ShouldEndWith("has a value it cannot have");

    [Theory]
    [InlineData("90061 s")]
    [InlineData("100 ns")]
    [InlineData("1500 us")]
    [InlineData("36 h")]
    [InlineData("0 ns")]
    public void ADurationIsWrittenSoThatItReadsBack(string text)
    {
        Units.TryDuration(text, out TimeSpan duration).ShouldBeTrue();
        Units.TryDuration(Units.Render(duration), out TimeSpan again).ShouldBeTrue();
        again.ShouldBe(duration);
    }

    private static Sample Bind(string text) =>
        new SettingBinder(null, "/").Bind<Sample>((ConfigObject)HoconReader.ReadText(Defaults + text), []);
}
