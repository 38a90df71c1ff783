using System.Text.Json.Nodes;
using Glasswright.Actors.Convergence;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;
using Glasswright.Actors.Validation;

namespace Glasswright.Actors.Search;

/// <summary><c>run.json</c>: where a run came from, how it ended, what it was spent on.</summary>
internal static class RunDocument
{
    /// <summary>The document of a run.</summary>
    /// <param name="parts">The run.</param>
    /// <param name="outcome">How it stands.</param>
    /// <param name="result">What it came to; null while it runs.</param>
    public static JsonObject Describe(SearchParts parts, string outcome, SearchResult? result = null)
    {
        var document = new JsonObject { ["run"] = parts.Record.Run };
        foreach ((string key, string value) in parts.Provenance)
        {
            document[key] = value;
        }

        document["seed"] = parts.Settings.Seed;
        document["numerics"] = parts.Record.Numerics;
        if (parts.Store.ReadForks() is { Count: > 0 } forks)
        {
            document["forks"] = new JsonArray([.. forks.Select(Describe)]);
        }

        document["inputs"] = new JsonArray(
        [
            .. parts.Store.ReadInputs().Select(i => new JsonObject
            {
                ["name"] = i.Name,
                ["file"] = i.FileName,
                ["sha256"] = i.Sha256,
            }),
        ]);
        document["outcome"] = outcome;
        document["spent"] = Spent(parts.Store.ReadSpent());
        if (parts.Validation is { } validation)
        {
            document["validation"] = ValidationSummary.Describe(validation, parts.Store, parts.Settings.Replicas);
        }

        if (parts.Settings.Learning is { } learning)
        {
            document["learning"] = LearningSummary.Describe(learning, parts.Store);
        }

        if (result is not null)
        {
            Complete(document, result);
        }

        return document;
    }

    private static JsonObject Describe(NumericsFork fork) => new()
    {
        ["replica"] = fork.Replica,
        ["from_trial"] = fork.Trial,
        ["numerics_before"] = fork.Previous,
        ["numerics"] = fork.Numerics,
    };

    private static void Complete(JsonObject document, SearchResult result)
    {
        document["trials"] = result.Trials;
        document["accepted"] = result.Accepted;
        document["evaluations"] = result.Evaluations;
        document["targets_start"] = Object(result.TargetsStart);
        document["targets_end"] = Object(result.TargetsEnd);
        document["elapsed_s"] = result.Elapsed.TotalSeconds;
        document["effective_atoms"] = Object(result.EffectiveAtoms);
        if (result.Calibration is { } calibration)
        {
            document["calibration"] = new JsonObject
            {
                ["outcome"] = calibration.Outcome.ToString(),
                ["scale"] = Number(calibration.Scale),
                ["acceptance"] = Number(calibration.Acceptance),
                ["downhill_share"] = Number(calibration.DownhillShare),
                ["constants"] = Object([.. result.TargetNames.Zip(calibration.Constants)]),
            };
        }

        if (result.Screening is { } screening)
        {
            document["screening"] = Describe(screening);
        }

        if (result.Tempering is { } tempering)
        {
            document["tempering"] = Describe(tempering);
        }

        if (result.Convergence is { } convergence)
        {
            document["convergence"] = Describe(convergence);
        }
    }

    /// <summary>The ladders.</summary>
    public static JsonObject Describe(TemperingReport tempering) => new()
    {
        ["scales"] = new JsonArray([.. tempering.Scales.Select(scale => JsonValue.Create(scale))]),
        ["ladders"] = tempering.Ladders,
        ["rounds"] = tempering.Rounds,
        ["counted_rounds"] = tempering.CountedRounds,
        ["barrier"] = Number(tempering.Barrier),
        ["round_trips"] = tempering.RoundTrips,
        ["round_trip_limit"] = Number(tempering.RoundTripLimit),
        ["rungs"] = new JsonArray(
        [
            .. tempering.Rungs.Select(rung => new JsonObject
            {
                ["rung"] = rung.Rung,
                ["trials"] = rung.Trials,
                ["accepted"] = rung.Accepted,
            }),
        ]),
        ["pairs"] = new JsonArray(
        [
            .. tempering.Pairs.Select(pair => new JsonObject
            {
                ["pair"] = pair.Pair,
                ["tried"] = pair.Tried,
                ["accepted"] = pair.Accepted,
                ["mean_probability"] = Number(pair.MeanProbability),
            }),
        ]),
    };

    /// <summary>The agreement of chains.</summary>
    public static JsonObject Describe(ConvergenceReport convergence)
    {
        var targets = new JsonObject();
        foreach (TargetConvergence target in convergence.Targets)
        {
            JsonObject node = Object(
            [
                ("mean", target.Mean), ("deviation", target.Deviation), ("lowest", target.Lowest), ("highest", target.Highest),
                ("rhat", target.Rhat), ("slope_per_trial", target.Slope), ("slope_error", target.SlopeError),
            ]);
            node["still_falling"] = target.StillFalling;
            targets[target.Name] = node;
        }

        return new JsonObject { ["traces"] = convergence.Traces, ["trials"] = convergence.Trials, ["targets"] = targets };
    }

    private static JsonObject Describe(ScreeningResult screening)
    {
        var node = new JsonObject
        {
            ["mode"] = screening.Mode.ToString(),
            ["screened"] = screening.Totals.Screened,
            ["audited"] = screening.Totals.Audited,
            ["audited_accepted"] = screening.Totals.AuditedAccepted,
        };
        if (screening.Lost is { } lost)
        {
            node["lost_acceptances"] = Object([("share", lost.Share), ("low_95", lost.Low), ("high_95", lost.High)]);
        }

        return node;
    }

    /// <summary>Of all processes of the run together.</summary>
    private static JsonObject Spent(SpentWork spent) => new()
    {
        ["evaluations"] = spent.Cost.Evaluations,
        ["unique_relaxations"] = spent.Cost.Relaxations,
        ["relax_s"] = spent.Cost.RelaxTime.TotalSeconds,
        ["decide_s"] = spent.Cost.DecideTime.TotalSeconds,
        ["evaluate_s"] = spent.Cost.EvaluateTime.TotalSeconds,
        ["repeat_share"] = spent.RepeatShare,
    };

    private static JsonObject Object(IEnumerable<(string Name, double Value)> figures)
    {
        var node = new JsonObject();
        foreach ((string name, double value) in figures)
        {
            node[name] = Number(value);
        }

        return node;
    }

    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
