using System.Xml.Linq;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Glasswright.Integration.Tests.Pages;

/// <summary>The report as its reader meets it: opened from a file, in a browser, with a keyboard, by day and by night.</summary>
public sealed class ReportPageInBrowser(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    // Without a GPU a frame of the structure takes seconds on a busy machine, and a locator waits for two that agree before it acts.
    private const float Patience = 180_000;

    // A canvas that shows anything has more than one color.
    private const string CountColors = """
        canvas => {
          const copy = document.createElement('canvas');
          copy.width = canvas.width; copy.height = canvas.height;
          const context = copy.getContext('2d');
          context.drawImage(canvas, 0, 0);
          const data = new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer);
          return new Set(data).size;
        }
        """;

    [Fact]
    public async Task EveryFigureIsDrawnAndNothingIsAskedForOrComplainedAbout()
    {
        await using Tab tab = await browser.Open();

        ILocator cards = tab.Page.Locator("figure.card:has(.chart)");
        int count = await cards.CountAsync();
        count.ShouldBeGreaterThan(12);
        for (int i = 0; i < count; i++)
        {
            await cards.Nth(i).ScrollIntoViewIfNeededAsync();
            ILocator canvas = cards.Nth(i).Locator("canvas").First;
            await canvas.WaitForAsync();
            (await canvas.EvaluateAsync<int>(CountColors)).ShouldBeGreaterThan(8, await cards.Nth(i).Locator("h3").InnerTextAsync());
        }

        tab.Complaints.ShouldBeEmpty();
        tab.Requests.ShouldAllBe(address => address.StartsWith("file:") || address.StartsWith("data:") || address.StartsWith("blob:"));
    }

    [Fact]
    public async Task StructureIsDrawnTwiceAndTellsOfAnAtomByItsId()
    {
        await using Tab tab = await browser.Open();
        tab.Page.SetDefaultTimeout(Patience);
        ILocator viewers = tab.Page.Locator(".viewer");
        await viewers.First.ScrollIntoViewIfNeededAsync();
        await viewers.Nth(1).Locator("canvas").First.WaitForAsync();

        await tab.Page.GetByLabel("Id of an atom").FillAsync("383");
        await tab.Page.GetByLabel("Id of an atom").PressAsync("Enter");

        string picked = await tab.Page.Locator(".picked").InnerTextAsync();
        picked.ShouldStartWith("Atom 383. Before: ");
        picked.ShouldContain("energy");
        for (int side = 0; side < 2; side++)
        {
            // The frame of what has the focus is no turn.
            ILocator other = viewers.Nth(1 - side);
            await viewers.Nth(side).FocusAsync();
            byte[] picture = await other.ScreenshotAsync();
            await viewers.Nth(side).PressAsync("ArrowRight");
            (await other.ScreenshotAsync()).ShouldNotBe(picture, "both turn together");
        }

        tab.Complaints.Where(text => !text.Contains("GPU stall", StringComparison.Ordinal) && !text.Contains("GL Driver Message", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task EveryControlIsReachedByTheTabKeyInTheOrderOfThePage()
    {
        await using Tab tab = await browser.Open();
        string[] reached = new string[12];
        for (int i = 0; i < reached.Length; i++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            reached[i] = await tab.Page.EvaluateAsync<string>("() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
        }

        reached[0].ShouldBe("To the content");
        reached[1].ShouldBe("Dark colors");
        reached.ShouldContain("The search");
        int controls = await tab.Page.Locator("button, select, input").CountAsync();
        (await tab.Page.Locator("button:not([tabindex='-1']), select:not([tabindex='-1']), input:not([tabindex='-1'])").CountAsync()).ShouldBe(controls);
        (await tab.Page.Locator("button:not([aria-label])").CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task PageMeetsTheRulesOfAccessibility(ColorScheme scheme)
    {
        await using Tab tab = await browser.Open(scheme, bypassPolicy: true);
        foreach (ILocator card in await tab.Page.Locator("figure.card").AllAsync())
        {
            await card.ScrollIntoViewIfNeededAsync();
        }

        AxeResult result = await tab.Page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] } });

        result.Violations.Select(violation => $"{violation.Id}: {violation.Help} ({string.Join("; ", violation.Nodes.Take(3).Select(node => node.Html))})").ShouldBeEmpty();
    }

    [Fact]
    public async Task DarkIsWhatTheSystemSaysUntilTheReaderSaysOtherwise()
    {
        const string Background = "() => getComputedStyle(document.body).backgroundColor";
        await using Tab tab = await browser.Open(ColorScheme.Dark);
        string dark = await tab.Page.EvaluateAsync<string>(Background);

        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Light colors" }).PressAsync("Enter");

        string light = await tab.Page.EvaluateAsync<string>(Background);
        light.ShouldBe("rgb(255, 255, 255)");
        dark.ShouldNotBe(light);
        await tab.Page.ReloadAsync();
        (await tab.Page.EvaluateAsync<string>(Background)).ShouldBe(light, "the choice is kept");
    }

    [Fact]
    public async Task NothingSticksOutOfANarrowScreen()
    {
        await using Tab tab = await browser.Open(width: 400);
        (await tab.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(400);
    }

    [Fact]
    public async Task SavedNumbersAreThoseOfTheFileBesideThePage()
    {
        await using Tab tab = await browser.Open();
        await tab.Page.Locator("#title-acceptance").ScrollIntoViewIfNeededAsync();
        string saved = await Save(tab, "Save the numbers as CSV: Acceptance along the search");
        string[] file = await File.ReadAllLinesAsync(Path.Combine(browser.Figures, "acceptance.csv"));
        saved.TrimEnd('\n').Split('\n').Length.ShouldBe(file.Length);
        saved.Split('\n')[0].ShouldBe(file[0]);

        string svg = await Save(tab, "Save as SVG: Acceptance along the search");
        XDocument.Parse(svg).Root!.Name.LocalName.ShouldBe("svg");
    }

    private static async Task<string> Save(Tab tab, string label)
    {
        Task<IDownload> download = tab.Page.WaitForDownloadAsync();
        await tab.Page.GetByLabel(label, new PageGetByLabelOptions { Exact = true }).ClickAsync();
        return await File.ReadAllTextAsync(await (await download).PathAsync());
    }
}
