using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Search;

/// <summary>
/// A landscape whose numbers are hashes of the configuration (which species sits on which site): small enough to enumerate,
/// rugged, and with everything a real trial has: positions that move, atoms that leave the cell, relaxations that fail,
/// evaluations that differ, cancellation. One instance per sampler.
/// </summary>
internal sealed class ToyLandscape(ToyLandscape.Options options) : ITrialEvaluator
{
    private readonly double[] _values = new double[options.Atoms];
    private readonly double[] _properties = new double[options.Properties * options.Atoms];
    private int _calls;

    public AtomicStructure Relaxed { get; private set; } = Start(options);

    public ReadOnlySpan<double> RelaxedValues => _values;

    public ReadOnlySpan<double> RelaxedProperties => _properties;

    public LocalEnergy LocalEnergy => throw new NotSupportedException("The toy has no unrelaxed moves.");

    public static AtomicStructure Start(Options options)
    {
        var structure = new AtomicStructure(options.Atoms, Cell.Orthorhombic(options.Atoms, 1, 1), ["Cu", "Zr", "Al"]);
        for (int i = 0; i < options.Atoms; i++)
        {
            structure.Species[i] = i % options.Species;
            structure.Ids[i] = 100 + i;
            structure.SetPosition(i, new Vector3(i, 0, 0));
        }

        return structure;
    }

    public static double Energy(Options options, AtomicStructure structure) =>
        options.Scale * Hash(options.Key, Configuration(structure), 0);

