using Glasswright.Kernels.Deformation;

namespace Glasswright.Host.Commands;

/// <summary>
/// Held while structures are labeled, one lock each: several processes may share a folder, but not a structure. The system releases them when
/// their holder dies.
/// </summary>
internal sealed class LabelLocks : IDisposable
{
    private readonly string _folder;
    private readonly bool _created;
    private readonly List<IDisposable> _held = [];

    /// <summary>Takes the locks of the structures that are not labeled yet.</summary>
    /// <param name="folder">Where the labels go; made where it is missing, and removed again if nothing was written by the end.</param>
    /// <param name="runs">The structures.</param>
    /// <exception cref="Kernels.InputException">Another process labels one of them.</exception>
    public LabelLocks(string folder, IEnumerable<LabelRun> runs)
    {
        (_folder, _created) = (folder, !Directory.Exists(folder));
        try
        {
            foreach (LabelRun run in runs.Where(run => run.State() == LabelState.Missing))
            {
                _ = Directory.CreateDirectory(Path.GetDirectoryName(run.LockPath)!);
                _held.Add(FolderLock.TakeFile(run.LockPath, "another process labels this structure", run.LabelPath));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable held in _held)
        {
            held.Dispose();
        }

        LabelRun.RemoveEmptyPartialFolder(_folder);
        if (_created && Directory.Exists(_folder) && !Directory.EnumerateFileSystemEntries(_folder).Any())
        {
            Directory.Delete(_folder);
        }
    }
}
