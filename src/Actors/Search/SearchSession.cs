using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Telemetry;
using Glasswright.Kernels;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Search;

/// <summary>What a search is made of.</summary>
internal sealed record SearchParts
{
    /// <summary>The settings.</summary>
    public required SearchSettings Settings { get; init; }

    /// <summary>The structure, as read.</summary>
    public required AtomicStructure Start { get; init; }

    /// <summary>Makes one evaluator for each sampler, on the sampler's own thread.</summary>
    public required Func<ITrialEvaluator> MakeEvaluator { get; init; }

    /// <summary>The store.</summary>
    public required IRunStore Store { get; init; }

    /// <summary>The run folder; null for a run that leaves no files.</summary>
    public RunFolder? Folder { get; init; }

    /// <summary>What identifies the run, by <see cref="RunIdentity"/>.</summary>
    public required RunRecord Record { get; init; }

    /// <summary>What this process takes part with where others may work on the run too; null for the one that holds the run's folder.</summary>
    public SharedStore? Shared { get; init; }

    /// <summary>What validates accepted structures meanwhile; null for nothing. Needs a folder.</summary>
    public Validation.ValidationParts? Validation { get; init; }

    /// <summary>What the model is fine-tuned with meanwhile; needed where the settings learn.</summary>
    public LearningParts? Learning { get; init; }

    /// <summary>What is measured; null for nothing.</summary>
    public RunTelemetry? Telemetry { get; init; }

    /// <summary>Where samplers wait while the user wants it; null for never.</summary>
    public PauseGate? Gate { get; init; }

    /// <summary>Told of what goes wrong and does not end the run.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Whether a run of other numerics is forked and gone on with; else it is refused.</summary>
    public bool AcceptNewNumerics { get; init; }

    /// <summary>The input files.</summary>
    public IReadOnlyList<RunInput> Inputs { get; init; } = [];

    /// <summary>What else <c>run.json</c> should say: release, commit, command, host.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();
}

/// <summary>A process among others that work on a store.</summary>
/// <param name="Nodes">All of them.</param>
/// <param name="Node">This one; its lease is kept elsewhere.</param>
/// <param name="Listen">Begins to call whenever something in the store may have changed, until it is disposed.</param>
internal sealed record SharedStore(NodeRegistry Nodes, NodeRecord Node, Func<Action, IDisposable> Listen);

/// <summary>
/// One process's part of a run: a new one, or one that goes on from what the store has. The only way in for callers.
/// </summary>
internal sealed class SearchSession
{
    private readonly SearchParts _parts;
    private readonly SearchSettings _settings;

    /// <summary>Checks the settings; nothing is written yet.</summary>
    /// <exception cref="InputException">The settings cannot be used.</exception>
    public SearchSession(SearchParts parts)
    {
        _parts = parts;
        _settings = parts.Settings.Validated();
    }

    private bool VariesComposition => _settings.Composition is not null;

    /// <summary>
    /// Runs to the end, or until <paramref name="stop"/>: then everything decided is written, and the outcome is
    /// <see cref="SearchOutcome.Stopped"/>. The files of the answer are complete when this returns.
    /// </summary>
    /// <exception cref="InputException">
    /// The run in the store is another one or of other numerics; an input cannot be used. A new run whose constants are not
    /// fixed by then has no answer yet, and the same inputs would fail again: it is taken back, its folder goes with its release.
    /// </exception>
    public async Task<SearchResult> RunAsync(IProgress<SearchProgress>? progress, CancellationToken stop)
    {
        try
        {
            return await RunToEndAsync(progress, stop).ConfigureAwait(false);
        }
        catch (InputException)
        {
            if (_parts.Store.ReadRun() is null || _parts.Store.ReadCalibration() is null)
            {
                _parts.Folder?.Discard();
            }

            throw;
        }
    }

    /// <summary>Makes the run's files from what the store has; runs nothing.</summary>
    /// <exception cref="InputException">The run has no chains yet.</exception>
    public SearchResult Export()
    {
        RunFolder folder = _parts.Folder ?? throw new InvalidOperationException("An export needs a folder.");
        IReadOnlyList<ChainPosition> positions = _parts.Store.ReadPositions();
        if (positions.Count == 0)
        {
            throw new InputException("the run has no trials yet", _parts.Record.Run, expected: "a run whose constants are fixed");
        }

        folder.WriteConfiguration(_parts.Record.Configuration);
        LearningFiles.Write(folder.Path, _parts.Store);
        foreach (ChainPosition position in positions)
        {
            folder.OpenChain(position.Replica, _parts.Store, VariesComposition, position);
        }

        SearchOutcome outcome = positions.All(position => position.Ended) ? SearchOutcome.Finished : SearchOutcome.Stopped;
        return Write(new CoordinatorReport(outcome, null, null, default), TimeSpan.Zero);
    }

