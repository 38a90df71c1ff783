using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Host.Tests.Commands;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Storage;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests;

/// <summary>
/// <c>python/read_run.py</c> on the folder of a search of two chains whose model learns on the way: what it gives are the program's own numbers, to the
/// last bit. ASE and NumPy are Debian's (<c>python3-ase</c>).
/// </summary>
public sealed class RunFolderInPython : IClassFixture<RunFolderInPython.Searched>, IDisposable
{
    private static readonly string Reader = Path.Combine(Repository.Root, "python");

    private readonly Scratch _scratch = new();
    private readonly string _run;

    public RunFolderInPython(Searched searched)
    {
        // Every test has a copy that it may spoil.
        _run = _scratch.File("run");
        Directory.CreateDirectory(_run);
        foreach (string path in Directory.GetFiles(searched.Folder))
        {
            File.Copy(path, Path.Combine(_run, Path.GetFileName(path)));
        }
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void ColumnsOfEveryChainAreThoseOfItsFile()
    {
        JsonElement chains = Read().GetProperty("chains");
        chains.EnumerateObject().Select(chain => chain.Name).ShouldBe(["0", "1"]);
        foreach (JsonProperty chain in chains.EnumerateObject())
        {
            string[][] rows = [.. File.ReadLines(InRun($"chain-{chain.Name}.csv")).Select(line => line.Split(','))];
            chain.Value.EnumerateObject().Select(column => column.Name).ShouldBe(rows[0]);
            for (int k = 0; k < rows[0].Length; k++)
            {
                string kind = rows[0][k] switch { "accepted" => "b", "trial" or "atom_a" or "atom_b" or "evaluations" or "rung" => "i", "outcome" or "vetoed_by" => "U", _ => "f" };
                JsonElement column = chain.Value.GetProperty(rows[0][k]);
                column.GetProperty("type").GetString().ShouldBe(kind, rows[0][k]);
                column.GetProperty("values").EnumerateArray().Select(cell => Same(cell, kind)).ShouldBe(rows.Skip(1).Select(row => Same(row[k], kind)), rows[0][k]);
            }
        }
    }

    [Fact]
    public void StructuresHaveTheirAtomsColumnsAndEntries()
    {
        JsonElement found = Read();
        foreach (int replica in (int[])[0, 1])
        {
            StructureFrame[] frames = [.. ExtendedXyzFile.ReadFrames(InRun($"accepted-{replica}.extxyz"))];
            frames.Length.ShouldBeGreaterThan(1);
            JsonElement[] read = [.. found.GetProperty("accepted").GetProperty(Text(replica)).EnumerateArray()];
            read.Length.ShouldBe(frames.Length);
            for (int k = 0; k < frames.Length; k++)
            {
                ShouldBe(read[k], frames[k]);
            }

            ShouldBe(found.GetProperty("finals").GetProperty(Text(replica)), ExtendedXyzFile.Read(InRun($"final-{replica}.extxyz")));
        }

        ShouldBe(found.GetProperty("best"), ExtendedXyzFile.Read(InRun("best.extxyz")));
        ShouldBe(found.GetProperty("final"), ExtendedXyzFile.Read(InRun("final.extxyz")));
    }

    [Fact]
    public void ModelsHaveTheWeightsAndMetadataOfTheirFiles()
    {
        string every = _scratch.File("run/inputs/model/every type.safetensors");
        Directory.CreateDirectory(Path.GetDirectoryName(every)!);
        File.WriteAllBytes(every, EveryType());

        JsonElement found = Read();

        string[] names = ["inputs/model/every type", .. Directory.GetFiles(_run, "model-g*").Select(path => Path.GetFileNameWithoutExtension(path)!)];
        names.Length.ShouldBeGreaterThan(1, "the search has learned");
        found.GetProperty("models").EnumerateObject().Select(model => model.Name).ShouldBe(names, ignoreOrder: true);
        foreach (string name in names)
        {
            var file = SafeTensors.Read(InRun(name + ".safetensors"));
            JsonElement model = found.GetProperty("models").GetProperty(name);
            model.EnumerateObject().Select(tensor => tensor.Name).ShouldBe(file.Names, name);
            foreach (string tensor in file.Names)
            {
                SafeTensor expected = file.Require(tensor);
                JsonElement array = model.GetProperty(tensor);
                array.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32()).ShouldBe(expected.Shape, tensor);
                array.GetProperty("values").EnumerateArray().Select(value => Same(value, "f")).ShouldBe(Elements(expected), $"{name} {tensor}");
            }

            found.GetProperty("metadata").GetProperty(name).EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString())
                .ShouldBe(file.Metadata.ToDictionary(entry => entry.Key, entry => (string?)entry.Value), ignoreOrder: true);
        }
    }

    [Fact]
    public void TablesBesideTheChainsAreFound()
    {
        Answer("analyze", _run);

        JsonElement found = Read();

        found.GetProperty("info").GetProperty("outcome").GetString().ShouldBe("finished");
        JsonElement tables = found.GetProperty("tables");
        tables.GetProperty("learning").GetProperty("decision").GetProperty("values").GetArrayLength().ShouldBe(File.ReadLines(InRun("learning.csv")).Count() - 1);
        tables.GetProperty("exchanges").GetProperty("accepted").GetProperty("type").GetString().ShouldBe("f");
        string[] lines = [.. File.ReadLines(InRun("analysis/gr.csv")).Where(line => line[0] != '#')];
        JsonElement total = tables.GetProperty("analysis/gr").GetProperty("total").GetProperty("values");
        total.EnumerateArray().Select(value => Same(value, "f")).ShouldBe(lines.Skip(1).Select(line => Same(line.Split(',')[2], "f")));
        tables.GetProperty("analysis/gr").GetProperty("structure").GetProperty("type").GetString().ShouldBe("U");
    }

    [Fact]
    public void HalfWrittenEndsOfARunThatGoesOnAreLeftOutAndOfAFinishedOneTold()
    {
        string chain = InRun("chain-0.csv"), accepted = InRun("accepted-0.extxyz"), document = InRun("run.json");
        int rows = File.ReadLines(chain).Count() - 1, frames = ExtendedXyzFile.ReadFrames(accepted).Count();
        File.WriteAllText(chain, File.ReadAllText(chain)[..^4]);
        File.WriteAllText(accepted, File.ReadAllText(accepted)[..^4]);
        string best = InRun("best.extxyz"), whole = File.ReadAllText(best);
        File.WriteAllText(best, whole[..^4]);
        ShouldBeRefused(Run(_run), "best.extxyz: frame 0 ends before its last atom");
        File.WriteAllText(best, whole);

        JsonNode run = JsonNode.Parse(File.ReadAllText(document))!;
        run["outcome"] = "running";
        File.WriteAllText(document, run.ToJsonString());
        JsonElement found = Read();
        found.GetProperty("chains").GetProperty("0").GetProperty("trial").GetProperty("values").GetArrayLength().ShouldBe(rows - 1);
        found.GetProperty("accepted").GetProperty("0").GetArrayLength().ShouldBe(frames - 1);
    }

    [Fact]
    public void SummaryAgreesWithTheSearchsOwn()
    {
        (int exit, string output, string error) = Run(_run, "--json");
        exit.ShouldBe(0, error);
        JsonElement summary = JsonDocument.Parse(output).RootElement, run = JsonDocument.Parse(File.ReadAllText(InRun("run.json"))).RootElement;
        summary.GetProperty("run").GetString().ShouldBe(run.GetProperty("run").GetString());
        summary.GetProperty("accepted").GetInt64().ShouldBe(run.GetProperty("accepted").GetInt64());
        summary.GetProperty("trials").GetInt64().ShouldBe(run.GetProperty("trials").GetInt64());
        summary.GetProperty("formula").GetString().ShouldBe("Cu8Zr8");
        summary.GetProperty("models").EnumerateObject().Count().ShouldBe(Directory.GetFiles(_run, "*.safetensors").Length);

        (exit, output, error) = Run(_run);
        exit.ShouldBe(0, error);
        output.ShouldMatch(@"\noutcome +finished\n");
        output.ShouldMatch(@"\natoms +16\n");
    }

    [Theory]
    [InlineData("run.json", "{ \"run\": ", "run.json: is no JSON")]
    [InlineData("chain-1.csv", "trial,accepted\n1,0\nthree,0\n", "chain-1.csv:3: the column trial holds no whole number here; found 'three'")]
    [InlineData("chain-1.csv", "trial,accepted\n1,0,7\n", "chain-1.csv:2: a row has another number of cells than the header; expected 2; found 3")]
    [InlineData("accepted-0.extxyz", "sixteen\n\n", "accepted-0.extxyz: frame 0 does not begin with its number of atoms; found 'sixteen'")]
    [InlineData("accepted-0.extxyz", "1\nProperties=species:S:1:pos:R:3\nCu 0 0\n", "accepted-0.extxyz: frame 0 is not read by ASE")]
    [InlineData("model-g1.safetensors", "short", "model-g1.safetensors: is no safetensors file, or cut off")]
    [InlineData("model-g1.safetensors", "\u0004\0\0\0\0\0\0\0[1] ", "model-g1.safetensors: the header is not one of safetensors")]
    public void MistakesAreToldInOneLine(string file, string text, string words)
    {
        File.WriteAllText(InRun(file), text);
        ShouldBeRefused(Run(_run), words);
    }

    [Fact]
    public void WrongUseIsToldInOneLine()
    {
        ShouldBeRefused(Run(), "usage: read_run.py RUN");
        ShouldBeRefused(Run(_run, "--jsno"), "unrecognized arguments: --jsno");
        ShouldBeRefused(Run(_scratch.Folder), "this folder holds no run; expected run.json in it");
        ShouldBeRefused(Run(_scratch.File("absent")), "this folder holds no run");
        ShouldBeRefused(Python("-S", Path.Combine(Reader, "read_run.py"), _run), "NumPy is not there");
    }

    private static void ShouldBeRefused((int Exit, string Output, string Error) result, string words)
    {
        result.Exit.ShouldBe(2, result.Error);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain(words);
        result.Error.TrimEnd('\n').ShouldNotContain("\n");
    }

    private static void ShouldBe(JsonElement found, StructureFrame frame)
    {
        AtomicStructure structure = frame.Structure;
        found.GetProperty("symbols").EnumerateArray().Select(symbol => symbol.GetString()).ShouldBe(structure.Species.Select(species => structure.SpeciesNames[species]));
        Numbers(found.GetProperty("positions")).ShouldBe([.. Enumerable.Range(0, structure.Count).Select(structure.Position).SelectMany(r => (double[])[r.X, r.Y, r.Z])]);
        Matrix3 cell = structure.Cell.Vectors;
        Numbers(found.GetProperty("cell")).ShouldBe([.. ((Vector3[])[cell.Column0, cell.Column1, cell.Column2]).SelectMany(v => (double[])[v.X, v.Y, v.Z])]);
        found.GetProperty("pbc").EnumerateArray().ShouldAllBe(flag => flag.GetBoolean());
        Text(found.GetProperty("trial").GetInt64()).ShouldBe(frame.Header["trial"]);
        found.GetProperty("energy_eV").GetDouble().ShouldBe(double.Parse(frame.Header["energy_eV"], CultureInfo.InvariantCulture));
        JsonElement arrays = found.GetProperty("arrays");
        arrays.EnumerateObject().Select(array => array.Name).ShouldBe(["id", .. frame.Columns.Keys], ignoreOrder: true);
        Numbers(arrays.GetProperty("id").GetProperty("values")).ShouldBe(structure.Ids.Select(id => (double)id));
        foreach ((string name, double[] values) in frame.Columns)
        {
            Numbers(arrays.GetProperty(name).GetProperty("values")).ShouldBe(values, name);
        }
    }

    /// <summary>A file with a tensor of every element type, a scalar and an empty one among them.</summary>
    private static byte[] EveryType()
    {
        var file = new SafeTensors();
        file.Metadata["note"] = "ångström";
        file.Add("f64", SafeTensor.From(new double[] { 1.5, -0.0, 1e-300, Math.PI }, 2, 2));
        file.Add("f32", SafeTensor.From(new float[] { 0.1f, float.MaxValue }, 2));
        file.Add("f16", new SafeTensor(TensorType.F16, [2], new byte[] { 0x00, 0x3C, 0x00, 0xC0 }));
        file.Add("bf16", new SafeTensor(TensorType.BF16, [3], new byte[] { 0x80, 0x3F, 0x00, 0xC0, 0x49, 0x40 }));
        file.Add("i32", SafeTensor.From(new int[] { -7 }, []));
        file.Add("i64", SafeTensor.From(new long[] { long.MaxValue >> 20 }, 1));
        file.Add("bool", SafeTensor.From(new bool[] { true, false }, 2));
        file.Add("u16", new SafeTensor(TensorType.U16, [1], new byte[] { 0xFF, 0xFF }));
        file.Add("none", new SafeTensor(TensorType.F64, [0, 3], Array.Empty<byte>()));
        return file.ToBytes();
    }

    private static IEnumerable<object> Elements(SafeTensor tensor) => (tensor.Type switch
    {
        TensorType.F64 => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(tensor.Data.Span).ToArray(),
        TensorType.I32 => [-7],
        TensorType.I64 => [long.MaxValue >> 20],
        TensorType.BOOL => [1, 0],
        TensorType.U16 => [65535],
        _ => tensor.ToSingles().Select(value => (double)value).ToArray(),
    }).Select(value => (object)BitConverter.DoubleToInt64Bits(value));

    private static object Same(string cell, string kind) => kind switch
    {
        "U" => cell,
        "b" => cell == "1",
        "i" => long.Parse(cell, CultureInfo.InvariantCulture),
        _ => BitConverter.DoubleToInt64Bits(cell.Length == 0 ? double.NaN : double.Parse(cell, CultureInfo.InvariantCulture)),
    };

    private static object Same(JsonElement cell, string kind) => kind switch
    {
        "U" => cell.GetString()!,
        "b" => cell.GetBoolean(),
        "i" => cell.GetInt64(),
        _ => BitConverter.DoubleToInt64Bits(Number(cell)),
    };

    // Python prints NaN as a bare word, which JSON does not know; it has been quoted.
    private static double Number(JsonElement cell) => cell.ValueKind switch
    {
        JsonValueKind.String => double.NaN,
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => cell.GetDouble(),
    };

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(Number)];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Answer(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        CommandLine.Run(arguments, new Terminal(output, error, stop: CancellationToken.None)).ShouldBe(0, error.ToString());
    }

    private string InRun(string name) => Path.Combine(_run, name);

    private JsonElement Read()
    {
        (int exit, string output, string error) = Python(Path.Combine(Repository.Root, "tests", "Integration", "Integration.Tests", "run_read.py"), Reader, _run);
        exit.ShouldBe(0, error);
        return JsonDocument.Parse(output.Replace("NaN", "\"NaN\"", StringComparison.Ordinal)).RootElement;
    }

    private static (int Exit, string Output, string Error) Run(params string[] arguments) => Python([Path.Combine(Reader, "read_run.py"), .. arguments]);

    private static (int Exit, string Output, string Error) Python(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-B", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("python3 does not start");
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>The search, once for all tests: 16 atoms, two chains on a ladder, a model that learns from labels of one loading mode.</summary>
    public sealed class Searched : IDisposable
    {
        private readonly Scratch _scratch = new();

        public Searched()
        {
            var label = new LabelDefinition { Strain = 0.01, Step = 0.005, Lateral = "isochoric", Modes = ["xy+"], D2MinCutoff = 3.8, D2MinNormalization = "sum" };
            Samples.SmallCrystal(_scratch);
            string configuration = _scratch.Write("search.conf", $$"""
                structure = small.extxyz
                potential = {{JsonSerializer.Serialize(Samples.Potential)}}
                search {
                  trials = 24, seed = 2, calibrate = off
                  decider { kind = gnn, model = {{JsonSerializer.Serialize(Samples.SmallModel(_scratch, label: label))}} }
                  targets = [ { kind = mean, C = 0.001 } ], C-scaling = none
                  learn { every = 8, epochs = 3, learning-rate = 1e-3, limit-pearson = none }
                }
                replicas = 2
                tempering { scales = [1, 2], every = 4 }
                """);
            Answer("search", configuration, "--threads", "1", "--out", Folder);
        }

        internal string Folder => _scratch.File("run");

        public void Dispose() => _scratch.Dispose();
    }
}
