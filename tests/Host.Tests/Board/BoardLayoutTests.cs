using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Host.Board;
using Glasswright.Host.Output;

namespace Glasswright.Host.Tests.Board;

/// <summary>The board of a search on screens of several sizes.</summary>
public sealed class BoardLayoutTests
{
    private const string Head = "12.3 % of 4000 trials, 5.2/s, 11 min 3 s left, 45 accepted (1.1 %)";

    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(80, 24, 1)]
    [InlineData(80, 24, 40)]
    [InlineData(80, 200, 40)]
    [InlineData(40, 24, 1)]
    [InlineData(40, 24, 40)]
    [InlineData(40, 500, 40)]
    [InlineData(12, 5, 3)]
    [InlineData(1, 1, 2)]
    [InlineData(300, 60, 40)]
    public void NothingReachesTheEdgeOfTheScreenOrBeyondItsRows(int columns, int rows, int replicas)
    {
        foreach (bool colors in (bool[])[false, true])
        {
            IReadOnlyList<PinnedLine> lines = BoardLayout.Lines(Head, Replicas(replicas), hasLadder: true, new Screen(columns, rows, colors));
            lines.Count.ShouldBeLessThanOrEqualTo(Math.Max(1, rows - 1));
            foreach (PinnedLine line in lines)
            {
                Bare(line).Length.ShouldBe(line.Width, line.Text);
                line.Width.ShouldBeLessThanOrEqualTo(Math.Max(1, columns - 1), line.Text);
            }
        }
    }

    [Fact]
    public void AReplicaOnAWideScreenTellsAllThatThereIs()
    {
        string[] lines = Text(80, 24, 1);
        lines.ShouldBe(
        [
            Head,
            "replica 0  rung 0  250/1000 trials  2.5/s  4.0 % accepted  5 min 0 s left",
            "  max        6.0000 ▁▁▁▁▁███████████  mean      -1.5000 ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁",
            "  q0.90      7.0000 ▁▁▁▁▁███████████  energy   -3120.25 █████▁▁▁▁▁▁▁▁▁▁▁",
        ]);
    }

    [Fact]
    public void AReplicaOnANarrowScreenTellsTheSameOnMoreLines()
    {
        string[] lines = Text(40, 24, 1);
        string all = string.Join('\n', lines);
        foreach (string part in (string[])["replica 0", "rung 0", "250/1000 trials", "2.5/s", "4.0 % accepted", "5 min 0 s left", "max", "6.0000", "mean", "-1.5000", "q0.90", "energy", "-3120.25"])
        {
            all.ShouldContain(part);
        }

        lines.Length.ShouldBe(7, all);
    }

    [Fact]
    public void ManyReplicasHaveALineEachAndTheRestIsCounted()
    {
        string[] lines = Text(80, 24, 40);
        lines.Length.ShouldBe(23);
        lines[1].TrimEnd().ShouldBe("replica  rung    trials   rate  accepted       left     max");
        lines[2].ShouldStartWith("      0     0  250/1000  2.5/s     4.0 %  5 min 0 s  6.0000  ▁", Case.Sensitive, string.Join('\n', lines));
        lines[^1].ShouldBe("and 20 more replicas");

        string[] narrow = Text(40, 60, 40);
        narrow.Length.ShouldBe(42);
        narrow[^1].ShouldStartWith("     39     1  250/1000");
    }

    [Fact]
    public void BeforeThereAreChainsThereIsOneLine() =>
        BoardLayout.Lines(Head, [], hasLadder: false, new Screen(80, 24)).Single().Text.ShouldBe(Head);

    [Fact]
    public void OnlyAScreenWithColorsGetsEscapes()
    {
        foreach (int replicas in (int[])[1, 40])
        {
            string.Concat(BoardLayout.Lines(Head, Replicas(replicas), hasLadder: true, new Screen(80, 24)).Select(line => line.Text)).ShouldNotContain('\u001b');
            string.Concat(BoardLayout.Lines(Head, Replicas(replicas), hasLadder: true, new Screen(80, 24, HasColors: true)).Select(line => line.Text)).ShouldContain('\u001b');
        }
    }

    [Fact]
    public void AScreenWithoutBlocksGetsPlainCharacters() =>
        string.Concat(BoardLayout.Lines(Head, Replicas(1), hasLadder: true, new Screen(80, 24, HasBlocks: false)).Select(line => line.Text)).All(char.IsAscii).ShouldBeTrue();

    [Fact]
    public void TrialsOfAnEarlierProcessGiveNoRate()
    {
        var track = new ReplicaTrack(0, Targets, 1000, Progress(500, 9, [5, 1, 6, -3000]), _time);
        _time.Advance(TimeSpan.FromSeconds(10));
        track.Rate.ShouldBe(double.NaN);
        track.Left.ShouldBeNull();
        track.Add(Progress(520, 9, [5, 1, 6, -3000]));
        track.Rate.ShouldBe(2);
        track.Left.ShouldBe(TimeSpan.FromSeconds(240));
        track.Acceptance.ShouldBe(9.0 / 520);
    }

    [Fact]
    public void ATargetIsBetterWhereItWasDriven()
    {
        TargetTrack lowered = new(Target.Mean()), raised = new(Target.Mean(direction: TargetDirection.Raise)), toward = new(Target.Mean(direction: TargetDirection.Toward, goal: 3));
        foreach (TargetTrack track in (TargetTrack[])[lowered, raised, toward])
        {
            track.Value.ShouldBe("-");
            track.Add(0, 2);
            track.IsBetter.ShouldBeNull();
            track.Add(5, 1);
            track.IsBetter.ShouldBe(true);
            track.Add(6, 2.5);
            track.IsBetter.ShouldBe(false);
        }

        lowered.Value.ShouldBe("2.5000");
        raised.Value.ShouldBe("-2.5000");
        (toward.Name, toward.Value).ShouldBe(("|mean-3|", "2.5000"));
    }

    private static TargetSet Targets { get; } = new([Target.Maximum(), Target.Mean(direction: TargetDirection.Raise), Target.Quantile(0.9), Target.Energy()]);

    private static string Bare(PinnedLine line) => line.Text.Contains('\u001b', StringComparison.Ordinal)
        ? System.Text.RegularExpressions.Regex.Replace(line.Text, "\u001b\\[[0-9;]*m", "")
        : line.Text;

    private static ChainProgress Progress(long trials, long accepted, double[] objectives, int rung = 0) =>
        new(trials, accepted, 0, accepted, 0, 0, TargetReport.Empty, rung, 0) { Objectives = objectives };

    private string[] Text(int columns, int rows, int replicas) =>
        [.. BoardLayout.Lines(Head, Replicas(replicas), hasLadder: true, new Screen(columns, rows)).Select(line => line.Text.TrimEnd())];

    private ReplicaTrack[] Replicas(int count)
    {
        ReplicaTrack[] tracks = [.. Enumerable.Range(0, count).Select(r => new ReplicaTrack(r, Targets, 1000, Progress(0, 0, [5, 1.5, 6, -3000], r % 2), _time))];
        _time.Advance(TimeSpan.FromSeconds(100));
        foreach (ReplicaTrack track in tracks)
        {
            track.Add(Progress(80, 9, [6, 1.5, 7, -3120.25], track.Rung));
            track.Add(Progress(250, 10, [6, 1.5, 7, -3120.25], track.Rung));
        }

        return tracks;
    }
}
