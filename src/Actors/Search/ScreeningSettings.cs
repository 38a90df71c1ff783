namespace Glasswright.Actors.Search;

/// <summary>What the estimate at a pause on the way of a relaxation may decide.</summary>
internal enum ScreeningMode
{
    /// <summary>Nothing: every trial is relaxed to its end.</summary>
    Off,

    /// <summary>It rejects what lies above -ln u by a margin; the full rule with the same u decides the rest. Not exact.</summary>
    EarlyReject,

    /// <summary>It is the first stage of two, each with its own random number: exact (doi:10.1198/106186005X76983).</summary>
    DelayedAcceptance,
}

/// <summary>Whether trials are judged while they relax.</summary>
internal sealed record ScreeningSettings
{
    /// <summary>What the estimate may decide.</summary>
    public ScreeningMode Mode { get; init; }

    /// <summary>The relaxation pauses where ‖F‖₂ first falls to this, eV/Å.</summary>
    public double ForceTolerance { get; init; } = 0.01;

    /// <summary>How far the estimated S must lie above -ln u for an early rejection, in units of S.</summary>
    public double Margin { get; init; } = 5;

    /// <summary>Share of the early rejections that are followed to the end all the same; they stay rejected.</summary>
    public double AuditShare { get; init; } = 0.05;

    /// <summary>Whether trials have estimates.</summary>
    public bool Estimates => Mode != ScreeningMode.Off;
}
