using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Search;

/// <summary>
/// A stretch of traditional swap Monte Carlo (Eq. 6 of doi:10.1038/s41467-021-25490-x): on instantaneous energies, accept with
/// min(1, exp(-ΔE/C)), C = k_B·T. A trial exchanges a uniformly drawn pair of different species or, with the configured shares,
/// displaces a uniformly drawn atom by a uniform step in a cube, or gives a uniformly drawn atom another species; all are symmetric.
/// Where the composition may vary, ΔE + ΔW stands in place of ΔE, and a swap in a structure of one species is a trial that fails.
/// </summary>
/// <remarks>
/// It begins at canonical bytes and ends at the next trial number that is divisible by the recompute interval, at the next round of
/// exchanges, at the last trial, or at the accepted trial that ends the chain: where it is cut does not depend on the schedule. Within it, energies change by
/// <see cref="LocalEnergy"/>. Stages of one trial: kind, change, decision, commit.
/// </remarks>
/// <param name="settings">The search.</param>
/// <param name="replica">The chain.</param>
/// <param name="rung">Its rung.</param>
/// <param name="rule">The rule with the one constant of that rung.</param>
/// <param name="firstRule">The rule of the first rung, by which structures are compared.</param>
/// <param name="version">Where it begins.</param>
/// <param name="firstTrial">Its first trial.</param>
/// <param name="mostTrial">The last trial that it may hold.</param>
/// <param name="acceptedBefore">Accepted trials of the chain so far.</param>
/// <param name="scoreToBeat">Lowest Σ_k F_k/C_k of the chain so far.</param>
internal sealed class TraditionalSegment(
    SearchSettings settings,
    int replica,
    int rung,
    MultiTargetRule rule,
    MultiTargetRule firstRule,
    ChainVersion version,
    long firstTrial,
    long mostTrial,
    long acceptedBefore,
    double scoreToBeat)
{
    // Far above what rounding gathers in one stretch, far below what matters to a decision.
    private const double LargestDrift = 1e-6;
    private const int TrialsBetweenLooks = 64;

    private readonly TargetSet _targets = settings.TargetSet;
    private double _lowestScore = scoreToBeat;

    /// <summary>Where it begins.</summary>
    public ChainVersion Version => version;

    /// <summary>Its first trial.</summary>
    public long FirstTrial => firstTrial;

    /// <summary>Its last trial unless the chain ends before.</summary>
    public long LastTrial
    {
        get
        {
            long interval = settings.Proposal.RecomputeEvery;
            return Math.Min(mostTrial, (((firstTrial - 1) / interval) + 1) * interval);
        }
    }

    /// <summary>
    /// The structure of lowest Σ_k F_k/C_k that the chain has stood in, by energies added up; null if none lies below the chain's
    /// lowest before. Of equal ones the first.
    /// </summary>
    public LowestState? Lowest { get; private set; }

    /// <summary>Runs it. <see cref="LocalEnergy.Structure"/> holds the structure at its end.</summary>
    /// <param name="local">Bound here to a copy of the version's structure.</param>
    /// <param name="cancel">Gives the stretch up.</param>
    /// <param name="energy">The energy at its end by adding changes up, eV.</param>
    /// <returns>The trials; null when canceled.</returns>
    public List<TrialRecord>? Run(LocalEnergy local, CancellationToken cancel, out double energy)
    {
        AtomicStructure structure = version.Structure.Clone();
        local.Bind(structure);
        energy = version.Evaluation.Energy;
        var rows = new List<TrialRecord>((int)(LastTrial - firstTrial + 1));
        var present = new double[_targets.Count];
        var trial = new double[_targets.Count];
        int[][] bySpecies = BySpecies(structure);
        int[] counts = CompositionTerm.Count(structure);
        long accepted = acceptedBefore;
        for (long t = firstTrial; t <= LastTrial; t++)
        {
            if ((t % TrialsBetweenLooks) == 0 && cancel.IsCancellationRequested)
            {
                return null;
            }

            if (Propose(local, structure, bySpecies, t) is not { } move)
            {
                rows.Add(Row(t, 0, 0, TrialOutcome.NoPair, double.NaN, default));
                continue;
            }

            _targets.Evaluate(energy, structure.SpeciesNames, counts, present);
            Recount(counts, structure, move, 1);
            _targets.Evaluate(energy + move.Change, structure.SpeciesNames, counts, trial);
            double u = RandomStreams.Uniform(settings.Seed, RandomStream.Acceptance, replica, t, 0);
            Verdict verdict = rule.Decide(present, trial, 0, u);
            long second = move.Kind switch
            {
                MoveKind.Swap => structure.Ids[move.B],
                MoveKind.Transmutation => move.B,
                _ => 0,
            };
            rows.Add(Row(t, structure.Ids[move.A], second, TrialOutcome.Unrelaxed, energy + move.Change, verdict));
            if (!verdict.Accepted)
            {
                Recount(counts, structure, move, -1);
            }
            else
            {
                Commit(local, structure, bySpecies, move);
                energy += move.Change;
                KeepIfLowest(structure, t, energy, trial);

                if (settings.Stop.Accepted is { } most && ++accepted >= most)
                {
                    break;
                }
            }
        }

        return rows;
    }

    /// <summary>Guards the local changes: their sum must be the difference of two energies in full.</summary>
    /// <exception cref="LawBrokenException">It is not.</exception>
    public static void RequireNoDrift(double added, double full, long trial)
    {
        if (!(Math.Abs(added - full) <= LargestDrift))
        {
            throw new LawBrokenException(FormattableString.Invariant(
                $"at trial {trial} the energy by local changes is {added} eV and in full {full} eV"));
        }
    }

    private void KeepIfLowest(AtomicStructure structure, long trial, double energy, ReadOnlySpan<double> objectives)
    {
        double score = firstRule.Score(objectives);
        if (score < _lowestScore)
        {
            _lowestScore = score;
            AtomicStructure copy = Lowest?.Structure ?? structure.Clone();
            copy.CopyFrom(structure);
            Lowest = new LowestState(copy, trial, energy);
        }
    }

    private static int[][] BySpecies(AtomicStructure structure) =>
    [
        .. Enumerable.Range(0, structure.SpeciesNames.Count).Select(
            s => Enumerable.Range(0, structure.Count).Where(i => structure.Species[i] == s).ToArray()),
    ];

    /// <summary>Keeps the lists of atoms by species sorted, as a list made anew would be.</summary>
    private static void Exchange(int[][] bySpecies, AtomicStructure structure, int a, int b)
    {
        // After the commit a has the species that b had.
        Replace(bySpecies[structure.Species[a]], b, a);
        Replace(bySpecies[structure.Species[b]], a, b);

        static void Replace(int[] atoms, int old, int fresh)
        {
            atoms[Array.BinarySearch(atoms, old)] = fresh;
            Array.Sort(atoms);
        }
    }

    private static void Commit(LocalEnergy local, AtomicStructure structure, int[][] bySpecies, Move move)
    {
        int before = structure.Species[move.A];
        local.Commit();
        if (move.Kind == MoveKind.Swap)
        {
            Exchange(bySpecies, structure, move.A, move.B);
        }
        else if (move.Kind == MoveKind.Transmutation)
        {
            int after = structure.Species[move.A];
            bySpecies[before] = [.. bySpecies[before].Where(atom => atom != move.A)];
            bySpecies[after] = [.. bySpecies[after].Append(move.A).Order()];
        }
    }

    /// <summary>Counts a transmutation that has not been made yet, or takes it back.</summary>
    private static void Recount(int[] counts, AtomicStructure structure, Move move, int by)
    {
        if (move.Kind == MoveKind.Transmutation)
        {
            counts[structure.Species[move.A]] -= by;
            counts[~move.B] += by;
        }
    }

    private Move? Propose(LocalEnergy local, AtomicStructure structure, int[][] bySpecies, long t)
    {
        double transmutations = settings.Proposal.TransmutationShare;
        if (TransmutationProposal.Draw(structure, transmutations, settings.Seed, RandomStream.Transmutation, replica, t) is { } one)
        {
            return new Move(MoveKind.Transmutation, one.A, one.B, local.TransmutationEnergyChange(one.A, one.NewSpecies));
        }

        // Of the trials that are no transmutations.
        double share = settings.Proposal.EffectiveDisplacementShare / (1 - transmutations);
        if (share > 0 && RandomStreams.Uniform(settings.Seed, RandomStream.MoveKind, replica, t, 0) < share)
        {
            var draws = new DrawSequence(settings.Seed, RandomStream.Displacement, replica, t);
            int atom = (int)draws.NextBelow(structure.Count);
            double step = 2 * settings.Proposal.DisplacementStep;
            Vector3 by = new(
                step * (draws.NextUniform() - 0.5), step * (draws.NextUniform() - 0.5), step * (draws.NextUniform() - 0.5));
            return new Move(MoveKind.Displacement, atom, -1, local.DisplacementEnergyChange(atom, structure.Position(atom) + by));
        }

        return DrawPair(bySpecies, t) is var (a, b) ? new Move(MoveKind.Swap, a, b, local.SwapEnergyChange(a, b)) : null;
    }

    /// <summary>A pair of species with weight N_A·N_B, then an atom of each; null where all atoms are of one species.</summary>
    private (int A, int B)? DrawPair(int[][] bySpecies, long t)
    {
        var draws = new DrawSequence(settings.Seed, RandomStream.PairChoice, replica, t);
        long total = 0;
        for (int s = 0; s < bySpecies.Length; s++)
        {
            for (int q = s + 1; q < bySpecies.Length; q++)
            {
                total += (long)bySpecies[s].Length * bySpecies[q].Length;
            }
        }

        if (total == 0)
        {
            return null;
        }

        // One number tells the pair of species and both atoms.
        long number = draws.NextBelow(total);
        for (int s = 0; s < bySpecies.Length; s++)
        {
            for (int q = s + 1; q < bySpecies.Length; q++)
            {
                long here = (long)bySpecies[s].Length * bySpecies[q].Length;
                if (number < here)
                {
                    return (bySpecies[s][number / bySpecies[q].Length], bySpecies[q][number % bySpecies[q].Length]);
                }

                number -= here;
            }
        }

        throw new InvalidOperationException("A number below the total lies in one of its parts.");
    }

    private TrialRecord Row(long t, long first, long second, TrialOutcome outcome, double energy, Verdict verdict) => new()
    {
        Trial = t,
        Version = version.Number,
        Accepted = verdict.Accepted,
        AtomA = first,
        AtomB = second,
        Outcome = outcome,
        Energy = energy,
        PressureBar = double.NaN,
        Evaluations = 0,
        Rung = rung,
        VetoedBy = verdict.VetoedBy,
        Report = TargetReport.Empty,
    };

    private enum MoveKind
    {
        Swap,
        Displacement,
        Transmutation,
    }

    /// <summary>A change that was proposed: its atoms as <see cref="AtomPair"/> has them, and ΔE in eV.</summary>
    private readonly record struct Move(MoveKind Kind, int A, int B, double Change);

    /// <summary>A structure on the way.</summary>
    /// <param name="Structure">The atoms.</param>
    /// <param name="Trial">The trial that led to it.</param>
    /// <param name="Energy">Its energy by adding changes up, eV.</param>
    public sealed record LowestState(AtomicStructure Structure, long Trial, double Energy);
}
