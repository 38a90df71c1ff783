using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Tests.Support;
using Microsoft.Playwright;

namespace Glasswright.Integration.Tests.Pages;

/// <summary>The live page of a running search as its reader meets it.</summary>
public sealed class LivePageInBrowser(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const float Patience = 180_000;

    [Fact]
    public async Task ChartsFollowTheSearchAndWhoHasTheTokenPausesAndStopsIt()
    {
        using var search = new RunningSearch();
        string url = await search.Url;
        await using Tab tab = await browser.Open(new Uri(url));
        tab.Page.SetDefaultTimeout(Patience);
        await tab.Page.Locator(".facts dd").First.WaitForAsync();
        tab.Page.Url.ShouldNotContain("token", Case.Sensitive, "it leaves the address");
        await tab.Page.GetByText("Acceptance along the search").WaitForAsync();

        // Two looks at the same chart that differ: it has moved.
        ILocator rows = tab.Page.Locator("figure.card", new PageLocatorOptions { HasText = "Acceptance along the search" }).Locator("details");
        await rows.Locator("summary").ClickAsync();
        string before = await rows.Locator("tbody").InnerTextAsync();
        await tab.Page.WaitForFunctionAsync(
            "([before]) => [...document.querySelectorAll('figure.card')].find(card => card.textContent.includes('Acceptance along'))?.querySelector('tbody')?.innerText !== before", new[] { before });

        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause" }).PressAsync("Enter");
        await tab.Page.Locator("[data-state=paused]").WaitForAsync();
        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Resume" }).PressAsync("Enter");
        await tab.Page.Locator("[data-state=running]").WaitForAsync();
        tab.Page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Stop" }).PressAsync("Enter");

        (await search.Exit).ShouldBe(0);
        await tab.Page.Locator("[data-state=stopped]").WaitForAsync();

        // Told when the page finds its server gone, which may be after the last state.
        await tab.Page.Locator("[role=alert]", new PageLocatorOptions { HasText = "has ended" }).WaitForAsync();
        tab.Complaints.ShouldBeEmpty();
        tab.Requests.ShouldAllBe(address => address.StartsWith(new Uri(url).GetLeftPart(UriPartial.Authority)) || address.StartsWith("data:"));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task PageMeetsTheRulesOfAccessibilityAndWithoutTheTokenItHasNoControls(ColorScheme scheme)
    {
        using var search = new RunningSearch();
        string url = await search.Url;
        await using Tab tab = await browser.Open(new Uri(url.Split('#')[0]), scheme, bypassPolicy: true);
        tab.Page.SetDefaultTimeout(Patience);
        await tab.Page.GetByText("Acceptance along the search").WaitForAsync();

        AxeResult result = await tab.Page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] } });

        result.Violations.Select(violation => $"{violation.Id}: {violation.Help} ({string.Join("; ", violation.Nodes.Take(3).Select(node => node.Html))})").ShouldBeEmpty();
        (await tab.Page.Locator(".controls button").CountAsync()).ShouldBe(0);
        (await tab.Page.Locator(".controls").InnerTextAsync()).ShouldContain("Read-only");
        (await tab.Page.EvaluateAsync<int>("async () => (await fetch('/stop', { method: 'POST' })).status")).ShouldBe(403);
    }

    /// <summary>A long search of the quickstart's glass with the shipped network, on another thread.</summary>
    private sealed class RunningSearch : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-live-").FullName;
        private readonly CancellationTokenSource _stop = new();
        private readonly Announced _error = new();

        public RunningSearch() => Exit = Task.Factory.StartNew(
            () =>
            {
                using var output = new StringWriter();
                return CommandLine.Run(
                    [
                        "search", Path.Combine(Repository.Root, "config", "quickstart.conf"), "--out", Path.Combine(_folder, "run"), "--dashboard", "0", "--threads", "1",
                        "-D", "search.trials=100000", "-D", "search.calibrate.pilot=10", "-D", "search.checkpoint-every=1s", "-D", "replicas=2",
                    ],
                    new Terminal(output, _error, stop: _stop.Token));
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        public Task<int> Exit { get; }

        public Task<string> Url => _error.Url.Task;

        public void Dispose()
        {
            _stop.Cancel();
            Exit.Wait();
            _stop.Dispose();
            _error.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private sealed class Announced : StringWriter
        {
            private const string Announcement = "live page: ";

            public TaskCompletionSource<string> Url { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

            public override void WriteLine(string? value)
            {
                base.WriteLine(value);
                if (value?.StartsWith(Announcement, StringComparison.Ordinal) == true)
                {
                    Url.TrySetResult(value[Announcement.Length..]);
                }
            }
        }
    }
}
