namespace Glasswright.Kernels.Formats;

/// <summary>Finds the valid name that a misspelled one most likely meant.</summary>
internal static class NearestName
{
    /// <summary>
    /// The candidate with the smallest edit distance to <paramref name="name"/> (insertions, deletions, substitutions and
    /// exchanges of neighbors count 1 each, case does not count); null if every one is farther than a third of the longer
    /// word, at least one edit. Among equals the first candidate wins.
    /// </summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        string? nearest = null;
        int best = int.MaxValue;
        foreach (string candidate in candidates)
        {
            // A word whose every letter would have to change is not a misspelling.
            int allowed = Math.Min(Math.Max(1, Math.Max(name.Length, candidate.Length) / 3), Math.Max(name.Length, candidate.Length) - 1);
            int distance = Distance(name, candidate);
            if (distance <= allowed && distance < best)
            {
                nearest = candidate;
                best = distance;
            }
        }

        return nearest;
    }

    /// <summary>The name of the file that a missing one most likely meant, among those in its folder; null if there is none.</summary>
    public static string? FindFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        if (!Directory.Exists(folder))
        {
            return null;
        }

        string[] names = [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        return Find(Path.GetFileName(path), names);
    }

    /// <summary>The optimal string alignment distance, without regard to case.</summary>
    public static int Distance(string a, string b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        int[] beforeLast = new int[b.Length + 1];
        int[] last = new int[b.Length + 1];
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + change);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