    private async Task<SearchResult> RunToEndAsync(IProgress<SearchProgress>? progress, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        RunTelemetry telemetry = _parts.Telemetry ?? RunTelemetry.Silent;
        using Activity? activity = telemetry.StartRun(_settings);
        OpenRun();
        IOwnership ownership = _parts.Shared is { } shared
            ? new SharedOwnership(_parts.Store, _parts.Record.Run, shared.Nodes, shared.Node)
            : TakeAll();
        long entry = _parts.Store.Enter();
        _parts.Folder?.WriteDocument(RunDocument.Describe(_parts, "running"));

        // Where others write too, the files follow the store; else the owner of each chain writes them as it goes.
        using RunProjector? projector = _parts is { Shared: not null, Folder: { } followed }
            ? new RunProjector(followed, _parts.Store, VariesComposition, _parts.Warn)
            : null;
        Func<int, IChainProjection>? files = _parts is { Shared: null, Folder: { } folder }
            ? replica => folder.OpenChain(replica, _parts.Store, VariesComposition)
            : null;
        Action? decided = _parts is { Learning: not null, Folder: { } learned } ? () => LearningFiles.Write(learned.Path, _parts.Store) : null;
        decided?.Invoke();
        var coordinator = new Coordinator(new CoordinatorParts(
            _settings, _parts.Start, _parts.Store, ownership, entry, MakeEvaluators(), files, progress, _parts.Learning, decided, telemetry, _parts.Gate));
        coordinator.Begin();
        using Validation.Validator? validator = _parts is { Validation: { } validation, Folder: { } validated }
            ? new Validation.Validator(validation, _parts.Store, validated, () => coordinator.Tell(new Messages.StopSearch()), _parts.Warn, telemetry)
            : null;
        CoordinatorReport report;
        using (_parts.Shared?.Listen(coordinator.Wake))
        using (stop.Register(() => coordinator.Tell(new Messages.StopSearch())))
        {
            report = await coordinator.Report.ConfigureAwait(false);
        }

        Leave(report);
        activity?.SetTag("glasswright.outcome", report.Outcome.ToString().ToLowerInvariant());
        if (report.Outcome == SearchOutcome.Failed)
        {
            activity?.SetStatus(ActivityStatusCode.Error, report.Error!.Message);
            _parts.Folder?.WriteDocument(RunDocument.Describe(_parts, "failed"));
            ExceptionDispatchInfo.Throw(report.Error!);
        }

        // The chains have ended; a stop leaves what is due to a resume.
        if (validator is not null && report.Outcome == SearchOutcome.Finished)
        {
            await validator.FinishAsync(stop).ConfigureAwait(false);
        }

        decided?.Invoke();
        projector?.Complete();
        return Write(report, Stopwatch.GetElapsedTime(began));
    }

    private SearchResult Write(CoordinatorReport report, TimeSpan elapsed)
    {
        SearchResult result = Summarize(report, elapsed);
        if (_parts.Folder is { } run)
        {
            if (result.Calibration is { } calibration)
            {
                run.WriteExchanges(_parts.Store);
                run.WriteStructures(
                    _parts.Store, _settings.Replicas, new MultiTargetRule(_settings.TargetSet, [.. calibration.Constants]));
            }

            run.WriteDocument(RunDocument.Describe(_parts, result.Outcome.ToString().ToLowerInvariant(), result));
        }

        return result;
    }

    /// <summary>Evaluators by generation. Generation 0 is what the run was given, whether or not it learns.</summary>
    private Func<int, ITrialEvaluator> MakeEvaluators()
    {
        if (_parts.Learning is not { } learning)
        {
            return _ => _parts.MakeEvaluator();
        }

        var generations = new Generations(_parts.Store, learning);
        return generation => generation == 0 ? _parts.MakeEvaluator() : generations.MakeEvaluator(generation);
    }

    private SoleOwnership TakeAll()
    {
        string node = $"{Environment.MachineName}:{Environment.ProcessId}";
        return new SoleOwnership(node, _parts.Store.TakeOver(node));
    }

