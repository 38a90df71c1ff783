using System.Diagnostics;
using Glasswright.Host.Output;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Models.Training;

namespace Glasswright.Host.Commands;

/// <summary>
/// <c>train --ensemble N</c>: members one after the other, each on a bag of glasses. A finished member is a file; the same command, stopped
/// and given again, goes on with the member that was under way; a larger N adds members.
/// </summary>
internal static class EnsembleTraining
{
    /// <summary>The file of a member, counted from 1.</summary>
    public static string PathOf(string path, int member) => FormattableString.Invariant(
        $"{path[..^Path.GetExtension(path).Length]}-{member}{Path.GetExtension(path)}");

    /// <summary>Trains what is not there yet and judges all of it.</summary>
    public static int Run(
        TrainingSettings training, Architecture architecture, TrainingData data, TrainingSet set, ThreadTeam team, string path, int members,
        Session session, CancellationToken stop)
    {
        var models = new List<PropertyModel>();
        var validation = new List<double>();
        long start = Stopwatch.GetTimestamp();
        for (int member = 1; member <= members; member++)
        {
            PropertyModel? model = Member(training, architecture, data, set, team, path, member, members, session, stop);
            if (model is null)
            {
                session.Print(Summarize("stopped", models, validation, null, path, start));
                session.Say(FormattableString.Invariant(
                    $"stopped in member {member} of {members}; the same command goes on from there"));
                return 0;
            }

            models.Add(model);
            validation.Add(model.Provenance!.Metrics.GetValueOrDefault("validation/pearson", double.NaN));
        }

        session.Print(Summarize("finished", models, validation, data.Scores(models), path, start));
        return 0;
    }

    /// <summary>A member, trained if its file is not there; null if it was stopped.</summary>
    internal static PropertyModel? Member(
        TrainingSettings training, Architecture architecture, TrainingData data, TrainingSet set, ThreadTeam team, string path, int member,
        int members, Session session, CancellationToken stop, bool bagged = true)
    {
        string file = PathOf(path, member);
        TrainingSet bag = bagged ? Bagging.Draw(set, training.Seed, member) : set;
        TrainingSettings own = training with
        {
            Seed = Bagging.SeedOf(training.Seed, member),
            Checkpoint = file + ".training",
        };
        ModelProvenance provenance = data.Provenance(own);
        provenance = bagged
            ? provenance with
            {
                Split = FormattableString.Invariant(
                $"{provenance.Split}; member {member} of an ensemble, glasses drawn with replacement: {Bagging.Describe(bag)}")
            }
            : provenance;
        string identity = Trainer.Identify(own, architecture, bag, provenance);
        if (File.Exists(file))
        {
            PropertyModel found = ModelFile.Read(file);
            if (found.Provenance?.Training == identity)
            {
                session.Say($"{file} is finished");
                return found;
            }

            session.Warn($"{file} is a finished model of another training; it stays until this member is trained, and is then replaced");
        }

        session.Say(FormattableString.Invariant($"member {member} of {members}: {Bagging.Describe(bag)}"));
        TrainingResult result = TrainVerb.Fit(own, architecture, data, bag, team, provenance with { Training = identity }, session, stop);
        if (result.Outcome == TrainingOutcome.Canceled)
        {
            return null;
        }

        (PropertyModel model, _) = data.Judge(result.Model!);
        ModelFile.Write(file, model);
        File.Delete(own.Checkpoint);
        return ModelFile.Read(file);
    }

    private static Report Summarize(
        string outcome, List<PropertyModel> models, List<double> validation, IReadOnlyList<GroupScores>? test, string path, long start)
    {
        double[] single = [.. models.Select(model => model.Provenance!.Metrics.GetValueOrDefault("test/pearson", double.NaN))];
        return new Report()
            .Text("outcome", "outcome", outcome)
            .Whole("members", "members finished", models.Count)
            .Texts("models", "models", models.Select((_, k) => PathOf(path, k + 1)))
            .Numbers("validation_pearson", "validation Pearson", validation, [.. models.Select((_, k) => $"member {k + 1}")], "", "F4")
            .Numbers("member_test_pearson", "test Pearson", single, [.. models.Select((_, k) => $"member {k + 1}")], "", "F4")
            .Number("test_pearson", "test Pearson of the ensemble", test?[0].Pearson, "", "F4")
            .Number("test_mae", "test mean absolute error of the ensemble", test?[0].MeanAbsoluteError, "", "F4")
            .Number("elapsed_s", "time", Stopwatch.GetElapsedTime(start).TotalSeconds, "s", "G4");
    }
}
