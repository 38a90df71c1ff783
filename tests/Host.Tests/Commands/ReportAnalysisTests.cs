using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Tests.Commands;

/// <summary><c>report</c> of a run that <c>analyze</c> was at: its tables are drawn, and say the same.</summary>
public sealed class ReportAnalysisTests : IDisposable
{
    private static readonly string[] Groups = ["swapped", "shell_1", "shell_2", "shell_3", "shell_4", "farther"];

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void EveryTableOfAnalyzeIsAFigureAndNothingIsMissing()
    {
        Search();
        Run("analyze", _scratch.File("run"));

        (string[] figures, string missing) = Report(_scratch.File("run"));

        foreach (string figure in (string[])
        [
            "shells", "shells-shared", "step-classes", "motifs-icosahedra", "motifs-frank-kasper", "motifs-polytetrahedral", "motifs-crystalline", "voronoi-Cu", "voronoi-Zr", "gr-total", "gr-Cu-Zr",
            "gr-change-total", "gr-change-Cu-Cu", "sq-x-ray", "sq-neutron", "sq-number", "sq-Zr-Zr", "coordination", "volume-Cu", "volume-Zr",
        ])
        {
            figures.ShouldContain(figure);
        }

        figures.ShouldBe(figures.Distinct(), "names of files");
        missing.ShouldNotContain("glasswright analyze RUN");
        missing.Split((char)10).Where(text => text.StartsWith("Not here:", StringComparison.Ordinal)).ShouldBeEmpty();
        missing.ShouldContain("--second-curves AFTER");
    }

    [Fact]
    public void ChangesByShellAddUpToTheChangeOfTheMeanAndClassesToAllSteps()
    {
        Search();
        Run("analyze", _scratch.File("run"));
        Report(_scratch.File("run"));

        Dictionary<string, string>[] steps = CsvRows.Read(_scratch.File("run/analysis/steps.csv"));
        steps.Length.ShouldBeGreaterThan(1);
        string[][] shared = Rows("shells-shared"), shells = Rows("shells"), classes = Rows("step-classes");
        shared.Sum(row => Number(row[2])).ShouldBe(steps.Average(step => Number(step["mean_change"])), 1e-9);
        shells.Select(row => row[1]).ShouldBe(["swapped", "1st shell", "2nd shell", "3rd shell", "4th shell", "farther"]);
        for (int g = 0; g < Groups.Length; g++)
        {
            double[] told = [.. steps.Select(step => step[Groups[g]]).Where(cell => cell.Length > 0).Select(Number)];
            if (told.Length == 0)
            {
                shells[g][2].ShouldBeEmpty();
                continue;
            }

            Number(shells[g][2]).ShouldBe(told.Average(), 1e-9);
        }

        classes.Sum(row => Number(row[2])).ShouldBe(steps.Length);
        foreach (string[] row in classes)
        {
            Number(row[2]).ShouldBe(steps.Count(step => step["class"] == row[1].Replace('−', '-')), row[1]);
        }
    }

    [Fact]
    public void CurvesAndSharesAreThoseOfTheTables()
    {
        Search();
        Run("analyze", _scratch.File("run"));
        Report(_scratch.File("run"));

        // What is left out of g(r) is zero everywhere.
        Dictionary<string, string>[] gr = CsvRows.Read(_scratch.File("run/analysis/gr.csv"));
        string[][] drawn = Rows("gr-Cu-Zr");
        drawn.Select(row => row[0]).Distinct().First().ShouldBe("before");
        drawn.Where(row => row[0] == "before").Select(row => (row[1], row[2])).ShouldBe(
            gr.Where(row => row["structure"] == "start").Select(row => (row["r_A"], row["Cu-Zr"])).TakeLast(drawn.Count(row => row[0] == "before")));
        gr.Where(row => Number(row["r_A"]) < Number(drawn[0][1])).ShouldAllBe(row => row["total"] == "0");

        // Below 2 pi/12 Å nothing is told of S(q).
        Rows("sq-neutron").ShouldAllBe(row => Number(row[1]) >= 2 * Math.PI / 12);
        Dictionary<string, string>[] chain = CsvRows.Read(_scratch.File("run/analysis/chain.csv"));
        Rows("motifs-polytetrahedral").Select(row => Number(row[2])).ShouldBe(chain.Select(row => 100 * Number(row["polytetrahedral"])));
        foreach (string structure in Rows("volume-Cu").Select(row => row[0]).Distinct())
        {
            Rows("volume-Cu").Where(row => row[0] == structure).Sum(row => Number(row[2])).ShouldBe(8, structure);
        }
    }

