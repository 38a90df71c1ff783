using System.Text.Json.Nodes;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Learning;

/// <summary>Active learning in <c>run.json</c>: its settings, and the model in force.</summary>
internal static class LearningSummary
{
    /// <summary>Describes it.</summary>
    /// <param name="settings">How the run learns.</param>
    /// <param name="store">Where its decisions are.</param>
    public static JsonObject Describe(LearningSettings settings, IRunStore store)
    {
        IReadOnlyList<LearningRecord> decisions = store.ReadLearning();
        int generation = LearningRecord.GenerationAfter(decisions);
        return new JsonObject
        {
            ["every"] = settings.Every,
            ["limit_pearson"] = settings.LimitPearson,
            ["at_most"] = settings.AtMost,
            ["epochs"] = settings.Epochs,
            ["learning_rate"] = settings.LearningRate,
            ["decisions"] = decisions.Count,
            ["labels"] = decisions.Count > 0 ? decisions[^1].Labels : 0,
            ["generation"] = generation,
            ["models"] = new JsonArray([.. store.ReadModels(generation).Select(model => JsonValue.Create(CanonicalStructure.Id(model)))]),
        };
    }
}
