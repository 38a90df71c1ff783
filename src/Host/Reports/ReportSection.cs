namespace Glasswright.Host.Reports;

/// <summary>A part of the report: figures about one question, and what is not there and how to get it.</summary>
/// <param name="Id">For links.</param>
/// <param name="Title">The question.</param>
/// <param name="Text">A sentence before the figures.</param>
/// <param name="Figures">In order.</param>
/// <param name="Missing">One sentence each.</param>
internal sealed record ReportSection(string Id, string Title, string Text, IReadOnlyList<Figure> Figures, IReadOnlyList<string> Missing);
