using System.Security.Cryptography;
using Glasswright.Kernels.Formats;

namespace Glasswright.Kernels.Deformation;

/// <summary>
/// Keeps a finished mode on disk until all modes of its structure are finished. Little-endian: the text
/// <c>glasswright mode 1</c>, the key of the work, outcome, steps, evaluations, reference energy and pressure, numbers of
/// strains and atoms, the values bit for bit, and the SHA-256 of all that.
/// </summary>
internal static class ModeResultFile
{
    private const string Title = "glasswright mode 1";

    /// <summary>Writes a result, whole or not at all.</summary>
    public static void Write(string path, string key, ModeResult result)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Title);
            writer.Write(key);
            writer.Write(result.Mode.Name);
            writer.Write((int)result.Outcome);
            writer.Write(result.Steps);
            writer.Write(result.Evaluations);
            writer.Write(result.ReferenceEnergy);
            foreach (double component in result.ReferencePressure)
            {
                writer.Write(component);
            }

            writer.Write(result.LnD2Min.Length);
            writer.Write(result.LnD2Min.Length == 0 ? 0 : result.LnD2Min[0].Length);
            foreach (double[] strain in result.LnD2Min)
            {
                foreach (double value in strain)
                {
                    writer.Write(value);
                }
            }
        }

        byte[] bytes = content.ToArray();
        AtomicFile.Write(path, stream =>
        {
            stream.Write(bytes);
            stream.Write(SHA256.HashData(bytes));
        });
    }

    /// <summary>
    /// Reads a result; null when there is none of this key: no file, another key, or bytes that do not match their digest.
    /// The mode is then simply computed.
    /// </summary>
    public static ModeResult? TryRead(string path, string key)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        byte[] bytes = File.ReadAllBytes(path);
        int length = bytes.Length - SHA256.HashSizeInBytes;
        if (length <= 0 || !SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes, 0, length));
        if (reader.ReadString() != Title || reader.ReadString() != key)
        {
            return null;
        }

        LoadingMode mode = LoadingMode.Parse(reader.ReadString(), path);
        var outcome = (QuasistaticOutcome)reader.ReadInt32();
        int steps = reader.ReadInt32();
        long evaluations = reader.ReadInt64();
        double energy = reader.ReadDouble();
        double[] pressure = Values(6);
        var values = new double[reader.ReadInt32()][];
        int atoms = reader.ReadInt32();
        for (int s = 0; s < values.Length; s++)
        {
            values[s] = Values(atoms);
        }

        return new ModeResult
        {
            Mode = mode,
            Outcome = outcome,
            Steps = steps,
            Evaluations = evaluations,
            ReferenceEnergy = energy,
            ReferencePressure = pressure,
            LnD2Min = values,
        };

        double[] Values(int count)
        {
            var read = new double[count];
            for (int i = 0; i < count; i++)
            {
                read[i] = reader.ReadDouble();
            }

            return read;
        }
    }
}