    [Fact]
    public void LoadingsOfBothEndsAreDrawnModeByModeAndInTheMean()
    {
        Search();
        foreach ((string folder, double stiffness) in ((string, double)[])[("before", 2e5), ("after", 3e5)])
        {
            foreach (string mode in (string[])["xy+", "xz-", "z+"])
            {
                Directory.CreateDirectory(_scratch.File($"{folder}/{mode}"));
                double slope = mode == "xz-" ? 2 * stiffness : stiffness;
                _scratch.Write($"{folder}/{mode}/curve.csv", string.Create(CultureInfo.InvariantCulture, $"strain,energy_eV,stress_bar\n0,-80,0\n0.001,-79.9,{slope * 0.001}\n0.002,-79.8,{slope * 0.002}\n0.003,-79.85,{slope * 0.001}\n"));
            }
        }

        Run("analyze", "--curves", _scratch.File("before"), "--second-curves", _scratch.File("after"), "--out", _scratch.File("run/analysis"));

        (string[] figures, string missing) = Report(_scratch.File("run"));

        foreach (string figure in (string[])["stress-strain-shear", "stress-strain-xy-plus", "stress-strain-xz-minus", "stress-strain-z-plus", "loading-modulus", "loading-first-event", "loading-largest-drop"])
        {
            figures.ShouldContain(figure);
        }

        figures.ShouldNotContain("stress-strain-axial", "one mode has no mean");
        missing.ShouldNotContain("Stress-strain");

        // Two modes of 20 and 40 GPa before, of 30 and 60 after; 0.2 % is the last point before the fall.
        string[][] mean = Rows("stress-strain-shear");
        mean.Where(row => row[0] == "before").Select(row => Number(row[2])).ShouldBe([0, 0.03, 0.06, 0.03], 1e-12);
        mean.Where(row => row[0] == "after").Select(row => Number(row[1])).ShouldBe([0, 0.1, 0.2, 0.3], 1e-12);
        Rows("loading-modulus").Select(row => (row[0], row[1], Math.Round(Number(row[2]), 9))).ShouldBe(
            [("before", "xy+", 20), ("before", "xz-", 40), ("before", "z+", 20), ("after", "xy+", 30), ("after", "xz-", 60), ("after", "z+", 30)]);
    }

    [Fact]
    public void TablesOfAnEarlierStateOfTheRunAreToldToBeOld()
    {
        Search();
        Run("analyze", _scratch.File("run"));
        string[] chain = File.ReadAllLines(_scratch.File("run/analysis/chain.csv"));
        File.WriteAllLines(_scratch.File("run/analysis/chain.csv"), chain[..^1]);

        Report(_scratch.File("run")).Missing.ShouldContain($"The tables end at trial {chain[^2].Split(',')[1]} of replica 0, whose newest structure here is of trial {chain[^1].Split(',')[1]}");
    }

    [Fact]
    public void TablesMayLieElsewhereAndAFolderThatIsNotThereIsToldInOneLine()
    {
        Search();
        Run("analyze", _scratch.File("run"), "--out", _scratch.File("tables"));

        Report(_scratch.File("run")).Figures.ShouldNotContain("gr-total");
        Report(_scratch.File("run"), "--analysis", _scratch.File("tables")).Figures.ShouldContain("gr-total");
        Invocation.Run("report", _scratch.File("run"), "--analysis", _scratch.File("absent")).ShouldBeRefused("--analysis names no folder", "absent", "glasswright analyze");
        File.WriteAllText(_scratch.File("tables/gr.csv"), "structure,r_A,total\nstart,one,0\n");
        Invocation.Run("report", _scratch.File("run"), "--analysis", _scratch.File("tables")).ShouldBeRefused("gr.csv:2", "one");
    }

