using System.Text.Json.Nodes;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Deformation;

namespace Glasswright.Actors.Validation;

/// <summary>The validation in <c>run.json</c>: its settings as they are in force, and how each chain's newest record looks.</summary>
internal static class ValidationSummary
{
    /// <summary>Describes it.</summary>
    /// <param name="parts">What validates.</param>
    /// <param name="store">Where the records are.</param>
    /// <param name="replicas">Number of chains.</param>
    public static JsonObject Describe(ValidationParts parts, IRunStore store, int replicas)
    {
        var node = new JsonObject { ["every"] = parts.Every, ["limit_pearson"] = parts.LimitPearson, ["limit_spread"] = parts.LimitSpread, ["limit_outside"] = parts.LimitOutside };
        if (parts.Label is { } label)
        {
            node["strain"] = label.Strains[^1];
            node["step"] = label.Step;
            node["lateral"] = label.Lateral.Name();
            node["modes"] = new JsonArray([.. label.Modes.Select(mode => JsonValue.Create(mode.Name))]);
            node["force_tolerance_eV_per_A"] = label.ForceTolerance;
            node["d2min_cutoff_A"] = label.Cutoff;
            node["d2min"] = label.DividedByNeighbors ? "mean" : "sum";
        }

        node["chains"] = new JsonArray([.. Enumerable.Range(0, replicas).Select(replica => Describe(replica, store.ReadValidations(replica)))]);
        return node;
    }

    private static JsonObject Describe(int replica, IReadOnlyList<ValidationRecord> records)
    {
        var node = new JsonObject { ["replica"] = replica, ["records"] = records.Count };
        if (records.Count > 0)
        {
            ValidationRecord last = records[^1];
            node["last"] = new JsonObject
            {
                ["version"] = last.Version,
                ["trial"] = last.Trial,
                ["pearson"] = Number(last.Pearson),
                ["mean_predicted"] = Number(last.MeanPredicted),
                ["mean_true"] = Number(last.MeanTrue),
                ["mean_spread"] = Number(last.MeanSpread),
                ["outside_share"] = Number(last.OutsideShare),
            };
        }

        return node;
    }

    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
