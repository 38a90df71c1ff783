using System.Text;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Telemetry;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;
using Glasswright.Models.Storage;

namespace Glasswright.Actors.Validation;

/// <summary>
/// Labels accepted structures by true simulation in the background: one thread below the priority of the samplers, which follows the store and
/// takes the oldest version that is due. A chain sees nothing of it but a halt. What is labeled stands in the store and in
/// <c>validation-r.csv</c>; a label that was cut off is begun anew on resume. A failure is told and ends the validation, not the search.
/// </summary>
internal sealed class Validator : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    private readonly ValidationParts _parts;
    private readonly IRunStore _store;
    private readonly RunFolder _folder;
    private readonly Action _halt;
    private readonly Action<string>? _warn;
    private readonly RunTelemetry _telemetry;
    private readonly CancellationTokenSource _cancel = new();
    private readonly ManualResetEventSlim _last = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, SortedSet<long>> _done = [];
    private readonly Thread _thread;
    private ModelEnsemble? _ensemble;
    private int _generation;

    /// <summary>Begins to follow.</summary>
    /// <param name="parts">What is validated.</param>
    /// <param name="store">What it follows.</param>
    /// <param name="folder">Where the files are.</param>
    /// <param name="halt">Halts the search after a checkpoint.</param>
    /// <param name="warn">Told of a figure beyond its limit, and of a failure.</param>
    /// <param name="telemetry">What is measured.</param>
    public Validator(ValidationParts parts, IRunStore store, RunFolder folder, Action halt, Action<string>? warn, RunTelemetry telemetry)
    {
        _telemetry = telemetry;
        _parts = parts;
        _store = store;
        _folder = folder;
        _halt = halt;
        _warn = warn;
        _thread = new Thread(Follow) { Name = "validator", IsBackground = true, Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    /// <summary>The chains have ended: labels what is due still, unless told to stop.</summary>
    public async Task FinishAsync(CancellationToken stop)
    {
        _last.Set();
        using (stop.Register(_cancel.Cancel))
        {
            await _ended.Task.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cancel.Cancel();
        _thread.Join();
        _cancel.Dispose();
        _last.Dispose();
    }

    private void Follow()
    {
        try
        {
            using IDecider truth = _parts.MakeTruth();
            while (!_cancel.IsCancellationRequested)
            {
                // Asked before the store is: what is due by then is seen.
                bool last = _last.IsSet;
                if (Next() is { } due)
                {
                    Validate(due.Replica, due.Version, truth);
                }
                else if (last)
                {
                    return;
                }
                else
                {
                    _last.Wait(Between, _cancel.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The search stops; the next process goes on.
        }
#pragma warning disable CA1031 // Told; a chain does not need its validation.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _warn?.Invoke($"the validation ends here, the search goes on: {error.Message}");
        }
        finally
        {
            _ensemble?.Dispose();
            _ended.TrySetResult();
        }
    }

    /// <summary>The due version with the lowest number; none before the run has its constants, since it may be taken back until then.</summary>
    private (int Replica, long Version)? Next()
    {
        if (_store.ReadCalibration() is null)
        {
            return null;
        }

        (int Replica, long Version)? next = null;
        foreach (ChainPosition chain in _store.ReadPositions())
        {
            SortedSet<long> done = Done(chain.Replica);
            long version = 0;
            while (done.Contains(version))
            {
                version += _parts.Every;
            }

            if (version <= chain.Version && (next is null || version < next.Value.Version))
            {
                next = (chain.Replica, version);
            }
        }

        return next;
    }

    private SortedSet<long> Done(int replica)
    {
        if (!_done.TryGetValue(replica, out SortedSet<long>? done))
        {
            _done[replica] = done = [.. _store.ReadValidations(replica).Select(record => record.Version)];
            WriteFile(replica);
        }

        return done;
    }

    private void Validate(int replica, long number, IDecider truth)
    {
        using RunTelemetry.Work work = _telemetry.StartValidation(replica, number);
        StoredVersion version = _store.ReadVersions(replica, number).First();
        AtomicStructure structure = CanonicalStructure.Decode(version.Bytes);
        var labels = new double[structure.Count];
        if (!truth.Evaluate(structure, labels, _cancel.Token))
        {
            throw new OperationCanceledException(_cancel.Token);
        }

        double[] spreads = [];
        if (EnsembleOf(version) is { } ensemble)
        {
            spreads = new double[structure.Count];
            ensemble.Predict(structure, new double[structure.Count], spreads);
        }

        var record = ValidationRecord.Of(replica, version, labels, spreads, _parts.Trained);
        if (!_parts.PredictsLabels)
        {
            record = record with { MeanPredicted = double.NaN };
        }

        // Store first, then the file, as with trials.
        _store.WriteValidation(record);
        _done[replica].Add(number);
        WriteFile(replica);
        string predicted = double.IsFinite(record.MeanPredicted) ? FormattableString.Invariant($"{record.MeanPredicted:F3} predicted, ") : "";
        _parts.Tell?.Invoke(FormattableString.Invariant(
            $"validated version {number} of chain {replica}: Pearson {record.Pearson:F3}, mean {predicted}{record.MeanTrue:F3} true"));
        if (_parts.FindBreach(record) is { } breach)
        {
            // Where the chains have ended already a halt finds nothing to stop.
            _halt();
            string consequence = _last.IsSet ? "the search had ended by then" : "the search halts; a resume goes on to the next such validation";
            _warn?.Invoke(FormattableString.Invariant($"{breach} of version {number} of chain {replica}: {consequence}"));
        }
    }

    /// <summary>The ensemble that gave a version its z; null of one model or none.</summary>
    private ModelEnsemble? EnsembleOf(StoredVersion version)
    {
        if (_parts.Models.Count < 2)
        {
            return null;
        }

        LearningRecord[] before = [.. _store.ReadLearning().Where(decision => decision.Trial < version.Trial)];
        int generation = LearningRecord.GenerationAfter(before);
        if (_ensemble is null || generation != _generation)
        {
            _ensemble?.Dispose();
            _ensemble = new ModelEnsemble(
                generation == 0 ? _parts.Models : [.. _store.ReadModels(generation).Select(model => ModelFile.Parse(model))]);
            _generation = generation;
        }

        return _ensemble;
    }

    private void WriteFile(int replica)
    {
        var text = new StringBuilder(ValidationRecord.Header).Append('\n');
        foreach (ValidationRecord record in _store.ReadValidations(replica))
        {
            text.Append(record.ToRow()).Append('\n');
        }

        string path = Path.Combine(_folder.Path, FormattableString.Invariant($"validation-{replica}.csv"));
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
