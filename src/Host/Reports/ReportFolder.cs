using System.Text;
using Glasswright.Kernels;

namespace Glasswright.Host.Reports;

/// <summary>
/// The folder of a report: made aside and put in place by a rename, so that a reader finds the whole old one or the whole new one. Nothing
/// but a report is ever replaced.
/// </summary>
internal static class ReportFolder
{
    /// <summary>The page.</summary>
    public const string Page = "index.html";

    /// <summary>The folder of the figures' files.</summary>
    public const string Figures = "figures";

    /// <summary>Requires that a folder may be made or replaced.</summary>
    /// <exception cref="InputException">Something else lies there.</exception>
    public static void RequireReplaceable(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        string? stranger = Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!).FirstOrDefault(name => name is not (Page or Figures));
        if (stranger is not null)
        {
            throw new InputException("the report would replace a folder that holds other files", path, expected: "a new folder, an empty one or one of an earlier report", found: stranger);
        }
    }

    /// <summary>Writes a report.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="page">The page; null for the figures alone.</param>
    /// <param name="document">The figures.</param>
    public static void Write(string path, string? page, ReportDocument document)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), parent = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(parent);
        string aside = Path.Combine(parent, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp"), old = aside + ".old";
        try
        {
            string figures = Directory.CreateDirectory(Path.Combine(aside, Figures)).FullName;
            foreach (Figure figure in document.Figures)
            {
                WriteFile(Path.Combine(figures, figure.Id + ".csv"), stream => FigureCsv.Write(stream, figure));
                WriteFile(Path.Combine(figures, figure.Id + ".svg"), stream => SvgPlot.Write(stream, figure));
            }

            if (page is not null)
            {
                WriteFile(Path.Combine(aside, Page), stream => stream.Write(Encoding.UTF8.GetBytes(page)));
            }

            if (Directory.Exists(target))
            {
                Directory.Move(target, old);
            }

            Directory.Move(aside, target);
        }
        finally
        {
            // Order matters: an old report whose place was not taken goes back before anything is removed.
            if (Directory.Exists(old) && !Directory.Exists(target))
            {
                Directory.Move(old, target);
            }

            foreach (string left in new[] { aside, old }.Where(Directory.Exists))
            {
                Directory.Delete(left, recursive: true);
            }
        }
    }

    private static void WriteFile(string path, Action<Stream> write)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        write(stream);
        stream.Flush(flushToDisk: true);
    }
}
