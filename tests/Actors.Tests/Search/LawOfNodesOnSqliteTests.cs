using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Tests.Search;

/// <summary>On one SQLite file.</summary>
public sealed class LawOfNodesOnSqliteTests : LawOfNodesTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-nodes-").FullName;

    private protected override Database Connect() => new SqliteDatabase(Path.Combine(_folder, "shared.db"));

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_folder, recursive: true);
    }
}
