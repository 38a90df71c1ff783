using System.Diagnostics;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests;

/// <summary>Means, intervals and verdicts of <c>config/reproduction/table.awk</c> on numbers that are worked out by hand.</summary>
public sealed class ReproductionTableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-table-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AnIntervalIsStudentsAndAVerdictNeedsBothConditions()
    {
        // Changes -1, -2, -3: mean -2, deviation 1, t of two degrees 4.303: 2.484 to each side. Zero pressure goes up in one kind.
        string table = Table(truth: [
            "gnn,fast-1,volume,0,-1,0,-4", "gnn,fast-2,volume,0,-2,0,-4", "gnn,fast-3,volume,0,-3,0,-4",
            "gnn,fast-1,p0,0,-2,0,-4", "gnn,fast-2,p0,0,-2,0,-4", "gnn,fast-3,p0,0,-2,0,-4",
            "unbiased,fast-1,volume,0,-1,0,-1", "unbiased,fast-2,volume,0,-1,0,-1", "unbiased,fast-1,p0,0,0.5,0,-1", "unbiased,fast-2,p0,0,0.5,0,-1"]);
        table.ShouldContain("| gnn | fast | volume | 3 | 3 | -2.000 | -4.484 to +0.484 | -4.000 | 0.50 | - | - | strengthened, an interval holds 0 |");

        // Paired over the two starts that both have: (-1+1), (-2+1): mean -0.5, error 0.5, t of one degree 12.706.
        table.ShouldContain("| unbiased | fast | volume | 2 | 2 | -1.000 | -1.000 to -1.000 | -1.000 | 1.00 | -0.500 | -6.853 to +5.853 | undecided: the conditions differ in sign |");
        Table(truth: ["gnn,fast-1,volume,0,-1,0,-4", "gnn,fast-1,p0,0,-1,0,-4"]).ShouldContain("| gnn | fast | p0 | 1 | 1 | -1.000 | - | -4.000 | 0.25 | - | - | strengthened |");
    }

    [Fact]
    public void UnpairedGlassesAreComparedAfterWelch()
    {
        // Ends 0 and 2, slow glasses 4 and 6: both errors squared are 1, so two degrees, 4.303 √2 = 6.085.
        Table(truth: [
            "gnn,fast-1,p0,9,0,0,0", "gnn,fast-2,p0,9,2,0,0", "gnn,slow-1,p0,4,0,0,0", "gnn,slow-2,p0,6,0,0,0"])
            .ShouldContain("| | p0 | +9.000 | +1.000 | +5.000 | +4.000 (-8.706 to +16.706) | -4.000 (-10.085 to +2.085) |");
    }

    [Fact]
    public void AGainAfterAnnealingIsPairedByItsStart()
    {
        string table = Table(anneals: ["end,fast-1,-3,-2,0", "end,fast-2,-3,-2,0", "end,slow-1,-3,-3,0", "start,fast-1,-1,-1,0", "start,fast-2,-1,-1,0"]);
        table.ShouldContain("| searched - unswapped, paired | fast | 2 | -2.000 (-2.000 to -2.000) | -1.000 (-1.000 to -1.000) | +1.000 | +1.000 to +1.000 |");
        table.ShouldContain("| searched | slow | 1 | -3.000 | -3.000 | +0.000 | - |");
    }

    [Fact]
    public void WhatIsNotThereIsADashAndNeverANumber()
    {
        string table = Table();
        table.ShouldContain("| test glasses, isochoric | 0 | - | - | - |");
        table.ShouldContain("| Cu64Zr36, isochoric | 0 | - | - | - |");
        table.ShouldContain("| Zr-centered <0,0,12,4>, % points | +0.6 | -0.3 | - | - |");
        table.ShouldContain("| gain kept after 300 K | kept | - | not measured | - |");
        table.ShouldNotContain("nan", Case.Insensitive);
        table.ShouldNotContain("inf", Case.Insensitive);
    }

    [Fact]
    public void ForeignGlassesAreJudgedByTheirKindAndMotifsCountedByChange()
    {
        // Pearson 0.3 and 0.5 of reliabilities 0.25 and 1: divided by its root 0.6 and 0.5. Changes of the motif: +1 and +3 points.
        string table = Table(
            transfers: ["other,a,0.3,0.25", "other,b,0.5,1", "slow,c,0.2,"],
            motifs: ["fast-1,Cu,0 0 12 0,12,13", "fast-2,Cu,0 0 12 0,10,13", "slow-1,Zr,0 0 12 4,5,4.5"]);
        table.ShouldContain("| Cu64Zr36, isochoric | 2 | +0.400 (-0.871 to +1.671) | +0.625 (-4.140 to +5.390) | +0.550 |");
        table.ShouldContain("| cooled ten times slower, isochoric | 1 | +0.200 | - | - |");
        table.ShouldContain("| Cu-centered <0,0,12,0>, % points | +1.5 | +0.5 | +2.00 (-10.71 to +14.71) | - |");
        table.ShouldContain("| Zr-centered <0,0,12,4>, % points | +0.6 | -0.3 | - | -0.50 |");
    }

    [Fact]
    public void AGlassThatTwoRunsSearchedIsOneSampleOfThePool()
    {
        // Glass 1: -1 and -3, so -2; glass 2: -4. Mean -3, deviation √2, error 1, 12.706 to each side. Chains of the older run lack a column.
        string older = Run("older", ["gnn,fast-1,volume,0,-1,0,0"], ["gnn,fast-1,864,10,2,0,0.5,0.4,0.3,7"], "pearson_end,accepted_to_slow");
        string newer = Run(
            "newer", ["gnn,fast-1,volume,0,-3,0,0", "gnn,fast-2,volume,0,-4,0,0"], ["gnn,fast-1,864,10,4,0,0.7,0.4,0.3,,-1"], "pearson_end,accepted_to_slow,true_middle");
        string table = Start("bash", Path.Combine(Repository.Root, "config", "reproduction", "pool.sh"), older, newer).Output;
        table.ShouldContain("| gnn | fast | volume | 2 | 2 | -3.000 | -15.706 to +9.706 |");
        table.ShouldContain("| gnn | fast | 10 | 3.0 | 30.00 % | +0.00 | +0.600 | +0.400 | +0.300 | -0.300 | 7 in 1 of 1 | -1.000 |");
        table.ShouldContain("Nothing was annealed yet.");

        File.WriteAllText(Path.Combine(newer, "table.md"), "## True mean of ln D2min at 2 %: end - start\n");
        Start("bash", Path.Combine(Repository.Root, "config", "reproduction", "pool.sh"), older, newer).Error.ShouldContain("the labels are at 2 %, those of");

        string Run(string name, string[] truth, string[] chains, string last)
        {
            string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
            File.WriteAllLines(Path.Combine(folder, "truth.csv"), ["kind,start,condition,true_start,true_end,predicted_start,predicted_end", .. truth]);
            File.WriteAllLines(
                Path.Combine(folder, "chains.csv"), ["kind,start,atoms,trials,accepted,energy_change_meV_per_atom,pearson_start,pearson_middle," + last, .. chains]);
            File.WriteAllText(Path.Combine(folder, "table.md"), "## True mean of ln D2min at 4 %: end - start\n");
            return folder;
        }
    }

    private string Table(string[]? truth = null, string[]? anneals = null, string[]? transfers = null, string[]? motifs = null)
    {
        (string Name, string[] Rows)[] files =
        [
            ("truth", truth ?? []), ("chains", []), ("anneals", anneals ?? []), ("judged", []), ("energies", []), ("transfers", transfers ?? []),
            ("motifs", motifs ?? []),
        ];
        string scripts = Path.Combine(Repository.Root, "config", "reproduction");
        foreach ((string name, string[] rows) in files)
        {
            File.WriteAllLines(Path.Combine(_folder, name + ".csv"), ["header", .. rows]);
        }

        (int code, string output, string error) = Start(
            "awk",
            [
                "-F,", "-v", "judged=0.04", "-f", Path.Combine(scripts, "statistics.awk"), "-f", Path.Combine(scripts, "table.awk"),
                .. files.Select(file => Path.Combine(_folder, file.Name + ".csv")),
            ]);
        code.ShouldBe(0, error);
        error.ShouldBeEmpty();
        return output;
    }

    private static (int Code, string Output, string Error) Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.WaitForExit(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        return (process.ExitCode, output.Result, error.Result);
    }
}