    [Fact]
    public void RunWithoutAModelIsToldByEnergies()
    {
        Search("-D", "search.decider.temperature=20000");
        Run("analyze", _scratch.File("run"));

        (string[] figures, _) = Report(_scratch.File("run"));

        figures.ShouldContain("shells");
        File.ReadLines(_scratch.File("run/report/figures/shells.csv")).First().ShouldBe("series,atoms,mean change of the energy (meV),error");
    }

    [Fact]
    public void AtomsAreMatchedByIdAndMoveTheShortestWay()
    {
        Search();

        // The end is the start with its atoms in another order; one has gone 0.6 Å through the face of the cell of 8 Å, one 1 Å along x and y, and two have exchanged species.
        StructureFrame start = ExtendedXyzFile.ReadFrames(_scratch.File("run/accepted-0.extxyz")).First();
        AtomicStructure glass = start.Structure;
        string[] lines = File.ReadAllLines(_scratch.File("run/accepted-0.extxyz"))[..18];
        string[] atoms = [.. lines[2..].Select((line, i) => i switch { 0 => Moved(line, -0.6 + 8, 0), 5 => Moved(line, 0.6, 0.8), 2 => line.Replace("Cu", "Zr", StringComparison.Ordinal), 3 => line.Replace("Zr", "Cu", StringComparison.Ordinal), _ => line }).Reverse()];
        File.WriteAllLines(_scratch.File("run/best.extxyz"), [.. lines[..2], .. atoms]);

        Report(_scratch.File("run"));

        string[][] moved = Rows("displacements");
        moved.Where(row => row[0] == "Cu").Select(row => Math.Round(Number(row[1]), 9)).ShouldBe([0, 0, 0, 0, 0, 0, 0, 0.6]);
        moved.Where(row => row[0] == "Zr").Select(row => Math.Round(Number(row[1]), 9)).ShouldBe([0, 0, 0, 0, 0, 0, 0, 1]);
        moved.Where(row => row[0] == "Zr").Select(row => Number(row[2])).ShouldBe([100, 87.5, 75, 62.5, 50, 37.5, 25, 12.5]);
        string[][] both = Rows("before-after");
        both.ShouldAllBe(row => row[2] == row[3], "no value has changed");
        both.Where(row => row[0] == "other species").Select(row => row[1]).ShouldBe([$"atom {glass.Ids[2]}", $"atom {glass.Ids[3]}"]);

        static string Moved(string line, double x, double y)
        {
            string[] cells = line.Split(' ');
            cells[1] = (Number(cells[1]) + x).ToString(CultureInfo.InvariantCulture);
            cells[2] = (Number(cells[2]) + y).ToString(CultureInfo.InvariantCulture);
            return string.Join(' ', cells);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static void Run(params string[] arguments)
    {
        Invocation run = Invocation.Run(arguments);
        run.ExitCode.ShouldBe(0, run.Error);
    }

    private string[][] Rows(string figure) => [.. File.ReadLines(_scratch.File($"run/report/figures/{figure}.csv")).Skip(1).Select(row => row.Split(','))];

    private static (string[] Figures, string Missing) Report(params string[] arguments)
    {
        Invocation report = Invocation.Run(["report", .. arguments, "--json"]);
        report.ExitCode.ShouldBe(0, report.Error);
        JsonNode json = JsonNode.Parse(report.Output)!;
        return ([.. json["figures"]!.AsArray().Select(figure => (string)figure!)], string.Join('\n', json["missing"]!.AsArray().Select(text => (string)text!)));
    }

    private void Search(params string[] more)
    {
        string[] model = more.Length > 0 ? more :
        [
            "-D", $"search.decider={{ kind = gnn, model = {JsonSerializer.Serialize(Samples.SmallModel(_scratch))} }}", "-D", "search.targets=[ { kind = mean, C = 1 } ]", "-D", "search.C-scaling=none",
        ];
        Run(["search", SearchVerbTests.Write(_scratch), "--threads", "1", "--out", _scratch.File("run"), .. model]);
    }
}
