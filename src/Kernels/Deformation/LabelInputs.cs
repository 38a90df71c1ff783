using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>One structure to label and what it is labeled with.</summary>
internal sealed record LabelInputs
{
    /// <summary>Name of the structure; the label files are named after it.</summary>
    public required string Name { get; init; }

    /// <summary>The structure; only read.</summary>
    public required AtomicStructure Structure { get; init; }

    /// <summary>SHA-256 of the structure's file; empty when there is none.</summary>
    public string FileSha256 { get; init; } = "";

    /// <summary>Makes a force field of its own for every unit of work; called from several threads.</summary>
    public required Func<IForceField> ForceField { get; init; }

    /// <summary>
    /// Makes what relaxes the steps of a unit in place of a force field and its minimizer, by number of atoms; called from several threads. Null for
    /// the force field.
    /// </summary>
    public Func<int, IMechanics>? Mechanics { get; init; }

    /// <summary>SHA-256 of the potential's file.</summary>
    public required string PotentialSha256 { get; init; }

    /// <summary>The numerics version under which the labels are computed.</summary>
    public required string Numerics { get; init; }
}

/// <summary>What is labeled, and how the minimizations are run.</summary>
internal sealed record LabelSettings
{
    /// <summary>What the labels mean; its step and force tolerance are used, so they must be given.</summary>
    public required LabelDefinition Definition { get; init; }

    /// <summary>The most force evaluations of one minimization.</summary>
    public int MaxEvaluations { get; init; } = 50_000;

    /// <summary>See <see cref="QuasistaticSettings.ExtrapolateStarts"/>.</summary>
    public bool ExtrapolateStarts { get; init; } = true;
}
