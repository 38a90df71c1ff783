using System.Security.Cryptography;
using System.Text;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Dynamics;

/// <summary>What a trajectory goes on from.</summary>
/// <param name="State">Atoms, cell, velocities, chains.</param>
/// <param name="Origin">Atoms and cell at step 0.</param>
/// <param name="Points">What was measured so far.</param>
/// <param name="SwapsTried">Exchanges tried.</param>
/// <param name="SwapsAccepted">Exchanges made.</param>
internal sealed record SavedTrajectory(
    DynamicsState State, AtomicStructure Origin, IReadOnlyList<ThermoPoint> Points, long SwapsTried, long SwapsAccepted);

/// <summary>
/// The file of a trajectory under way: a line of text with the version, then little-endian binary, then the SHA-256 of all before. It appears under its
/// name complete, or not at all.
/// </summary>
internal static class TrajectoryFile
{
    private const string Magic = "glasswright trajectory 1\n";
    private const int DigestLength = 32;

    /// <summary>Writes a file in the place of the last one.</summary>
    public static void Write(string file, string identity, SavedTrajectory saved)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Encoding.ASCII.GetBytes(Magic));
            writer.Write(identity);
            WriteState(writer, saved.State);
            WriteStructure(writer, saved.Origin);
            writer.Write(saved.SwapsTried);
            writer.Write(saved.SwapsAccepted);
            writer.Write(saved.Points.Count);
            foreach (ThermoPoint p in saved.Points)
            {
                writer.Write(p.Step);
                WriteAll(writer, [p.Time, p.Temperature, p.Potential, p.Kinetic, p.Volume, p.Pressure, p.Conserved]);
            }
        }

        byte[] digest = SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        AtomicFile.Write(file, stream =>
        {
            bytes.WriteTo(stream);
            stream.Write(digest);
        });
    }

    /// <summary>Whether there is a file that was begun under an identity; whether it is whole, <see cref="Read"/> tells.</summary>
    public static bool IsOf(string file, string identity)
    {
        if (!File.Exists(file))
        {
            return false;
        }

        using var reader = new BinaryReader(File.OpenRead(file));
        try
        {
            return Encoding.ASCII.GetString(reader.ReadBytes(Magic.Length)) == Magic && reader.ReadString() == identity;
        }
        catch (Exception damage) when (damage is EndOfStreamException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Reads a file; null if there is none.</summary>
    /// <exception cref="InputException">It is damaged, of another version, or of other settings or inputs.</exception>
    public static SavedTrajectory? Read(string file, string identity)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        byte[] bytes = File.ReadAllBytes(file);
        int length = bytes.Length - DigestLength;
        if (length < Magic.Length || !SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
        {
            throw new InputException("is not a whole trajectory", file: file, expected: "a file that prepare or anneal wrote; remove it to begin anew");
        }

        using var reader = new BinaryReader(new MemoryStream(bytes, 0, length));
        if (Encoding.ASCII.GetString(reader.ReadBytes(Magic.Length)) != Magic)
        {
            throw new InputException("is a trajectory of another version", file: file, expected: Magic.TrimEnd());
        }

        if (reader.ReadString() != identity)
        {
            throw new InputException(
                "was begun with other settings, inputs or numerics", file: file, expected: "the same command, or --out with another folder");
        }

        DynamicsState state = ReadState(reader);
        AtomicStructure origin = ReadStructure(reader);
        long tried = reader.ReadInt64(), accepted = reader.ReadInt64();
        var points = new ThermoPoint[reader.ReadInt32()];
        for (int k = 0; k < points.Length; k++)
        {
            long step = reader.ReadInt64();
            double[] v = ReadAll(reader, 7);
            points[k] = new ThermoPoint(step, v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
        }

        return new SavedTrajectory(state, origin, points, tried, accepted);
    }

    private static void WriteState(BinaryWriter writer, DynamicsState state)
    {
        writer.Write(state.Step);
        WriteStructure(writer, state.Structure);
        WriteAll(writer, state.Velocities);
        foreach (double[] part in (double[][])[state.Chain.Positions, state.Chain.Rates, state.Rates, state.BarostatChain.Positions, state.BarostatChain.Rates])
        {
            WriteAll(writer, part);
        }
    }

    private static DynamicsState ReadState(BinaryReader reader)
    {
        long step = reader.ReadInt64();
        AtomicStructure structure = ReadStructure(reader);
        double[] velocities = ReadAll(reader, structure.Coordinates.Length);
        ChainState Chain() => new(ReadAll(reader, NoseHooverChain.Length), ReadAll(reader, NoseHooverChain.Length));
        ChainState chain = Chain();
        double[] rates = ReadAll(reader, 6);
        return new DynamicsState
        {
            Step = step,
            Structure = structure,
            Velocities = velocities,
            Chain = chain,
            Rates = rates,
            BarostatChain = Chain(),
        };
    }

    private static void WriteStructure(BinaryWriter writer, AtomicStructure structure)
    {
        writer.Write(structure.Count);
        writer.Write(structure.SpeciesNames.Count);
        foreach (string name in structure.SpeciesNames)
        {
            writer.Write(name);
        }

        Matrix3 h = structure.Cell.Vectors;
        Vector3 o = structure.Cell.Origin;
        WriteAll(writer, [h.XX, h.XY, h.XZ, h.YX, h.YY, h.YZ, h.ZX, h.ZY, h.ZZ, o.X, o.Y, o.Z]);
        for (int i = 0; i < structure.Count; i++)
        {
            writer.Write(structure.Ids[i]);
            writer.Write(structure.Species[i]);
        }

        WriteAll(writer, structure.Coordinates);
    }

    private static AtomicStructure ReadStructure(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        string[] names = new string[reader.ReadInt32()];
        for (int k = 0; k < names.Length; k++)
        {
            names[k] = reader.ReadString();
        }

        double[] h = ReadAll(reader, 12);
        var cell = new Cell(new Matrix3(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8]), new Vector3(h[9], h[10], h[11]));
        var structure = new AtomicStructure(count, cell, names);
        for (int i = 0; i < count; i++)
        {
            structure.Ids[i] = reader.ReadInt64();
            structure.Species[i] = reader.ReadInt32();
        }

        ReadAll(reader, structure.Coordinates.Length).CopyTo(structure.Coordinates, 0);
        return structure;
    }

    private static void WriteAll(BinaryWriter writer, ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            writer.Write(value);
        }
    }

    private static double[] ReadAll(BinaryReader reader, int count)
    {
        double[] values = new double[count];
        for (int k = 0; k < count; k++)
        {
            values[k] = reader.ReadDouble();
        }

        return values;
    }
}
