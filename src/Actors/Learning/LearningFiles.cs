using System.Text;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Formats;

namespace Glasswright.Actors.Learning;

/// <summary>
/// <c>learning.csv</c>, a row for each decision, and the models that came of them, <c>model-g1.safetensors</c> and so on; of an ensemble
/// <c>model-g1-2.safetensors</c> is the second. Made from the store.
/// </summary>
internal static class LearningFiles
{
    /// <summary>Brings the files to what the store has; none where nothing was decided.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="store">The run.</param>
    public static void Write(string folder, IRunStore store)
    {
        IReadOnlyList<LearningRecord> records = store.ReadLearning();
        if (records.Count == 0)
        {
            return;
        }

        var text = new StringBuilder(LearningRecord.Header).Append('\n');
        string[] digests = [];
        int generation = 0;
        foreach (LearningRecord record in records)
        {
            if (record.Generation != generation)
            {
                generation = record.Generation;
                IReadOnlyList<byte[]> models = store.ReadModels(generation);
                digests = [.. models.Select(model => CanonicalStructure.Id(model))];
                WriteModels(folder, generation, models);
            }

            text.Append(record.ToRow(digests)).Append('\n');
        }

        AtomicFile.Write(Path.Combine(folder, "learning.csv"), stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void WriteModels(string folder, int generation, IReadOnlyList<byte[]> models)
    {
        for (int member = 0; member < models.Count; member++)
        {
            string name = member == 0
                ? FormattableString.Invariant($"model-g{generation}.safetensors")
                : FormattableString.Invariant($"model-g{generation}-{member + 1}.safetensors");
            string path = Path.Combine(folder, name);
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(models[member]))
            {
                AtomicFile.Write(path, stream => stream.Write(models[member]));
            }
        }
    }
}