    /// <summary>Says how the run ended, and gives back what this process has of it.</summary>
    private void Leave(CoordinatorReport report)
    {
        if (report.Outcome == SearchOutcome.Finished)
        {
            _parts.Store.WriteState(RunState.Finished);
        }
        else if (_parts.Shared is not null && report.Error is InputException && _parts.Store.ReadCalibration() is null)
        {
            // It cannot be opened anywhere. Of a broken law only this node is suspect: it stops, and the run goes on without it.
            _parts.Store.WriteState(RunState.Failed);
        }

        if (_parts.Shared is { } shared)
        {
            _parts.Store.Release(shared.Node.Id);
            shared.Nodes.WorkOn(shared.Node.Id, null);
        }
    }

    private void OpenRun()
    {
        if (_parts.Folder is { } folder)
        {
            folder.WriteConfiguration(_parts.Record.Configuration);
        }

        if (_parts.Store.ReadRun() is not { } present)
        {
            _parts.Store.CreateRun(_parts.Record, _parts.Inputs);
            return;
        }

        if (present.Run != _parts.Record.Run)
        {
            throw new InputException(
                "the store holds another run", _parts.Folder?.Path, expected: present.Run, found: _parts.Record.Run);
        }

        if (present.Numerics != _parts.Record.Numerics)
        {
            Fork(present.Numerics);
        }
    }

    /// <summary>The state of a chain is exact under any numerics; only what is computed from it from now on has other bits.</summary>
    private void Fork(string present)
    {
        if (!_parts.AcceptNewNumerics)
        {
            throw new InputException(
                "the run was computed with other numerics and would not go on with the same bits; --accept-new-numerics forks it",
                _parts.Folder?.Path,
                expected: present,
                found: _parts.Record.Numerics);
        }

        if (_parts.Store.ReadCalibration() is null)
        {
            throw new InputException(
                "the run has no trials yet that could go on with other numerics", _parts.Folder?.Path, expected: "a new run with search CONFIG");
        }

        _parts.Store.ForkNumerics(_parts.Record.Numerics);
    }

    private SearchResult Summarize(CoordinatorReport report, TimeSpan elapsed)
    {
        long trials = 0, accepted = 0, evaluations = 0;
        ScreeningTotals screening = default;
        for (int r = 0; r < _settings.Replicas; r++)
        {
            ChainTotals totals = _parts.Store.ReadTotals(r);
            trials += totals.Trials;
            accepted += totals.Accepted;
            evaluations += totals.Evaluations;
            screening += totals.Screening;
        }

        // Both by the present model, where it changed.
        StoredVersion? start = _parts.Store.ReadRenewed(0, 0);
        StoredVersion? end = _parts.Store.ReadChain(0)?.Structure;
        TargetSet targets = _settings.TargetSet;
        var diagnostics = RunDiagnostics.Of(_settings, _parts.Store);
        return new SearchResult
        {
            Run = _parts.Record.Run,
            Outcome = report.Outcome,
            Trials = trials,
            Accepted = accepted,
            Evaluations = evaluations,
            Spent = report.Spent.Cost,
            TargetsStart = Figures(start),
            TargetsEnd = Figures(end),
            Calibration = _parts.Store.ReadCalibration(),
            Screening = ScreeningResult.Of(_settings.Screening.Mode, accepted, screening),
            Tempering = diagnostics.Tempering,
            Convergence = diagnostics.Convergence,
            TargetNames = [.. Enumerable.Range(0, targets.Count).Select(k => targets[k].Name)],
            RepeatShare = report.Spent.RepeatShare,
            EffectiveAtoms = EffectiveAtoms(end),
            Elapsed = elapsed,
        };
    }

    private List<(string Species, double Atoms)> EffectiveAtoms(StoredVersion? version)
    {
        if (version is null)
        {
            return [];
        }

        AtomicStructure structure = CanonicalStructure.Decode(version.Bytes);
        var proposal = new SwapProposal(structure, version.Evaluation.Values, _settings.Proposal.BiasExponent);
        return [.. structure.SpeciesNames.Zip(proposal.EffectiveAtoms)];
    }

    private List<(string Name, double Value)> Figures(StoredVersion? version) => version is null
        ? []
        :
        [
            ("energy_eV", version.Evaluation.Energy),
            ("pressure_bar", version.Evaluation.PressureBar),
            .. TargetReport.NamesWith(_settings.Decider.PropertyNames).Zip(version.Report.ToArray()),
            .. VariesComposition ? Counts(CanonicalStructure.Decode(version.Bytes)) : [],
        ];

    private static IEnumerable<(string Name, double Value)> Counts(AtomicStructure structure) =>
        structure.SpeciesNames.Zip(CompositionTerm.Count(structure), (name, count) => ("n_" + name, (double)count));
}
