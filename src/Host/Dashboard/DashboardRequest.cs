using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Glasswright.Host.Dashboard;

/// <summary>One request to the server of the live page.</summary>
/// <param name="context">The request and its answer.</param>
/// <param name="page">The page.</param>
/// <param name="token">What makes a reader more than one.</param>
/// <param name="run">The run, as soon as there is one.</param>
internal sealed class DashboardRequest(HttpContext context, LivePage page, AccessToken token, Task<RunWatch> run)
{
    private const string Text = "text/plain; charset=utf-8", Json = "application/json", Events = "text/event-stream";

    // Proxies and browsers give up on what is silent for longer.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>Answers with a reason why not.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string reason) => SendAsync(context, status, Text, Encoding.UTF8.GetBytes(reason + "\n"));

    /// <summary>Answers.</summary>
    /// <param name="closing">The server goes.</param>
    public async Task AnswerAsync(CancellationToken closing)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(closing, context.RequestAborted);
        string path = context.Request.Path.Value ?? "/";
        try
        {
            await (context.Request.Method switch
            {
                "GET" => GetAsync(path, end.Token),
                "POST" => ActAsync(path[1..]),
                _ => RefuseAsync(context, (int)HttpStatusCode.MethodNotAllowed, "GET or POST."),
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader has gone, or the server goes.
        }
    }

    private static Task SendAsync(HttpContext context, int status, string type, byte[] body)
    {
        Describe(context, status, type);
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static void Describe(HttpContext context, int status, string type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = LivePage.Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private Task GetAsync(string path, CancellationToken end) => path switch
    {
        "/" => SendAsync(context, (int)HttpStatusCode.OK, "text/html; charset=utf-8", page.Bytes),
        "/state" => TellAsync(Json, state => state.ToJson(), end),
        "/log" => TellAsync(Text, state => state.Log ?? "", end),
        "/events" => StreamAsync(end),
        _ => RefuseAsync(context, (int)HttpStatusCode.NotFound, "There are /, /state, /events and /log."),
    };

    private async Task TellAsync(string type, Func<LiveState, string> what, CancellationToken end)
    {
        RunWatch watch = await run.WaitAsync(end).ConfigureAwait(false);
        await SendAsync(context, (int)HttpStatusCode.OK, type, Encoding.UTF8.GetBytes(what(watch.Newest))).ConfigureAwait(false);
    }

    /// <summary>
    /// Server-sent events: the whole state, or what has changed since the one that the reader had last, and then every change. The id of an event is the
    /// revision of the state that the reader has with it.
    /// </summary>
    private async Task StreamAsync(CancellationToken end)
    {
        RunWatch watch = await run.WaitAsync(end).ConfigureAwait(false);
        Describe(context, (int)HttpStatusCode.OK, Events);
        LiveState? known = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out long last) ? watch.Find(last) : null;
        LiveState? next = known is null ? watch.Newest : null;
        while (true)
        {
            if (next is not null && next.Revision != known?.Revision)
            {
                string data = known is null ? next.ToJson() : next.ChangesSince(known);
                await WriteAsync(FormattableString.Invariant($"id: {next.Revision}\nevent: state\ndata: {data}\n\n"), end).ConfigureAwait(false);
                known = next;
            }
            else if (watch.HasEnded)
            {
                await WriteAsync("event: end\ndata: {}\n\n", end).ConfigureAwait(false);
                return;
            }
            else if (known is not null && next is null)
            {
                await WriteAsync(": still here\n\n", end).ConfigureAwait(false);
            }

            next = await watch.NextAsync(known!.Revision, Heartbeat, end).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(string text, CancellationToken end)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), end).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(end).ConfigureAwait(false);
    }

    private Task ActAsync(string action)
    {
        if (!token.Is(context.Request.Headers[AccessToken.Header]))
        {
            return RefuseAsync(context, (int)HttpStatusCode.Forbidden, $"This needs the token of the page's address, in the header {AccessToken.Header}.");
        }

        if (!run.IsCompletedSuccessfully || run.Result is not { Control: { } control } watch || !watch.Newest.Actions.Contains(action, StringComparer.Ordinal))
        {
            return RefuseAsync(context, (int)HttpStatusCode.Conflict, "This cannot be done now.");
        }

        control.Act(action);
        watch.Touch();
        return SendAsync(context, (int)HttpStatusCode.OK, Json, "{}"u8.ToArray());
    }
}
