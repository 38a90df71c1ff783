using Glasswright.Actors.Labeling;
using Glasswright.Host.Output;
using Glasswright.Kernels.Deformation;

namespace Glasswright.Host.Commands;

/// <summary>Labels of a glass before and after annealing, side by side over the same modes.</summary>
/// <param name="runs">Before and after.</param>
/// <param name="tables">Their values by mode.</param>
internal sealed class AnnealLabels(LabelRun[] runs, ModeLabelTable[] tables)
{
    /// <summary>The files.</summary>
    public IEnumerable<string> Files => runs.Select(run => run.LabelPath);

    /// <summary>Labels both; null if it was stopped, with finished modes kept.</summary>
    public static AnnealLabels? Compute(LabelRun[] runs, int threads, Session session, CancellationToken stop)
    {
        var progress = session.Progress();
        LabelingResult result = Labeler.RunAsync(runs, threads, new LabelingShown(progress, session.Telemetry), stop).GetAwaiter().GetResult();
        progress.End();
        if (!result.Finished)
        {
            return null;
        }

        LabelRun.RemoveEmptyPartialFolder(runs[0].Folder);
        return new AnnealLabels(runs, [.. runs.Select((run, r) => result.Tables[r] ?? LabelFile.ReadModes(run.ModePath))]);
    }

    /// <summary>Means before and after, their change, and its standard error over the paired modes.</summary>
    public void AddTo(Report report)
    {
        IReadOnlyList<double> strains = tables[0].Header.Definition.Strains;
        var rows = Enumerable.Range(0, strains.Count).Select(s => (Strain: LabelDefinition.Text(strains[s]), Change: ChangeAt(s))).ToArray();
        IEnumerable<KeyValuePair<string, double>> Column(Func<Change, double> value) =>
            rows.Select(row => KeyValuePair.Create(row.Strain, value(row.Change)));
        report
            .Map("mean_ln_d2min_before", "mean ln D2min before, at", Column(change => change.Before), "", "F4")
            .Map("mean_ln_d2min_after", "mean ln D2min after, at", Column(change => change.After), "", "F4")
            .Map("change_ln_d2min", "its change, at", Column(change => change.Difference), "", "F4")
            .Map("error_ln_d2min", "standard error of the change, at", Column(change => change.Error), "", "F4");
    }

    /// <summary>Over the atoms that are valid in both; each mode is one measurement of the change.</summary>
    private Change ChangeAt(int strain)
    {
        bool[][] valid = [.. tables.Select(table => table.Average().Valid)];
        int modes = tables[0].Values[strain].Length;
        double[] before = new double[modes], after = new double[modes];
        for (int m = 0; m < modes; m++)
        {
            int count = 0;
            for (int i = 0; i < tables[0].Ids.Length; i++)
            {
                if (valid[0][i] && valid[1][i])
                {
                    before[m] += tables[0].Values[strain][m][i];
                    after[m] += tables[1].Values[strain][m][i];
                    count++;
                }
            }

            before[m] /= count;
            after[m] /= count;
        }

        double first = before.Average(), last = after.Average(), change = last - first;
        double spread = before.Zip(after, (b, a) => (a - b - change) * (a - b - change)).Sum();
        return new Change(first, last, modes < 2 ? double.NaN : Math.Sqrt(spread / (modes - 1) / modes));
    }

    private readonly record struct Change(double Before, double After, double Error)
    {
        public double Difference => After - Before;
    }
}
