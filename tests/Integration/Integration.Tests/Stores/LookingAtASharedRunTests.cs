using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Host.Tests.Commands;
using Glasswright.Integration.Tests.Storage;

namespace Glasswright.Integration.Tests.Stores;

/// <summary>
/// <c>analyze</c>, <c>report</c> and <c>dashboard</c> with <c>--store</c>: whoever reaches the PostgreSQL of a run sees the same as whoever has its folder, and needs no file of it.
/// </summary>
public sealed class LookingAtASharedRunTests : IClassFixture<LookingAtASharedRunTests.SharedRun>, IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly SharedRun _shared;

    public LookingAtASharedRunTests(SharedRun shared) => _shared = shared;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void AnalysisFromTheStoreHasTheBytesOfTheSameSearchAloneInItsFolder()
    {
        Answer("analyze", _shared.Alone, "--out", _scratch.File("from-folder"));

        JsonElement json = Answer("analyze", _shared.Run, "--store", _shared.Url, "--out", _scratch.File("from-store"), "--json");

        json.GetProperty("run").GetString().ShouldBe(_shared.Run);
        string[] files = [.. Directory.GetFiles(_scratch.File("from-folder")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        files.ShouldContain("steps.csv");
        Directory.GetFiles(_scratch.File("from-store")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).ShouldBe(files);
        foreach (string file in files)
        {
            File.ReadAllBytes(_scratch.File($"from-store/{file}")).ShouldBe(File.ReadAllBytes(_scratch.File($"from-folder/{file}")), file);
        }
    }

    [Fact]
    public void ReportFromTheStoreHasTheFiguresOfTheSameSearchAloneAndTheMethods()
    {
        Answer("analyze", _shared.Run, "--store", _shared.Url, "--out", _scratch.File("tables"));
        JsonElement folder = Answer("report", _shared.Alone, "--analysis", _scratch.File("tables"), "--out", _scratch.File("from-folder"), "--json");

        JsonElement store = Answer("report", _shared.Run, "--store", _shared.Url, "--analysis", _scratch.File("tables"), "--out", _scratch.File("from-store"), "--json");

        store.GetProperty("outcome").GetString().ShouldBe("finished");
        string[] figures = [.. store.GetProperty("figures").EnumerateArray().Select(figure => figure.GetString()!)];
        figures.ShouldBe(folder.GetProperty("figures").EnumerateArray().Select(figure => figure.GetString()!));
        foreach (string figure in (string[])["targets-0", "targets-1", "rungs", "distribution", "shells", "gr-total"])
        {
            figures.ShouldContain(figure);
        }

        // Time is what each process spent: of the others every byte is the same.
        foreach (string figure in figures.Where(figure => figure != "time"))
        {
            File.ReadAllBytes(_scratch.File($"from-store/figures/{figure}.csv")).ShouldBe(File.ReadAllBytes(_scratch.File($"from-folder/figures/{figure}.csv")), figure);
        }

        string.Join(' ', store.GetProperty("missing").EnumerateArray()).ShouldNotContain("methods paragraph");
        File.ReadAllText(_scratch.File("from-store/index.html")).ShouldContain("10.1038/s41467-021-25490-x");
    }

    [Fact]
    public void ReportFromTheStoreSaysHowItsTablesAreMade()
    {
        JsonElement report = Answer("report", _shared.Run, "--store", _shared.Url, "--out", _scratch.File("report"), "--json");

        string.Join('\n', report.GetProperty("missing").EnumerateArray()).ShouldContain("`glasswright analyze ID --store URL --out DIR`");
    }

    [Fact]
    public async Task DashboardOfTheStoreShowsTheRunToWhoeverAsksAndEndsWhenAsked()
    {
        using var page = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "glasswright.dll"), "dashboard", _shared.Run, "--store", _shared.Url])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            string? line;
            do
            {
                line = (await page.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1))).ShouldNotBeNull();
            }
            while (!line.Contains("live page: ", StringComparison.Ordinal));

            string[] address = line[(line.IndexOf("live page: ", StringComparison.Ordinal) + 11)..].Split('#');
            using var client = new HttpClient { BaseAddress = new Uri(address[0]), Timeout = TimeSpan.FromMinutes(1) };
            (await client.GetStringAsync(new Uri("", UriKind.Relative))).ShouldContain("<html");
            // The page is there before the chains have been read.
            var patience = Stopwatch.StartNew();
            JsonElement told;
            do
            {
                patience.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1));
                told = JsonDocument.Parse(await client.GetStringAsync(new Uri("state", UriKind.Relative))).RootElement;
            }
            while (told.GetProperty("figures").GetArrayLength() == 0);

            told.GetProperty("title").GetString().ShouldBe($"Search {_shared.Run}, 16 atoms");
            told.GetProperty("state").GetString().ShouldBe("finished");
            told.GetProperty("figures").EnumerateArray().Select(figure => figure.GetProperty("id").GetString()).ShouldContain("acceptance");

            // The controls are for who has the token.
            using HttpResponseMessage stranger = await client.PostAsync(new Uri("pause", UriKind.Relative), null);
            stranger.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
        finally
        {
            using Process kill = Process.Start("kill", ["-TERM", page.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            await page.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        }

        page.ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("analyze", "--out", "OUT")]
    [InlineData("report", "--out", "OUT")]
    [InlineData("dashboard")]
    public void ARunThatTheStoreDoesNotHaveIsToldInOneLine(string verb, params string[] more)
    {
        (int exit, string output, string error) = Run([verb, "0123456789abcdef", "--store", _shared.Url, .. more.Select(word => word == "OUT" ? _scratch.File("out") : word)]);

        exit.ShouldBe(2);
        output.ShouldBeEmpty();
        error.TrimEnd('\n').ShouldNotContain("\n");
        error.ShouldContain("0123456789abcdef");
        Directory.Exists(_scratch.File("out")).ShouldBeFalse();
    }

    private static JsonElement Answer(params string[] arguments)
    {
        (int exit, string output, string error) = Run(arguments);
        exit.ShouldBe(0, error);
        return arguments.Contains("--json") ? JsonDocument.Parse(output).RootElement : default;
    }

    private static (int Exit, string Output, string Error) Run(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (CommandLine.Run(arguments, new Terminal(output, error, stop: CancellationToken.None)), output.ToString(), error.ToString());
    }

    /// <summary>A search of two chains on a ladder over PostgreSQL, and the same with SQLite, once for all tests.</summary>
    public sealed class SharedRun : IDisposable
    {
        private readonly Scratch _scratch = new();
        private readonly PostgresServer _server = new();

        public SharedRun()
        {
            Url = _server.NewDatabase().ToString();
            Samples.SmallCrystal(_scratch);
            string configuration = _scratch.Write("search.conf", $$"""
                structure = small.extxyz
                potential = {{JsonSerializer.Serialize(Samples.Potential)}}
                search {
                  trials = 24, seed = 2, calibrate = off
                  decider { kind = gnn, model = {{JsonSerializer.Serialize(Samples.SmallModel(_scratch))}} }
                  targets = [ { kind = mean, C = 0.01 } ], C-scaling = none
                }
                replicas = 2
                tempering { scales = [1, 2], every = 4 }
                """);
            Answer("search", configuration, "--threads", "1", "--out", Alone);
            Run = Answer("search", configuration, "--threads", "1", "--out", _scratch.File("run"), "--store", Url, "--json").GetProperty("id").GetString()!;
        }

        /// <summary>The folder of the same search without a server.</summary>
        internal string Alone => _scratch.File("alone");

        internal string Url { get; }

        internal string Run { get; private init; }

        public void Dispose()
        {
            _server.Dispose();
            _scratch.Dispose();
        }
    }
}
