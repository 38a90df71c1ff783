using System.Text.Json;
using System.Text.Json.Serialization;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Models.Network;

namespace Glasswright.Models.Storage;

/// <summary>
/// Model files: safetensors whose tensors carry PyTorch's names and whose metadata hold
/// <c>format</c> = <c>glasswright-model</c>, <c>format-version</c>, <c>architecture</c> (JSON with the names of the
/// configuration, species and target normalization included), and, where known, <c>label</c>, <c>potential-sha256</c> and
/// <c>provenance</c> (whose <c>numerics</c> and <c>label-numerics</c> may be absent, as in older files). Canonical: the same model always gives the same bytes. Bare weights from or for PyTorch are the same
/// tensors without that metadata.
/// </summary>
internal static class ModelFile
{
    /// <summary>What stands under <c>format</c>.</summary>
    public const string Format = "glasswright-model";

    /// <summary>The version written, and the newest one read.</summary>
    public const int FormatVersion = 1;

    private const string FormatKey = "format";
    private const string VersionKey = "format-version";
    private const string ArchitectureKey = "architecture";
    private const string LabelKey = "label";
    private const string PotentialKey = "potential-sha256";
    private const string ProvenanceKey = "provenance";

    /// <summary>PyTorch counts batches there; the momentum of this network is constant, so the count means nothing.</summary>
    private const string BatchCountSuffix = ".num_batches_tracked";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        IgnoreReadOnlyProperties = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a model.</summary>
    /// <exception cref="InputException">The file is not a sound model of a version that is read.</exception>
    public static PropertyModel Read(string path) => FromTensors(SafeTensors.Read(path));

    /// <summary>Reads the bytes of a model file.</summary>
    /// <exception cref="InputException">The bytes are not a sound model of a version that is read.</exception>
    public static PropertyModel Parse(ReadOnlyMemory<byte> bytes, string? file = null) =>
        FromTensors(SafeTensors.Parse(bytes, file));

    /// <summary>Writes a model; the file appears whole or not at all.</summary>
    public static void Write(string path, PropertyModel model)
    {
        byte[] bytes = ToBytes(model);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>The bytes of the model's file.</summary>
    public static byte[] ToBytes(PropertyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafeTensors file = ExportWeights(model.Parameters);
        file.Metadata[FormatKey] = Format;
        file.Metadata[VersionKey] = FormatVersion.ToString(System.Globalization.CultureInfo.InvariantCulture);
        file.Metadata[ArchitectureKey] = JsonSerializer.Serialize(model.Architecture, Json);
        if (model.Label is not null)
        {
            file.Metadata[LabelKey] = JsonSerializer.Serialize(model.Label, Json);
        }

        if (model.PotentialSha256 is not null)
        {
            file.Metadata[PotentialKey] = model.PotentialSha256;
        }

        if (model.Provenance is not null)
        {
            file.Metadata[ProvenanceKey] = JsonSerializer.Serialize(model.Provenance, Json);
        }

        return file.ToBytes();
    }

    /// <summary>The tensors alone, as PyTorch's <c>load_state_dict</c> takes them.</summary>
    public static SafeTensors ExportWeights(ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        SafeTensors file = new();
        foreach (Parameter parameter in parameters.Parameters)
        {
            file.Add(parameter.Name, SafeTensor.From(parameter.Values, parameter.Descriptor.Shape));
        }

        return file;
    }

    /// <summary>Takes the tensors of an architecture from a file that has them all, and no others.</summary>
    /// <exception cref="InputException">A tensor is missing, unknown, of another shape or not finite.</exception>
    public static ParameterSet ImportWeights(SafeTensors file, Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(file);
        ParameterSet parameters = new(new ParameterLayout(architecture.Validate(file.File)));
        foreach (string name in file.Names)
        {
            if (parameters.Layout.IndexOf(name) < 0 && !name.EndsWith(BatchCountSuffix, StringComparison.Ordinal))
            {
                throw new InputException(
                    $"the tensor '{name}' has no place in this architecture",
                    file.File,
                    nearest: NearestName.Find(name, parameters.Parameters.Select(p => p.Name)));
            }
        }

        foreach (Parameter parameter in parameters.Parameters)
        {
            SafeTensor tensor = file.Require(parameter.Name);
            if (!tensor.Shape.SequenceEqual(parameter.Descriptor.Shape))
            {
                throw new InputException(
                    $"the tensor '{parameter.Name}' does not fit the architecture",
                    file.File,
                    expected: $"[{string.Join(", ", parameter.Descriptor.Shape)}]",
                    found: $"[{string.Join(", ", tensor.Shape)}]");
            }

            tensor.ToSingles().CopyTo(parameter.Values, 0);
        }

        parameters.RequireFinite(file.File);
        return parameters;
    }

    private static PropertyModel FromTensors(SafeTensors file)
    {
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format)
        {
            throw new InputException(
                "the file holds no model (bare weights become one by `model import`)",
                file.File,
                expected: $"metadata {FormatKey} = {Format}",
                found: file.Metadata.GetValueOrDefault(FormatKey) ?? "none");
        }

        string version = file.Metadata.GetValueOrDefault(VersionKey) ?? "none";
        if (version != "1")
        {
            throw new InputException(
                "the model file has a version that this program does not read",
                file.File,
                expected: $"{FormatVersion}",
                found: version);
        }

        Architecture architecture = Field<Architecture>(file, ArchitectureKey)
            ?? throw new InputException("the model file tells no architecture", file.File);
        return new PropertyModel(
            ImportWeights(file, architecture),
            Field<LabelDefinition>(file, LabelKey),
            file.Metadata.GetValueOrDefault(PotentialKey),
            Field<ModelProvenance>(file, ProvenanceKey),
            file.File);
    }

    private static T? Field<T>(SafeTensors file, string key)
        where T : class
    {
        if (!file.Metadata.TryGetValue(key, out string? text))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(text, Json);
        }
        catch (JsonException e)
        {
            throw new InputException($"the metadata '{key}' cannot be read", file.File, found: e.Message, inner: e);
        }
    }
}
