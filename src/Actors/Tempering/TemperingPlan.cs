using Glasswright.Actors.Search;

namespace Glasswright.Actors.Tempering;

/// <summary>
/// Who may exchange with whom and when: a function of the settings alone. Replica r stands in ladder ⌊r/R⌋ and begins on rung
/// r mod R. Round m follows trial m·every of both replicas of a pair. Pairs alternate deterministically between (0,1), (2,3), … in
/// odd rounds and (1,2), (3,4), … in even ones, which makes the walk of a replica over the rungs non-reversible (DEO).
/// </summary>
/// <remarks>
/// Syed, Bouchard-Côté, Deligiannidis and Doucet, J. R. Stat. Soc. B 84, 321 (2022), doi:10.1111/rssb.12464. A round that would follow
/// the last trial is not held: no trial would be decided by it.
/// </remarks>
internal sealed class TemperingPlan
{
    private readonly long _trials;
    private readonly HashSet<int> _adaptations = [];

    /// <summary>The plan of a search.</summary>
    public TemperingPlan(TemperingSettings settings, int replicas, long trials)
    {
        _trials = trials;
        Rungs = settings.Scales.Count;
        Ladders = replicas / Rungs;
        Every = settings.Every;
        WarmUpRounds = Rungs > 1 ? settings.WarmUpRounds : 0;

        // Epochs of doubling length: each is judged by what the ladder before it taught, and the last and longest weighs most.
        for (int round = WarmUpRounds; round > 0; round /= 2)
        {
            _adaptations.Add(round);
        }
    }

    /// <summary>R, the rungs of a ladder.</summary>
    public int Rungs { get; }

    /// <summary>Number of ladders.</summary>
    public int Ladders { get; }

    /// <summary>Trials between two rounds.</summary>
    public int Every { get; }

    /// <summary>The last round after which the scales may change.</summary>
    public int WarmUpRounds { get; }

    /// <summary>Whether anything is ever exchanged.</summary>
    public bool Exchanges => Rungs > 1;

    /// <summary>Rounds that are held.</summary>
    public int Rounds => Exchanges ? checked((int)((_trials - 1) / Every)) : 0;

    /// <summary>The ladder of a replica.</summary>
    public int LadderOf(int replica) => replica / Rungs;

    /// <summary>The rung that a replica begins on.</summary>
    public int FirstRung(int replica) => replica % Rungs;

    /// <summary>The round that a chain has reached when this is its next trial; null between rounds.</summary>
    public int? RoundBefore(long nextTrial) =>
        Exchanges && nextTrial > 1 && nextTrial <= _trials && (nextTrial - 1) % Every == 0
            ? checked((int)((nextTrial - 1) / Every))
            : null;

    /// <summary>The next trial of a chain that has reached a round.</summary>
    public long TrialAfter(int round) => ((long)round * Every) + 1;

    /// <summary>The last trial before the next round after <paramref name="nextTrial"/> - 1 trials, at most the last trial.</summary>
    public long LastTrialBeforeRound(long nextTrial) =>
        Exchanges ? Math.Min(_trials, (((nextTrial - 1) / Every) + 1) * Every) : _trials;

    /// <summary>The lower rung of the pair that a rung belongs to in a round; null where it has no partner.</summary>
    public int? PairOf(int rung, int round)
    {
        int lower = (rung - FirstPair(round)) % 2 == 0 ? rung : rung - 1;
        return lower >= 0 && lower + 1 < Rungs ? lower : null;
    }

    /// <summary>The lower rungs of all pairs of a round, rising.</summary>
    public IEnumerable<int> Pairs(int round)
    {
        for (int pair = FirstPair(round); pair + 1 < Rungs; pair += 2)
        {
            yield return pair;
        }
    }

    /// <summary>Whether the scales change after this round: the warm-up's last, and those at half, a quarter, … of it.</summary>
    public bool AdaptsAfter(int round) => _adaptations.Contains(round);

    private static int FirstPair(int round) => (round + 1) % 2;
}
