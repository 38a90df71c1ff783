using System.Diagnostics;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Tests.Support;
using Microsoft.Playwright;

namespace Glasswright.Integration.Tests.Pages;

/// <summary>A browser (Debian's <c>chromium</c>) and the report of a short search with the shipped network, made once for all tests of the page.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-page-").FullName;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The page, as a reader opens it: from a file.</summary>
    public Uri Report => new(Path.Combine(_folder, "run", "report", "index.html"));

    /// <summary>The files of the figures.</summary>
    public string Figures => Path.Combine(_folder, "run", "report", "figures");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Run(
            "search", Path.Combine(Repository.Root, "config", "quickstart.conf"), "--out", Path.Combine(_folder, "run"),
            "-D", "search.trials=30", "-D", "search.calibrate.pilot=10", "-D", "replicas=2", "-D", "tempering.scales=[1, 2]", "-D", "tempering.every=10");
        Run("report", Path.Combine(_folder, "run"));
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Candidates.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("There is no chromium: apt install chromium."),
            Args = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        });
    }

    /// <summary>A tab that knows what went wrong in it.</summary>
    internal Task<Tab> Open(ColorScheme scheme = ColorScheme.Light, int width = 1280, bool bypassPolicy = false) => Open(Report, scheme, width, bypassPolicy);

    /// <summary>The same, on another page.</summary>
    internal async Task<Tab> Open(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1280, bool bypassPolicy = false)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            BypassCSP = bypassPolicy,
        });
        var tab = new Tab(context, await context.NewPageAsync());
        await tab.Page.GotoAsync(address.AbsoluteUri);
        return tab;
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        CommandLine.Run(arguments, new Terminal(output, error)).ShouldBe(0, error.ToString());
        Debug.WriteLine(output);
    }
}

/// <summary>A page in a browser, and all that it complained about or asked for.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    public Tab(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) => Requests.Add(request.Url);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, exceptions.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>All addresses that were asked for.</summary>
    public List<string> Requests { get; } = [];

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
