using System.CommandLine;
using System.Diagnostics;
using Glasswright.Host.Output;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary><c>energy</c>: energy, forces and pressure of a structure as it stands.</summary>
internal sealed class EnergyVerb : Verb
{
    private readonly Option<string> _structure = Options.Structure();
    private readonly Option<string> _potential = Options.Potential();
    private readonly Option<string> _species = Options.Species();
    private readonly Option<string> _out = Options.Out("Energy and force of every atom: .csv or .extxyz.");
    private readonly Option<string> _backend = Options.Backend();
    private readonly Option<string> _device = Options.Device();
    private readonly Option<string> _threads = Options.Threads();
    private readonly Option<string> _tablePoints = Options.TablePoints();

    /// <summary>Describes the verb.</summary>
    public EnergyVerb()
        : base("energy", "Energy, forces and pressure of a structure.") =>
        Take(_structure, _potential, _species, _out, _backend, _device, _threads, _tablePoints);

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        string structurePath = arguments.Required(_structure), potentialPath = arguments.Required(_potential);
        string? path = arguments.Text(_out);
        var backend = Backend.Read(arguments, _backend, _threads, _device);
        if (path is not null)
        {
            OutputFile.RequireWritable(path, ".csv", ".extxyz");
        }

        var input = GlassInput.Read(structurePath, potentialPath, arguments.Names(_species));
        long? points = arguments.Whole(_tablePoints, CompactTables.LeastPoints, CompactTables.MostPoints);
        AtomicStructure structure = input.Structure;
        var result = new ForceResult(structure.Count);
        using OwnedForceField owned = backend.CreateThreaded(input.Resampled(points));
        owned.Field.Bind(structure);
        owned.Field.Evaluate(structure, result, ForceParts.All);
        double elapsed = Time(owned.Field, structure);
        if (path is not null)
        {
            Write(path, structure, result);
        }

        Report report = new Report().Energy(structure, result);
        if (points is not null)
        {
            report.Number("table_force_error_eV_per_A", "largest error of a force by the tables", LargestError(input, result), "eV/Å", "G3");
        }

        session.Print(report.Number("elapsed_s", "one evaluation of energy and forces", elapsed, "s", "G4"));
        return 0;
    }

    /// <summary>Seconds of what a minimizer or molecular dynamics asks for, energy and forces, after an untimed evaluation of the same.</summary>
    private static double Time(IForceField field, AtomicStructure structure)
    {
        var result = new ForceResult(structure.Count);
        field.Evaluate(structure, result, ForceParts.Forces);
        long start = Stopwatch.GetTimestamp();
        field.Evaluate(structure, result, ForceParts.Forces);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The largest difference of a force component from that of the tables as they stand in the file.</summary>
    private static double LargestError(GlassInput input, ForceResult resampled)
    {
        var full = new ForceResult(resampled.Count);
        using var field = new VectorEam(input.Tables);
        field.Bind(input.Structure);
        field.Evaluate(input.Structure, full, ForceParts.Forces);
        double largest = 0;
        for (int i = 0; i < full.Forces.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(full.Forces[i] - resampled.Forces[i]));
        }

        return largest;
    }

    private static void Write(string path, AtomicStructure structure, ForceResult result)
    {
        if (Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
        {
            AtomicFile.Write(path, stream => WriteTable(stream, structure, result));
            return;
        }

        int n = structure.Count, stride = result.Stride;
        var frame = new StructureFrame(structure);
        frame.Header["energy_eV"] = result.Energy.ToString(System.Globalization.CultureInfo.InvariantCulture);
        frame.Columns["energy_eV"] = result.AtomEnergies[..n];
        frame.Columns["fx"] = result.Forces[..n];
        frame.Columns["fy"] = result.Forces[stride..(stride + n)];
        frame.Columns["fz"] = result.Forces[(2 * stride)..((2 * stride) + n)];
        StructureFile.Write(path, frame);
    }

    private static void WriteTable(Stream stream, AtomicStructure structure, ForceResult result)
    {
        using var csv = new CsvWriter(stream);
        csv.Header("id", "species", "x", "y", "z", "energy_eV", "fx", "fy", "fz");
        for (int i = 0; i < structure.Count; i++)
        {
            Vector3 r = structure.Position(i);
            csv.Cell(structure.Ids[i]).Cell(structure.SpeciesNames[structure.Species[i]]).Cell(r.X).Cell(r.Y).Cell(r.Z);
            csv.Cell(result.AtomEnergies[i]);
            csv.Cell(result.Forces[i]).Cell(result.Forces[result.Stride + i]).Cell(result.Forces[(2 * result.Stride) + i]);
            csv.EndRow();
        }
    }
}
