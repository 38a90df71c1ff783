using Glasswright.Kernels;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Inference;

/// <summary>
/// Several models of one quantity: the value of an atom is the mean of theirs, its spread their standard deviation (n - 1 below). Sums run in
/// the order of the models. One model alone has its own values, to the bit, and no spread. Not for concurrent use.
/// </summary>
internal sealed class ModelEnsemble : IDisposable
{
    private readonly IPredictor[] _engines;
    private double[] _values = [];

    /// <summary>Joins models that agree in what a value means.</summary>
    /// <param name="models">The models.</param>
    /// <param name="predict">What gives the values of each; null for the caller's own thread.</param>
    /// <exception cref="InputException">There is none, or two have values that cannot be averaged.</exception>
    public ModelEnsemble(IReadOnlyList<PropertyModel> models, Func<PropertyModel, IPredictor>? predict = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count == 0)
        {
            throw new InputException("there is no model", expected: "at least one");
        }

        foreach (PropertyModel model in models)
        {
            RequireSame(models[0], model);
        }

        Models = models;
        _engines = [.. models.Select(predict ?? (model => new InferenceEngine(model)))];
    }

    /// <summary>The models.</summary>
    public IReadOnlyList<PropertyModel> Models { get; }

    /// <summary>Means, and spreads (NaN for one model), of every atom of a structure.</summary>
    /// <param name="structure">Atoms of species that every model knows.</param>
    /// <param name="values">One mean an atom.</param>
    /// <param name="spreads">One spread an atom; empty where nobody asks.</param>
    public void Predict(AtomicStructure structure, Span<double> values, Span<double> spreads = default)
    {
        ArgumentNullException.ThrowIfNull(structure);
        int atoms = structure.Count, members = _engines.Length;
        if (_values.Length < atoms * members)
        {
            _values = new double[atoms * members];
        }

        for (int m = 0; m < members; m++)
        {
            _engines[m].Predict(structure, _values.AsSpan(m * atoms, atoms));
        }

        for (int i = 0; i < atoms; i++)
        {
            double sum = 0, squares = 0;
            for (int m = 0; m < members; m++)
            {
                sum += _values[(m * atoms) + i];
            }

            double mean = sum / members;
            values[i] = mean;
            for (int m = 0; m < members; m++)
            {
                double deviation = _values[(m * atoms) + i] - mean;
                squares += deviation * deviation;
            }

            if (!spreads.IsEmpty)
            {
                spreads[i] = members > 1 ? Math.Sqrt(squares / (members - 1)) : double.NaN;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_engines, engine => engine.Dispose());

    private static void RequireSame(PropertyModel first, PropertyModel model)
    {
        if (!first.Architecture.Species.ToHashSet(StringComparer.Ordinal).SetEquals(model.Architecture.Species))
        {
            throw Differ("knows other species", string.Join(", ", first.Architecture.Species), string.Join(", ", model.Architecture.Species));
        }

        if (!Equals(first.Label, model.Label))
        {
            throw Differ("has values of another meaning", Meaning(first), Meaning(model));
        }

        if (!(first.Architecture.ClassLevels ?? []).SequenceEqual(model.Architecture.ClassLevels ?? []))
        {
            throw Differ("has other classes", Classes(first), Classes(model));
        }

        InputException Differ(string problem, string expected, string found) => new(
            $"the model {problem} than {first.File ?? "the first"}, so the two make no ensemble", model.File, expected: expected, found: found);

        static string Classes(PropertyModel model) => model.Architecture.ClassLevels is { } levels
            ? $"class levels {string.Join(", ", levels.Select(level => level.ToString(System.Globalization.CultureInfo.InvariantCulture)))}"
            : "no classes";

        static string Meaning(PropertyModel model) => model.Label is { } label
            ? FormattableString.Invariant($"{label.Quantity} at strain {label.Strain}, step {label.Step}, {label.Lateral}, {label.Modes.Count} modes, r_c {label.D2MinCutoff}")
            : "not told";
    }
}
