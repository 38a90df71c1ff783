using Glasswright.Models.Storage;

namespace Glasswright.Host.Commands;

/// <summary>Whether a model suits what it is used on.</summary>
internal static class ModelUse
{
    /// <summary>A model whose labels came from another potential may be used, but its user should know.</summary>
    public static void WarnOfPotential(Session session, PropertyModel model, string potentialSha256, string potential)
    {
        if (model.PotentialSha256 is { Length: > 0 } trained && potentialSha256.Length > 0 && trained != potentialSha256)
        {
            session.Warn($"the model was trained on labels of another potential than {potential}");
        }
    }

    /// <summary>
    /// One line when a model's values are not what its user takes them for: those of another column than ln D²min, or than the
    /// one that it is judged by. A model that does not tell, as an imported one, is not doubted.
    /// </summary>
    /// <param name="session">Where to say it.</param>
    /// <param name="model">The model.</param>
    /// <param name="column">The column that it is judged by; null where its values stand for ln D²min.</param>
    public static void WarnOfQuantity(Session session, PropertyModel model, string? column = null)
    {
        if (column is null && model.Architecture.ClassLevels is { } levels)
        {
            session.Warn(FormattableString.Invariant(
                $"the model classifies: its values are the log-odds of the softest {100 * (1 - levels[^1]):G3} %, not ln D2min"));
        }

        if (model.Label is not { } label)
        {
            return;
        }

        bool isLogD2Min = label.Quantity == LabelDefinition.LogD2Min;
        string trained = isLogD2Min ? FormattableString.Invariant($"{label.Quantity}_{label.Strain}") : label.Quantity;
        if (column is null && !isLogD2Min)
        {
            session.Warn($"the model was trained on the column '{trained}': its values are that, not ln D2min");
        }
        else if (column is not null && column != trained && !(isLogD2Min && LabeledGlass.StrainOf(column) == label.Strain))
        {
            session.Warn($"the model was trained on '{trained}' and is judged by the column '{column}'");
        }
    }

    /// <summary>One line for each structure that a model learned from, or by which its training was stopped: its score there is not that of unseen glasses.</summary>
    /// <param name="session">Where to say it.</param>
    /// <param name="models">The models, which tell their files by content.</param>
    /// <param name="structures">What they are judged on.</param>
    public static void WarnOfSeen(Session session, IReadOnlyList<PropertyModel> models, IEnumerable<string> structures)
    {
        ILookup<string, TrainingFile> seen = models.SelectMany(model => model.Provenance?.Files ?? [])
            .Where(file => file.Part is "training" or "validation").ToLookup(file => file.Sha256, StringComparer.Ordinal);
        foreach (string structure in structures)
        {
            if (seen[FileDigest.Sha256(structure)].FirstOrDefault() is { } file)
            {
                session.Warn($"{structure} is one of the {file.Part} glasses of the model: this is not its score on unseen ones");
            }
        }
    }

    /// <summary>
    /// One line about labels that are of the model's quantity but were made another way: strain step, numerics. What is unknown on
    /// one side, as of labels from another program, cannot be compared and is not told.
    /// </summary>
    /// <param name="session">Where to say it.</param>
    /// <param name="model">The model.</param>
    /// <param name="labels">Labels that it is judged by, with the name of their file.</param>
    public static void WarnOfLabels(Session session, PropertyModel model, IEnumerable<(string File, LabeledGlass Glass)> labels)
    {
        string[] trained = model.Provenance?.LabelNumerics?.Split(", ") ?? [];
        double? step = model.Label?.Step;
        var differences = new List<string>();
        foreach ((string file, LabeledGlass glass) in labels)
        {
            if (step is not null && glass.Meaning.Step is { } other && other != step)
            {
                differences.Add(FormattableString.Invariant($"strain step {other} in {file}, {step} in training"));
            }

            if (trained.Length > 0 && glass.Numerics.Length > 0 && !trained.Contains(glass.Numerics))
            {
                differences.Add($"numerics {glass.Numerics} in {file}, {string.Join(", ", trained)} in training");
            }
        }

        if (differences.Count > 0)
        {
            session.Warn($"the labels were computed otherwise than those of the model: {string.Join("; ", differences)}");
        }
    }
}
