using System.Runtime.InteropServices;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Devices.Eam;

/// <summary>How a structure on a device stands; the numbers are those of <c>eam.cl</c>.</summary>
internal enum DescentStatus
{
    /// <summary>Nothing is asked of it.</summary>
    Idle = 0,

    /// <summary>It is being relaxed.</summary>
    Running = 1,

    /// <summary>The force tolerance was met.</summary>
    Converged = 2,

    /// <summary>The allowed number of force evaluations was used up.</summary>
    EvaluationLimit = 3,

    /// <summary>No step along the steepest descent lowers the energy.</summary>
    NoDescent = 4,

    /// <summary>Energy or forces became infinite or NaN.</summary>
    NonFinite = 5,

    /// <summary>A row of the neighbor list needs more room.</summary>
    NoRoom = 6,

    /// <summary>An atom has gone farther than the images of the list reach.</summary>
    OutOfReach = 7,

    /// <summary>It waits for the host to say whether it goes on.</summary>
    Paused = 8,
}

/// <summary>
/// One structure as the kernels see it: the same fields in the same order as <c>Structure</c> of <c>eam.cl</c>, which tells what they are.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct StructureRecord
{
    public fixed double Cell[9];
    public fixed double Inverse[9];
    public fixed double Origin[3];
    public double Reach2;
    public double Slack2;
    public double Tolerance2;
    public double Pause2;
    public double LargestAllowed;
    public double InitialStep;
    public double MaxMove;
    public double Curvature;
    public double InitialEnergy;
    public double Energy;
    public double Forces2;
    public double Largest;
    public double Slope;
    public double Guess;
    public double Step;
    public double Longest;
    public double LastStep;
    public double LastSlope;
    public double Lower;
    public double LowerSlope;
    public double Upper;
    public double Beta;
    public DescentStatus Status;
    public int Command;
    public int Begun;
    public int Stepped;
    public int Steepest;
    public int LineTrials;
    public int Iterations;
    public int Evaluations;
    public int MaxEvaluations;
    public int Rebuild;
    public int Builds;
    public int Needed;
    public fixed int Bins[3];
    public fixed int Spans[3];

    /// <summary>Takes the cell over and divides it into bins about half as wide as the list reaches.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="cutoff">Interaction distance, Å.</param>
    /// <param name="skin">Extra reach of the list, Å.</param>
    /// <param name="mostBins">Bins at most.</param>
    public void Take(Cell cell, double cutoff, double skin, int mostBins)
    {
        double reach = cutoff + skin;
        Reach2 = reach * reach;
        Slack2 = 0.25 * skin * skin;
        Fill(ref Cell[0], cell.Vectors);
        Fill(ref Inverse[0], cell.Inverse);
        (Origin[0], Origin[1], Origin[2]) = (cell.Origin.X, cell.Origin.Y, cell.Origin.Z);
        double[] widths = [cell.PerpendicularWidths.X, cell.PerpendicularWidths.Y, cell.PerpendicularWidths.Z];
        double size = 0.5 * reach;
        do
        {
            for (int k = 0; k < 3; k++)
            {
                Bins[k] = Math.Max(1, (int)(widths[k] / size));
                Spans[k] = (int)Math.Ceiling(reach / (widths[k] / Bins[k]) * (1 + 1e-12));
            }

            size *= 1.25;
        }
        while ((long)Bins[0] * Bins[1] * Bins[2] > mostBins);
    }

    /// <summary>Prepares a relaxation from the positions that the structure has.</summary>
    /// <param name="settings">When it ends.</param>
    /// <param name="curvature">The slope that a step may leave, as a part of that at the start.</param>
    /// <param name="pauseAt">‖F‖₂ at which it pauses once, eV/Å; null for never.</param>
    public void Begin(MinimizerSettings settings, double curvature, double? pauseAt)
    {
        Tolerance2 = settings.ForceTolerance * settings.ForceTolerance;
        Pause2 = pauseAt * pauseAt ?? -1;
        LargestAllowed = settings.MaxForceTolerance ?? -1;
        InitialStep = settings.InitialStep;
        MaxMove = settings.MaxMove;
        MaxEvaluations = settings.MaxEvaluations;
        Curvature = curvature;
        (Status, Begun, Command, Iterations, Evaluations) = (DescentStatus.Running, 0, 0, 0, 0);
    }

    /// <summary>What a relaxation has done up to here; one that had not ended was canceled, one that paused dismissed.</summary>
    public readonly MinimizationResult Result() => new(
        Status switch
        {
            DescentStatus.Converged => MinimizationOutcome.Converged,
            DescentStatus.EvaluationLimit => MinimizationOutcome.EvaluationLimit,
            DescentStatus.NoDescent => MinimizationOutcome.NoDescent,
            DescentStatus.Paused => MinimizationOutcome.Dismissed,
            DescentStatus.Running or DescentStatus.NoRoom => MinimizationOutcome.Canceled,
            DescentStatus.NonFinite or DescentStatus.OutOfReach => MinimizationOutcome.NonFiniteEnergy,
            _ => throw new InvalidOperationException($"The structure is {Status}."),
        },
        Iterations,
        Evaluations,
        InitialEnergy,
        Energy,
        Math.Sqrt(Forces2),
        Largest);

    private static void Fill(ref double first, Matrix3 m)
    {
        Span<double> rows = MemoryMarshal.CreateSpan(ref first, 9);
        ReadOnlySpan<double> values = [m.XX, m.XY, m.XZ, m.YX, m.YY, m.YZ, m.ZX, m.ZY, m.ZZ];
        values.CopyTo(rows);
    }
}