    public static void Values(Options options, AtomicStructure structure, Span<double> values)
    {
        long configuration = Configuration(structure);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = options.ValueScale * Hash(options.Key, configuration, 10 + i);
            if (options.Bend != 0)
            {
                values[i] += options.Bend * Hash(options.Key, configuration, 500 + i);
            }
        }
    }

    public static void Properties(Options options, AtomicStructure structure, Span<double> properties)
    {
        long configuration = Configuration(structure);
        for (int i = 0; i < properties.Length; i++)
        {
            properties[i] = options.ValueScale * Hash(options.Key, configuration, 5000 + i);
        }
    }

    public Relaxation RelaxStart(AtomicStructure start, CancellationToken cancel) => Relax(start, 0, cancel);

    public StructureEvaluation Evaluate(AtomicStructure structure, CancellationToken cancel)
    {
        var values = new double[options.Atoms];
        Values(options, structure, values);
        var energies = new double[options.Atoms];

        // Tied to the last bits of the stored positions, so that a lost bit shows.
        double energy = Energy(options, structure) + (1e-12 * FixedSum.Sum(structure.Coordinates));
        energies[0] = energy;
        var properties = new double[_properties.Length];
        Properties(options, structure, properties);
        return new StructureEvaluation(energy, 100 * energy, energies, values) { Properties = properties };
    }

    public Relaxation RelaxSwap(ChainVersion version, AtomPair pair, TrialPause? pause, CancellationToken cancel)
    {
        AtomicStructure structure = version.Structure.Clone();
        pair.Apply(structure);
        options.OnTrial?.Invoke(version, pair);
        return Relax(structure, version.Number, cancel, pause, Configuration(version.Structure));
    }

    public bool GoBack(AtomPair back, TrialPause pause, CancellationToken cancel, out int evaluations)
    {
        AtomicStructure origin = Relaxed.Clone();
        back.Apply(origin);
        evaluations = 2;
        long here = Configuration(Relaxed);
        if (!cancel.IsCancellationRequested && Pauses(Configuration(origin), here))
        {
            Pause(origin, pause, here, evaluations);
        }

        return !cancel.IsCancellationRequested;
    }

    public bool? Returns(ChainVersion version, AtomPair pair, CancellationToken cancel, out int evaluations)
    {
        evaluations = 3;
        return cancel.IsCancellationRequested
            ? null
            : Hash(options.Key, Configuration(version.Structure), (1000 * pair.A) + (pair.IsTransmutation ? 500 + pair.NewSpecies : pair.B)) > options.IrreversibleShare;
    }

    public void Dispose()
    {
    }

    private static double Hash(ulong key, long configuration, int what) =>
        RandomStreams.Uniform(key, RandomStream.SelfTest, what, configuration, 0);

    private static long Configuration(AtomicStructure structure)
    {
        long code = 0;
        foreach (int species in structure.Species)
        {
            code = (3 * code) + species;
        }

        return code;
    }

    // Now and then a relaxation has no pause.
    private bool Pauses(long configuration, long origin) => Hash(options.Key, configuration, (int)(3000 + (origin % 1000))) > 0.1;

    /// <summary>As seen on the way the numbers are others, and others again from another origin.</summary>
    private bool Pause(AtomicStructure structure, TrialPause pause, long origin, int evaluations)
    {
        long configuration = Configuration(structure);
        var values = new double[options.Atoms];
        Values(options, structure, values);
        var properties = new double[_properties.Length];
        Properties(options, structure, properties);
        for (int i = 0; i < values.Length; i++)
        {
            double error = options.EstimateError * (Hash(options.Key, configuration + (7919 * origin), 300 + i) - 0.5);
            values[i] += error;
            for (int p = i; p < properties.Length; p += values.Length)
            {
                properties[p] -= error;
            }
        }

        return pause.GoOn(structure, Energy(options, structure), values, properties, evaluations);
    }

    private Relaxation Relax(
        AtomicStructure start, long version, CancellationToken cancel, TrialPause? pause = null, long origin = 0)
    {
        long configuration = Configuration(start);
        int evaluations = 10 + (int)(50 * Hash(options.Key, configuration, 1));
        for (int evaluation = 0; evaluation < evaluations; evaluation++)
        {
            if (cancel.IsCancellationRequested)
            {
                return new Relaxation(TrialOutcome.Canceled, 0, 0, evaluation);
            }

            options.Delay?.Invoke(version, Interlocked.Increment(ref _calls));
            if (pause is not null && evaluation == evaluations / 2 && Pauses(configuration, origin) &&
                !Pause(start, pause, origin, evaluation + 1))
            {
                return new Relaxation(TrialOutcome.Screened, double.NaN, double.NaN, evaluation + 1);
            }
        }

        if (Hash(options.Key, configuration, 2) < options.FailingShare && version > 0)
        {
            return new Relaxation(TrialOutcome.EvaluationLimit, 0, 0, evaluations);
        }

        // Drifts, so that atoms leave the cell and must be wrapped by a commit.
        for (int i = 0; i < options.Atoms; i++)
        {
            Vector3 step = new(
                0.3 * (Hash(options.Key, configuration, 100 + i) - 0.2), 0.7 * Hash(options.Key, configuration, 200 + i), 0);
            start.SetPosition(i, start.Position(i) + step);
        }

        Relaxed = start;
        Values(options, start, _values);
        Properties(options, start, _properties);
        return new Relaxation(TrialOutcome.Converged, Energy(options, start), 7, evaluations);
    }

    /// <summary>What the landscape is like.</summary>
    internal sealed record Options
    {
        public int Atoms { get; init; } = 12;

        public int Species { get; init; } = 2;

        /// <summary>How many properties there are beside z.</summary>
        public int Properties { get; init; }

        public ulong Key { get; init; } = 17;

        public double Scale { get; init; } = 1;

        /// <summary>What the build that computes it calls its arithmetic, and whether a run of another is gone on with.</summary>
        public string Numerics { get; init; } = "toy";

        public bool AcceptNewNumerics { get; init; }

        public double ValueScale { get; init; } = 1;

        /// <summary>How much of a second hash z has: what a model may be right or wrong about.</summary>
        public double Bend { get; init; }

        public double FailingShare { get; init; } = 0.1;

        public double IrreversibleShare { get; init; } = 0.3;

        /// <summary>How far z as estimated at a pause may lie from z, in both directions together.</summary>
        public double EstimateError { get; init; } = 0.3;

        public Action<long, int>? Delay { get; init; }

        public Action<ChainVersion, AtomPair>? OnTrial { get; init; }
    }
}
