using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Glasswright.Host.Reports;

namespace Glasswright.Host.Tests.Commands;

/// <summary><c>report</c>: what a run's folder holds, as a page and files; what is not there is said.</summary>
public sealed class ReportVerbTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void ReportHoldsEveryFigureAsTableAndDrawing()
    {
        Search(Gnn());

        JsonElement report = Report().Json;

        string[] figures = [.. report.GetProperty("figures").EnumerateArray().Select(figure => figure.GetString()!)];
        foreach (string figure in (string[])["targets-0", "mean-steps", "energy-steps", "pressure", "acceptance", "distribution", "distribution-Cu", "slice-1-before", "energy-Zr", "energy-property-Cu", "time"])
        {
            figures.ShouldContain(figure);
        }

        Directory.GetFiles(_scratch.File("run/report/figures")).Select(Path.GetFileName)
            .ShouldBe(figures.SelectMany(figure => new[] { figure + ".csv", figure + ".svg" }), ignoreOrder: true);
        foreach (string figure in figures)
        {
            XDocument.Load(_scratch.File($"run/report/figures/{figure}.svg")).Root!.Name.LocalName.ShouldBe("svg");
        }

        // A slice of the cell of 8 Å: a map of 8 by 8 points, closed at its end, and the atoms; each atom is in one slice.
        string[] slices = [.. figures.Where(figure => figure.StartsWith("slice-", StringComparison.Ordinal) && figure.EndsWith("-before", StringComparison.Ordinal))];
        slices.Length.ShouldBe(3);
        slices.Sum(slice => Rows(slice).Count(row => row[0] == "atoms")).ShouldBe(16);
        slices.Select(slice => Rows(slice).Count(row => row[0] == "map")).ShouldContain(81);
        File.ReadAllText(_scratch.File($"run/report/figures/{slices[0]}.svg")).ShouldContain("<rect");

        // Without Node.js at build time there is no page; then its absence is told.
        (report.GetProperty("html").ValueKind == JsonValueKind.Null).ShouldBe(ReportPage.Template is null);
        File.Exists(_scratch.File("run/report/index.html")).ShouldBe(ReportPage.Template is not null);
        report.GetProperty("html_missing").ValueKind.ShouldBe(ReportPage.Template is null ? JsonValueKind.String : JsonValueKind.Null);
    }

    [Fact]
    public void FiguresAgreeWithTheRunsOwnRecord()
    {
        Search(Gnn());
        Report();

        JsonNode run = JsonNode.Parse(File.ReadAllText(_scratch.File("run/run.json")))!;
        string[][] targets = Rows("targets-0");
        foreach (string name in (string[])["max", "mean", "q0.10", "q0.90"])
        {
            string[][] rows = [.. targets.Where(row => row[0] == name)];
            Number(rows[0][2]).ShouldBe(run["targets_start"]![name]!.GetValue<double>(), 1e-9, name);
            Number(rows[^1][2]).ShouldBe(run["targets_end"]![name]!.GetValue<double>(), 1e-9, name);
            rows.Length.ShouldBe(run["accepted"]!.GetValue<int>() + 2, "the start, every acceptance and the last trial");
        }

        // 16 atoms, half of them of each species, before and after.
        foreach ((string figure, int atoms) in ((string, int)[])[("distribution", 16), ("distribution-Cu", 8), ("energy-Zr", 8)])
        {
            foreach (string series in (string[])["before", "best"])
            {
                Rows(figure).Where(row => row[0] == series).Sum(row => Number(row[2])).ShouldBe(atoms, figure);
            }
        }

        double change = 1e3 / 16 * (run["targets_end"]!["energy_eV"]!.GetValue<double>() - run["targets_start"]!["energy_eV"]!.GetValue<double>());
        Number(Rows("energy-steps")[^1][2]).ShouldBe(change, 1e-6);
        Rows("rejections").Sum(row => Number(row[2])).ShouldBe(run["trials"]!.GetValue<int>() - run["accepted"]!.GetValue<int>());
    }

    [Fact]
    public void TableOfTargetsHasTheConstantOfEveryTargetThatHasOne()
    {
        Search(Gnn("-D", "search.targets=[ { kind = mean, C = 1e-6 }, { kind = energy, C = 0.25 } ]", "-D", "search.calibrate={ acceptance = 0.5, pilot = 8 }"));

        JsonNode constants = JsonNode.Parse(File.ReadAllText(_scratch.File("run/run.json")))!["calibration"]!["constants"]!;
        ReportTable targets = ReportDocument.Of(RunFiles.Read(_scratch.File("run"))).Targets.ShouldNotBeNull();
        targets.Header[^1].ShouldBe("constant C");
        foreach (IReadOnlyList<string> row in targets.Rows)
        {
            string name = row[0] == "energy_eV" ? "energy" : row[0];
            if (constants[name] is { } constant)
            {
                Number(row[^1].Replace('−', '-')).ShouldBe(constant.GetValue<double>(), 1e-3 * Math.Abs(constant.GetValue<double>()), row[0]);
            }
            else
            {
                row[^1].ShouldBe("-", row[0]);
            }

            // Start, end and change have equally many decimals.
            row.Skip(1).Take(3).Select(text => text.Length - text.IndexOf('.', StringComparison.Ordinal)).Distinct().Count().ShouldBe(1, row[0]);
        }

        targets.Rows.Single(row => row[0] == "energy_eV")[^1].ShouldNotBe("-");
    }

    [Fact]
    public void RunWithoutAModelHasAReportOfWhatThereIs()
    {
        Search();

        JsonElement report = Report().Json;

        report.GetProperty("figures").EnumerateArray().Select(figure => figure.GetString()).ShouldContain("energy-Cu");
        report.GetProperty("figures").EnumerateArray().Select(figure => figure.GetString()).ShouldNotContain("distribution");
        string missing = string.Join('\n', report.GetProperty("missing").EnumerateArray().Select(text => text.GetString()));
        missing.ShouldContain("search.decider.model");
        missing.ShouldContain("search.validate");
        missing.ShouldContain("Not here: motifs along the chain, Voronoi indices, g(r), its change Δg(r), S(q), coordination numbers, Warren-Cowley parameters, volumes of cells. `glasswright analyze RUN`");
        missing.ShouldContain("The change by shells of the swapped pair and the classes of the accepted steps are not here: `glasswright analyze RUN`");
        missing.ShouldContain("`glasswright analyze --curves BEFORE --second-curves AFTER --out RUN/analysis`");
    }

    [Fact]
    public void KilledRunIsReportedWithItsHalfWrittenEndsLeftOut()
    {
        Search(Gnn());
        string chain = _scratch.File("run/chain-0.csv"), accepted = _scratch.File("run/accepted-0.extxyz"), document = _scratch.File("run/run.json");
        File.WriteAllText(chain, File.ReadAllText(chain)[..^20]);
        File.WriteAllText(accepted, File.ReadAllText(accepted)[..^100]);
        File.Delete(_scratch.File("run/best.extxyz"));
        JsonNode run = JsonNode.Parse(File.ReadAllText(document))!;
        run["outcome"] = "running";
        foreach (string key in (string[])["targets_start", "targets_end", "elapsed_s"])
        {
            run.AsObject().Remove(key);
        }

        File.WriteAllText(document, run.ToJsonString());

        Invocation report = Report();

        report.Json.GetProperty("outcome").GetString().ShouldBe("running");
        Rows("distribution").Select(row => row[0]).Distinct().ShouldBe(["before", "now"]);
        Rows("rejections").Sum(row => Number(row[2])).ShouldBeLessThan(12);
    }

    [Fact]
    public void LaddersValidationAndAnalysisAreShownWhereTheyAre()
    {
        Search(Gnn("-D", "replicas=2", "-D", "tempering.scales=[1, 2]", "-D", "tempering.every=3"));
        _scratch.Write("run/validation-0.csv", "version,trial,pearson,mean_predicted,mean_true,energy_eV,mean_spread,outside_share,invalid\n0,0,0.8,-1.5,-1.4,-80,,0,0\n1,3,0.7,-1.6,-1.45,-80,,0,0\n");
        Directory.CreateDirectory(_scratch.File("run/analysis"));
        _scratch.Write("run/analysis/rdf.csv", "# before and after\nr_A,before_total,after_total\n2,0.5,0.4\n2.5,2.5,2.6\n3,1,1\n");

        JsonElement report = Report().Json;

        string[] figures = [.. report.GetProperty("figures").EnumerateArray().Select(figure => figure.GetString()!)];
        foreach (string figure in (string[])["targets-1", "rungs", "exchanges", "rung-acceptance", "check-means", "check-parity", "analysis-rdf"])
        {
            figures.ShouldContain(figure);
        }

        Rows("check-means").Count(row => row[0] == "replica 0 true").ShouldBe(2);
        File.ReadLines(_scratch.File("run/report/figures/analysis-rdf.csv")).First().ShouldBe("series,r (Å),value");
        string[][] rungs = Rows("rungs");
        rungs.Where(row => row[0] == "replica 1").First()[2].ShouldBe("1", "the second replica begins on the second rung");
    }

    [Fact]
    public void NewReportTakesThePlaceOfTheOldAndOfNothingElse()
    {
        Search();
        Report();
        string stale = _scratch.File("run/report/figures/stale.csv");
        File.WriteAllText(stale, "");

        Report();

        File.Exists(stale).ShouldBeFalse("the folder is replaced as a whole");
        Directory.GetDirectories(_scratch.File("run")).Select(Path.GetFileName).ShouldBe(["report"]);
        _scratch.Write("run/report/thesis.tex", "mine");
        Invocation.Run("report", _scratch.File("run")).ShouldBeRefused("would replace a folder that holds other files", "thesis.tex");
        File.Exists(_scratch.File("run/report/figures/time.svg")).ShouldBeTrue();
    }

    [Fact]
    public void MistakesAreToldInOneLine()
    {
        Search();
        _scratch.Write("file", "");
        Directory.CreateDirectory(_scratch.File("empty"));

        Invocation.Run("report").ShouldBeRefused("no run is given", "report RUN");
        Invocation.Run("report", _scratch.File("absent")).ShouldBeRefused("there is no such run folder", "--store URL");
        Invocation.Run("report", _scratch.File("empty")).ShouldBeRefused("this folder holds no run to report");
        Invocation.Run("report", _scratch.File("run"), "--out", _scratch.File("file")).ShouldBeRefused("is a file");
        Invocation.Run("report", _scratch.File("run"), "--outt", "x").ShouldBeRefused("has no flag --outt", "--out");
        File.WriteAllText(_scratch.File("run/chain-0.csv"), File.ReadAllText(_scratch.File("run/chain-0.csv")).Replace("\n3,", "\nthree,", StringComparison.Ordinal));
        Invocation.Run("report", _scratch.File("run")).ShouldBeRefused("chain-0.csv:4", "three");
        File.WriteAllText(_scratch.File("run/run.json"), "{ \"run\": ");
        Invocation.Run("report", _scratch.File("run")).ShouldBeRefused("run.json", "is no JSON");
        Directory.Exists(_scratch.File("run/report")).ShouldBeFalse();
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private string[][] Rows(string figure) => [.. File.ReadLines(_scratch.File($"run/report/figures/{figure}.csv")).Skip(1).Select(row => row.Split(','))];

    private string[] Gnn(params string[] more) =>
    [
        "-D", $"search.decider={{ kind = gnn, model = {JsonSerializer.Serialize(Samples.SmallModel(_scratch))} }}",
        "-D", "search.targets=[ { kind = mean, C = 1e-6 }, { kind = max, C = 10 } ]", "-D", "search.C-scaling=none", .. more,
    ];

    private void Search(params string[] settings)
    {
        Invocation search = Invocation.Run(["search", SearchVerbTests.Write(_scratch), "--threads", "1", "--out", _scratch.File("run"), .. settings]);
        search.ExitCode.ShouldBe(0, search.Error);
    }

    private Invocation Report()
    {
        Invocation report = Invocation.Run("report", _scratch.File("run"), "--json");
        report.ExitCode.ShouldBe(0, report.Error);
        return report;
    }
}
