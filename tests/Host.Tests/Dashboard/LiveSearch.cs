using System.Net;
using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Host.Tests.Commands;

namespace Glasswright.Host.Tests.Dashboard;

/// <summary>A verb with a live page, at work on another thread, and a client of the page.</summary>
internal sealed class LiveSearch : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Announced _error = new();
    private readonly StringWriter _output = new();
    private readonly Task<int> _run;
    private readonly HttpClient _client = new();

    /// <summary>Begins a verb that tells the address of its page.</summary>
    public LiveSearch(params string[] arguments) => _run = Task.Factory.StartNew(
        () => CommandLine.Run(arguments, new Terminal(_output, _error, stop: _stop.Token)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public string Token { get; private set; } = "";

    /// <summary>Waits for the address.</summary>
    public async Task<LiveSearch> OpenAsync()
    {
        if (await Task.WhenAny(_error.Url.Task, _run).WaitAsync(Patience) == _run)
        {
            throw new InvalidOperationException($"It ended without a page: {_error}");
        }

        var url = new Uri(await _error.Url.Task);
        _client.BaseAddress = new Uri(url.GetLeftPart(UriPartial.Authority));
        Token = url.Fragment["#token=".Length..];
        return this;
    }

    /// <summary>The answer to a request.</summary>
    public async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Message)> AskAsync(HttpMethod method, string path, string? token = null, string? host = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.Add("X-Glasswright-Token", token);
        }

        request.Headers.Host = host;
        HttpResponseMessage answer = await _client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
    }

    /// <summary>The events of the page, from the one after <paramref name="last"/> on, until <paramref name="enough"/>.</summary>
    public async Task<List<(string Id, string Kind, JsonElement Data)>> ListenAsync(string? last, Func<JsonElement, bool> enough)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events");
        if (last is not null)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        using var patience = new CancellationTokenSource(Patience);
        using HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(patience.Token));
        var events = new List<(string, string, JsonElement)>();
        string id = "", kind = "";
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                kind = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                JsonElement data = JsonDocument.Parse(line[6..]).RootElement;
                events.Add((id, kind, data));
                if (kind == "state" && enough(data))
                {
                    break;
                }
            }
        }

        return events;
    }

    /// <summary>Waits until the page shows a state.</summary>
    public Task AwaitStateAsync(string state) => ListenAsync(null, data => data.GetProperty("state").GetString() == state);

    /// <summary>Waits for the verb to end by itself.</summary>
    public async Task<Invocation> EndAsync() => new(await _run.WaitAsync(Patience), _output.ToString(), _error.ToString());

    /// <summary>Stops the verb as Ctrl-C does.</summary>
    public async Task<Invocation> StopAsync()
    {
        await _stop.CancelAsync();
        return await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stop.Dispose();
        await _error.DisposeAsync();
        await _output.DisposeAsync();
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
