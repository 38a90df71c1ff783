using System.Globalization;
using Glasswright.Host.Output;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Network;
using Glasswright.Models.Training;

namespace Glasswright.Host.Commands;

/// <summary><c>evaluate --suite --estimate</c>: what the ensembles that are not there yet will cost, from epochs of each kind of cell.</summary>
internal static class SuiteEstimate
{
    /// <summary>Measures one epoch a cell; the strains of the labels share one, since they differ in numbers alone.</summary>
    public static Report Measure(SuitePlan plan, string folder, ThreadTeam team)
    {
        var perEpoch = new List<KeyValuePair<string, double>>();
        double wall = 0, bytes = 0;
        int models = 0;
        foreach (IGrouping<string, SuiteCell> alike in plan.Cells.GroupBy(cell => cell.Section == "strain" ? "strain" : cell.Name))
        {
            int missing = alike.Aggregate(0, (sum, cell) => sum + Enumerable.Range(1, plan.Suite.Ensemble)
                .Count(member => !File.Exists(EnsembleTraining.PathOf(SuiteFolder.ModelsOf(folder, cell.Name), member))));
            if (missing == 0)
            {
                continue;
            }

            (Configuration.ResolvedConfiguration configuration, TrainingData data, Architecture architecture) = plan.Read(alike.First());
            TrainingSettings training = TrainVerb.Translate(configuration.Settings.Train);
            double seconds = TrainVerb.SecondsOfEpoch(training, architecture, data.ToSet(architecture), team);
            perEpoch.Add(KeyValuePair.Create(alike.Key, seconds));
            wall += seconds * training.Epochs * missing;
            bytes += missing * 4.0 * new ParameterLayout(architecture).TrainableCount;
            models += missing;
        }

        return new Report()
            .Whole("models", "models to train", models)
            .Map("seconds_per_epoch", "measured, s an epoch of", perEpoch, "", "G3")
            .Number("core_hours", "work at most", wall * team.Threads / 3600, "core hours", "G3")
            .Number("wall_s", string.Create(CultureInfo.InvariantCulture, $"time at most on {team.Threads} threads"), wall, "s", "F0")
            .Number("memory_bytes", "memory", Environment.WorkingSet, "bytes", "G3")
            .Number("disk_bytes", "disk", bytes, "bytes", "G3");
    }
}
