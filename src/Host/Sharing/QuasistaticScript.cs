using System.Globalization;
using System.Text;
using Glasswright.Host.Output;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Sharing;

/// <summary>
/// The LAMMPS input that loads an exported structure in the twelve modes by this program's definition (method section 5), so that whoever
/// doubts a figure can compute it without this program. The text is the embedded <c>in.aqs</c>, with words between <c>@</c> filled in.
/// </summary>
internal sealed record QuasistaticScript
{
    /// <summary>Its name.</summary>
    public const string FileName = "in.aqs";

    /// <summary>Which run, for the header.</summary>
    public required string Run { get; init; }

    /// <summary>Which chain.</summary>
    public required int Replica { get; init; }

    /// <summary>Which version of it.</summary>
    public required long Step { get; init; }

    /// <summary>The potential's file, as it is called beside the script.</summary>
    public required string Potential { get; init; }

    /// <summary><c>eam/alloy</c> or <c>eam/fs</c>.</summary>
    public required string PairStyle { get; init; }

    /// <summary>The potential's element of every atom type; <c>NULL</c> for a type without one.</summary>
    public required IReadOnlyList<string> Elements { get; init; }

    /// <summary>What lateral lengths do. LAMMPS' minimizer cannot hold two stresses to a tolerance at a fixed third length, so not <see cref="LateralCondition.Stress"/>.</summary>
    public required LateralCondition Lateral { get; init; }

    /// <summary>Strain of one step.</summary>
    public required double Increment { get; init; }

    /// <summary>Tolerance of the 2-norm of all force components, eV/Å.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Writes the script.</summary>
    public void Write(string path) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Compose())));

    /// <summary>The script.</summary>
    public string Compose()
    {
        using Stream stream = typeof(QuasistaticScript).Assembly.GetManifestResourceStream(FileName)
            ?? throw new InvalidOperationException($"{FileName} is not embedded");
        using var reader = new StreamReader(stream);
        return new StringBuilder(reader.ReadToEnd())
            .Replace("@VERSION@", BuildInformation.Version)
            .Replace("@RUN@", Run)
            .Replace("@REPLICA@", Replica.ToString(CultureInfo.InvariantCulture))
            .Replace("@STEP@", Step.ToString(CultureInfo.InvariantCulture))
            .Replace("@MODES@", string.Join(' ', LoadingMode.All.Select(mode => mode.Name)))
            .Replace("@INCREMENT@", Text(Increment))
            .Replace("@LATERAL@", Lateral.Name())
            .Replace("@TOLERANCE@", Text(Tolerance))
            .Replace("@POTENTIAL@", Potential)
            .Replace("@STYLE@", PairStyle)
            .Replace("@ELEMENTS@", string.Join(' ', Elements))
            .ToString();
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture).ToLowerInvariant();
}
