using Glasswright.Actors.Search;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Actors.Validation;

/// <summary>How accepted structures are validated while the search goes on.</summary>
internal sealed record ValidationParts
{
    /// <summary>Every so many versions of a chain, from version 0 on.</summary>
    public required long Every { get; init; }

    /// <summary>The search halts after a validation with a Pearson below this; null for never.</summary>
    public double? LimitPearson { get; init; }

    /// <summary>The search halts after a validation with a mean spread above this; null for never.</summary>
    public double? LimitSpread { get; init; }

    /// <summary>The search halts after a validation with a share of atoms outside the training range above this; null for never.</summary>
    public double? LimitOutside { get; init; }

    /// <summary>What the labels mean, for the record; null where nothing tells.</summary>
    public Glasswright.Kernels.Deformation.LabelDefinition? Label { get; init; }

    /// <summary>Makes what gives the labels, on the validator's own thread.</summary>
    public required Func<IDecider> MakeTruth { get; init; }

    /// <summary>The models, whose spread is told where there are several.</summary>
    public IReadOnlyList<PropertyModel> Models { get; init; } = [];

    /// <summary>Whether z is a label: a classifier gives log-odds, which can only be correlated with labels.</summary>
    public bool PredictsLabels => Models.Count == 0 || Models[0].Architecture.ClassLevels is null;

    /// <summary>Mean and standard deviation of what the first model learned; null without a model, and of a classifier.</summary>
    public TargetNormalization? Trained => Models.Count > 0 && PredictsLabels ? Models[0].Architecture.Target : null;

    /// <summary>Told one line for each validation.</summary>
    public Action<string>? Tell { get; init; }

    /// <summary>The first limit that a validation lies beyond, in words; null where it keeps all.</summary>
    public string? FindBreach(ValidationRecord record)
    {
        if (record.Pearson < LimitPearson)
        {
            return Said("Pearson", record.Pearson, "below search.validate.limit-pearson", LimitPearson);
        }

        return record.MeanSpread > LimitSpread ? Said("mean spread", record.MeanSpread, "above search.validate.limit-spread", LimitSpread)
            : record.OutsideShare > LimitOutside
                ? Said("share of atoms outside the training range", record.OutsideShare, "above search.validate.limit-outside", LimitOutside)
            : null;

        static string Said(string figure, double found, string limit, double? bound) => FormattableString.Invariant($"{figure} {found:F3}, {limit} = {bound},");
    }
}
