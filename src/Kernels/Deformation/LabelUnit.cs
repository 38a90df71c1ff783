using System.Security.Cryptography;
using System.Text;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>
/// One mode of one structure: the unit in which labels are computed, in any order and on any thread. A finished unit is
/// kept in a file of its own, so that work cut off at any moment repeats no finished mode.
/// </summary>
internal sealed class LabelUnit
{
    private readonly LabelInputs _inputs;
    private readonly LabelSettings _settings;

    /// <summary>Describes the work; nothing is computed or read yet.</summary>
    internal LabelUnit(LabelInputs inputs, LabelSettings settings, LoadingMode mode, string runKey, string folder)
    {
        _inputs = inputs;
        _settings = settings;
        Mode = mode;
        Key = KeyOf($"{runKey}\n{mode.Name}");
        PartialPath = Path.Combine(folder, $"{inputs.Name}.{mode.Name}.{Key[..16]}.part");
    }

    /// <summary>Name of the structure.</summary>
    public string Structure => _inputs.Name;

    /// <summary>The mode.</summary>
    public LoadingMode Mode { get; }

    /// <summary>SHA-256 over all that the result depends on.</summary>
    public string Key { get; }

    /// <summary>Where the finished unit is kept.</summary>
    public string PartialPath { get; }

    /// <summary>Steps of the whole unit.</summary>
    public int Steps => LoadingPath.StepsTo(_settings.Definition.Strains[^1], _settings.Definition.Step!.Value);

    /// <summary>The kept result, or null when the unit is not finished.</summary>
    public ModeResult? Finished() => ModeResultFile.TryRead(PartialPath, Key);

    /// <summary>
    /// The result: the kept one, or computed now and then kept. A canceled run keeps nothing and gives the outcome
    /// <see cref="QuasistaticOutcome.Canceled"/>.
    /// </summary>
    /// <param name="onStep">Told the number of steps completed, after each.</param>
    /// <param name="cancel">Stops the work within a force evaluation.</param>
    public ModeResult Run(Action<int>? onStep = null, CancellationToken cancel = default)
    {
        if (Finished() is { } kept)
        {
            return kept;
        }

        using IMechanics? mechanics = _inputs.Mechanics?.Invoke(_inputs.Structure.Count);
        IForceField? field = mechanics is null ? _inputs.ForceField() : null;
        using var owned = field as IDisposable;
        ILoadingMechanics loading = mechanics is null ? new FieldLoading(field!) : new MechanicsLoading(mechanics);
        ModeResult result = Compute(loading, _inputs.Structure, _settings, Mode, onStep, cancel);
        if (result.Outcome != QuasistaticOutcome.Canceled)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PartialPath)!);
            ModeResultFile.Write(PartialPath, Key, result);
        }

        return result;
    }

    /// <summary>The SHA-256 of a text.</summary>
    internal static string KeyOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Loads the structure in a mode and takes ln D²min at every strain of the definition.</summary>
    internal static ModeResult Compute(
        IForceField field, AtomicStructure structure, LabelSettings settings, LoadingMode mode,
        Action<int>? onStep, CancellationToken cancel) => Compute(new FieldLoading(field), structure, settings, mode, onStep, cancel);

    private static ModeResult Compute(
        ILoadingMechanics mechanics, AtomicStructure structure, LabelSettings settings, LoadingMode mode,
        Action<int>? onStep, CancellationToken cancel)
    {
        LabelDefinition definition = settings.Definition;
        QuasistaticResult run = new QuasistaticRun(mechanics, structure).Run(
            new QuasistaticSettings
            {
                Mode = mode,
                Lateral = definition.Lateral,
                Step = definition.Step!.Value,
                Strain = definition.Strains[^1],
                Snapshots = definition.Strains,
                ForceTolerance = definition.ForceTolerance!.Value,
                MaxEvaluations = settings.MaxEvaluations,
                ExtrapolateStarts = settings.ExtrapolateStarts,
                RecordStress = false,
            },
            onStep,
            cancel);
        var displacement = new NonaffineDisplacement(run.Reference, definition.Cutoff, definition.DividedByNeighbors);
        var values = new double[definition.Strains.Count][];
        for (int s = 0; s < values.Length; s++)
        {
            values[s] = new double[structure.Count];
            if (s < run.Snapshots.Count)
            {
                displacement.Compute(run.Snapshots[s].Structure, values[s]);
                TakeLogarithms(values[s]);
            }
            else
            {
                Array.Fill(values[s], double.NaN);
            }
        }

        return new ModeResult
        {
            Mode = mode,
            Outcome = run.Outcome,
            Steps = run.Steps,
            Evaluations = run.Evaluations,
            ReferenceEnergy = run.ReferenceEnergy,
            ReferencePressure = run.ReferencePressure,
            LnD2Min = values,
        };
    }

    /// <summary>D²min becomes ln D²min, or NaN where D²min is not valid.</summary>
    internal static void TakeLogarithms(Span<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = NonaffineDisplacement.IsValid(values[i]) ? Elementary.Log(values[i]) : double.NaN;
        }
    }
}
