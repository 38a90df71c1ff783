using Glasswright.Host.Output;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Analysis;

/// <summary>The folder of an analysis: one CSV a figure, each with comments that say what it holds, in which unit and by whose definition.</summary>
internal sealed class AnalysisFolder
{
    private readonly List<string> _names = [];

    /// <summary>Makes the folder unless it is there. Files of the same names are replaced, others stay.</summary>
    public AnalysisFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The files written so far.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Writes a table, whole or not at all.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="comments">Lines before the names of the columns.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="rows">Writes the rows.</param>
    public void Write(string name, IEnumerable<string> comments, IEnumerable<string> columns, Action<CsvWriter> rows)
    {
        AtomicFile.Write(System.IO.Path.Combine(Path, name), stream =>
        {
            using var csv = new CsvWriter(stream);
            foreach (string comment in comments)
            {
                csv.Comment(comment);
            }

            csv.Header([.. columns]);
            rows(csv);
        });
        _names.Add(name);
    }
}
