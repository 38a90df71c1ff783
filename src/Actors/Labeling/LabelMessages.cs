using Glasswright.Actors.Runtime;
using Glasswright.Kernels.Deformation;

namespace Glasswright.Actors.Labeling;

/// <summary>What a label worker is told to do.</summary>
/// <param name="Owner">Who asked.</param>
/// <param name="Run">Index of the structure.</param>
/// <param name="Unit">One mode of it.</param>
/// <param name="Cancel">Gives up within a force evaluation.</param>
internal sealed record RunUnit(IMailbox<LabelMessage> Owner, int Run, LabelUnit Unit, CancellationToken Cancel);

/// <summary>What the labeler understands.</summary>
internal abstract record LabelMessage;

/// <summary>Begin.</summary>
internal sealed record BeginLabeling : LabelMessage;

/// <summary>A unit has come a step further.</summary>
internal sealed record UnitStepped(int Run, LoadingMode Mode, int Steps) : LabelMessage;

/// <summary>A unit has ended; a canceled one is not kept.</summary>
internal sealed record UnitEnded(int Worker, int Run, ModeResult Result) : LabelMessage;

/// <summary>The user wants an end; finished modes are kept.</summary>
internal sealed record StopLabeling : LabelMessage;

/// <summary>A worker or the labeler itself failed.</summary>
internal sealed record LabelingFailed(int Worker, Exception Error) : LabelMessage;
