namespace Glasswright.Host.Tests.Commands;

/// <summary>Rows of a table by the names of its columns; comments are passed over.</summary>
internal static class CsvRows
{
    public static Dictionary<string, string>[] Read(string path)
    {
        string[] lines = [.. File.ReadLines(path).Where(line => !line.StartsWith('#'))];
        string[] names = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => names.Zip(line.Split(',', names.Length)).ToDictionary(pair => pair.First, pair => pair.Second))];
    }
}
