using Glasswright.Host.Commands;
using Glasswright.Kernels;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Analysis;

/// <summary>The files that a structure analysis reads, checked against each other before anything is computed.</summary>
internal sealed class AnalysisInput : IDisposable
{
    private readonly AnalysisSettings _settings;
    private readonly (string Path, AtomicStructure Structure)[] _structures;
    private readonly EamTables? _potential;
    private readonly ModelEnsemble? _ensemble;

    private AnalysisInput(
        AnalysisSettings settings, (string Path, AtomicStructure Structure)[] structures, EamTables? potential, ModelEnsemble? ensemble)
    {
        (_settings, _structures, _potential, _ensemble) = (settings, structures, potential, ensemble);
    }

    /// <summary>The models; none without a model.</summary>
    public IReadOnlyList<PropertyModel> Models => _ensemble?.Models ?? [];

    /// <summary>Reads the files.</summary>
    /// <exception cref="InputException">One cannot be used, or they do not fit together.</exception>
    public static AnalysisInput Read(
        IReadOnlyList<string> paths, IReadOnlyList<string>? species, string? potential, string? model, long? attention, AnalysisSettings settings, Session session)
    {
        EamTables? tables = potential is null ? null : SetflFile.Read(potential);
        (string Path, AtomicStructure Structure)[] structures =
            [.. paths.Select(path => (path, tables is null ? StructureFile.Read(path, species).Structure : GlassInput.Read(path, potential!, tables, species).Structure))];
        IReadOnlyList<PropertyModel> models = model is null ? [] : ModelList.Read(model);
        if (attention is not null && models.Count != 1)
        {
            throw new InputException(
                "--attention is for one model", expected: "one file after --model", found: FormattableString.Invariant($"{models.Count} models"));
        }

        foreach ((string path, AtomicStructure structure) in structures)
        {
            RequireSpecies(structures[0], path, structure);
            foreach (PropertyModel one in models)
            {
                Located.In(path, () => one.RequireSpecies(structure));
            }

            if (attention is { } id)
            {
                Located.In(path, () => { AttentionTables.AtomOf(structure, id); });
            }

            Located.In(path, () => settings.RequireRadii(structure));
        }

        if (models.Count > 0)
        {
            ModelUse.WarnOfQuantity(session, models[0]);
            if (tables is not null)
            {
                ModelUse.WarnOfPotential(session, models[0], tables.Sha256, potential!);
            }
        }

        return new(settings, structures, tables, models.Count > 0 ? new ModelEnsemble(models) : null);
    }

    /// <summary>Computes everything of every structure.</summary>
    /// <param name="labels">What the tables call them.</param>
    public IReadOnlyList<AnalyzedStructure> Analyze(IReadOnlyList<string> labels) =>
        [.. _structures.Select((one, k) => Located.In(one.Path, () => AnalyzedStructure.Of(labels[k], one.Structure, Energies(one.Structure), Values(one.Structure), _settings)))];

    /// <inheritdoc/>
    public void Dispose() => _ensemble?.Dispose();

    private static void RequireSpecies((string Path, AtomicStructure Structure) first, string path, AtomicStructure structure)
    {
        if (!structure.SpeciesNames.SequenceEqual(first.Structure.SpeciesNames))
        {
            throw new InputException(
                "has other species than the first structure, or in another order",
                path,
                expected: $"{string.Join(", ", first.Structure.SpeciesNames)}; --species may tell the order",
                found: string.Join(", ", structure.SpeciesNames));
        }
    }

    private double[]? Energies(AtomicStructure structure)
    {
        if (_potential is null)
        {
            return null;
        }

        var result = new ForceResult(structure.Count);
        using var field = new VectorEam(_potential, _settings.Runner);
        field.Bind(structure);
        field.Evaluate(structure, result, ForceParts.All);
        return result.AtomEnergies[..structure.Count];
    }

    private double[]? Values(AtomicStructure structure)
    {
        if (_ensemble is null)
        {
            return null;
        }

        var values = new double[structure.Count];
        _ensemble.Predict(structure, values);
        return values;
    }
}
