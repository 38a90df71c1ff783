using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Storage;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Analysis;

/// <summary>
/// One chain of a run, from its store: the motifs of every version, what every accepted step changed by shells, and the structures to be set side by
/// side: start, best and final. One version is held at a time.
/// </summary>
internal sealed class RunAnalysis
{
    private readonly RunStore _store;
    private readonly int _replica;
    private readonly AnalysisSettings _settings;
    private readonly List<(StoredVersion Version, double[] Figures)> _chain = [];
    private readonly List<(long Version, long Trial, double Mean, ShellChange Change)> _steps = [];

    /// <summary>A chain.</summary>
    /// <param name="store">The run.</param>
    /// <param name="run">What the user calls it.</param>
    /// <param name="replica">Which chain.</param>
    /// <param name="settings">How to analyze.</param>
    /// <exception cref="InputException">The run has no such chain.</exception>
    public RunAnalysis(RunStore store, string run, int replica, AnalysisSettings settings)
    {
        (_store, _replica, _settings) = (store, replica, settings);
        int chains = store.ReadPositions().Count;
        if (replica >= chains)
        {
            throw new InputException(
                FormattableString.Invariant($"the run has no replica {replica}"),
                run,
                expected: chains == 0 ? "a run that has begun" : FormattableString.Invariant($"--replica 0 to {chains - 1}"));
        }
    }

    /// <summary>Follows the chain and gives the structures to be compared.</summary>
    public IReadOnlyList<AnalyzedStructure> Follow(Session session)
    {
        IReadOnlyList<VersionSummary> versions = _store.ReadSummaries(_replica);
        long best = FindBest(versions), last = versions[^1].Number;
        var progress = new ProgressLine(session.Terminal);
        var analyzed = new List<AnalyzedStructure>();
        AtomicStructure? before = null;
        double[] propertyBefore = [];
        double cutoff = double.NaN;
        foreach (StoredVersion version in _store.ReadVersions(_replica, 0))
        {
            AtomicStructure structure = CanonicalStructure.Decode(version.Bytes);
            double[] values = version.Evaluation.Values;
            double[] property = values.Length > 0 ? values : version.Evaluation.AtomEnergies;
            if (version.Number == 0 || version.Number == best || version.Number == last)
            {
                string label = version.Number == 0 ? "start" : version.Number == last ? "final" : "best";
                analyzed.Add(AnalyzedStructure.Of(
                    label, structure, NullIfEmpty(version.Evaluation.AtomEnergies), NullIfEmpty(values), _settings));
                cutoff = version.Number > 0 ? cutoff : _settings.Cutoff ?? analyzed[0].Shells.FirstOrDefault(double.NaN);
                Add(version, analyzed[^1].Motifs);
            }
            else
            {
                Add(version, StructureMotifs.Of(structure, _settings));
            }

            if (before is not null && !double.IsNaN(cutoff) && ShellChange.Of(before, propertyBefore, structure, property, cutoff) is { } change)
            {
                _steps.Add((version.Number, version.Trial, Mean(property) - Mean(propertyBefore), change));
            }

            (before, propertyBefore) = (structure, property);
            progress.Show(_chain.Count, versions.Count, _chain.Count, "versions");
        }

        progress.End();
        return analyzed;
    }

    /// <summary>Writes <c>chain.csv</c> and, where steps are swaps, <c>steps.csv</c>.</summary>
    public void Write(AnalysisFolder folder, IReadOnlyList<string> species)
    {
        folder.Write(
            "chain.csv",
            [
                FormattableString.Invariant($"every version of chain {_replica}: energy (eV), mean value, density, shares of atoms: <0,0,12,0> and <0,0,12,4> around each species, polytetrahedral (2 n4 + n5 = 12), crystalline, in B2"),
                "J. L. Finney, Proc. R. Soc. A 319, 479 (1970), doi:10.1098/rspa.1970.0189; crystalline as in atoms.csv",
            ],
            ["version", "trial", "energy_eV", "mean_value", .. StructureMotifs.Names(species)],
            csv =>
            {
                foreach ((StoredVersion version, double[] figures) in _chain)
                {
                    csv.Cell(version.Number).Cell(version.Trial).Cell(version.Evaluation.Energy).Cell(version.Report.Mean);
                    foreach (double figure in figures)
                    {
                        csv.Cell(figure);
                    }

                    csv.EndRow();
                }
            });
        if (_steps.Count == 0)
        {
            return;
        }

        folder.Write(
            "steps.csv",
            [
                "every accepted step: mean change of the value (in a run without a model of the energy, eV) in the atoms whose species changed, in their first to fourth shell and farther; shells count steps between neighbors before the swap",
                "class: the signs of the six changes in this order; + raised, - lowered, 0 no atoms or no change",
            ],
            ["version", "trial", "changed", "mean_change", .. ShellChange.Groups, .. ShellChange.Groups.Select(group => $"atoms_{group}"), "class"],
            csv =>
            {
                foreach ((long version, long trial, double mean, ShellChange change) in _steps)
                {
                    csv.Cell(version).Cell(trial).Cell(change.Swapped.Count).Cell(mean);
                    foreach (double group in change.Means)
                    {
                        csv.Cell(group);
                    }

                    foreach (int atoms in change.Atoms)
                    {
                        csv.Cell(atoms);
                    }

                    csv.Cell(change.Signs).EndRow();
                }
            });
    }

    /// <summary>What the chain came to.</summary>
    public Report Describe() => new Report()
        .Whole("replica", "chain", _replica)
        .Whole("accepted", "accepted", _chain.Count - 1)
        .Map("classes", "steps of class", _steps.GroupBy(step => step.Change.Signs)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create(group.Key, (double)group.Count())), "", "F0");

    private static double[]? NullIfEmpty(double[] values) => values.Length == 0 ? null : values;

    private static double Mean(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private void Add(StoredVersion version, StructureMotifs motifs) => _chain.Add(
        (version with { Bytes = [], Evaluation = version.Evaluation with { AtomEnergies = [], Values = [] } }, motifs.Figures()));

    /// <summary>The version of lowest Σ F_k/C_k; the first of several.</summary>
    private long FindBest(IReadOnlyList<VersionSummary> versions)
    {
        double lowest = double.PositiveInfinity;
        long best = versions[0].Number;
        CalibrationResult? calibration = _store.ReadCalibration();
        foreach (VersionSummary version in calibration is null ? [] : versions)
        {
            double score = 0;
            for (int k = 0; k < version.Objectives.Length; k++)
            {
                score += version.Objectives[k] / calibration!.Constants[k];
            }

            if (score < lowest)
            {
                (lowest, best) = (score, version.Number);
            }
        }

        return best;
    }
}
