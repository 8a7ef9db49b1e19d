using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace ActorNode.Server.Tests.Transfer;

/// <summary>
/// Speaks the message routes of a node on a free port, keeps messages in memory, and fails as told: each fault is used up by one request.
/// </summary>
public sealed class StubNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private int _underWay;

    private StubNode(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>What the next requests meet instead of an answer.</summary>
    public ConcurrentQueue<Func<HttpContext, Task>> Faults { get; } = new();

    /// <summary>Accounts that answer with an error, each so many times.</summary>
    public ConcurrentDictionary<string, (int Times, string Reason)> AccountFaults { get; } = new();

    /// <summary>Lines with this text make the node refuse their whole request.</summary>
    public string? Poison { get; set; }

    /// <summary>The most lines of a request.</summary>
    public int MaxLines { get; set; } = int.MaxValue;

    /// <summary>The token that requests must carry.</summary>
    public string? Token { get; set; }

    /// <summary>Requests answered, by path.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The most write requests that were under way at once.</summary>
    public int MostUnderWay { get; private set; }

    /// <summary>Called with each request's path before anything else.</summary>
    public Action<string> OnRequest { get; set; } = _ => { };

    /// <summary>Called with each write before it is carried out.</summary>
    public Func<Task> BeforeWrite { get; set; } = () => Task.CompletedTask;

    public static async Task<StubNode> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new StubNode(app);
        app.Run(stub.HandleAsync);
        await app.StartAsync();
        return stub;
    }

    /// <summary>The ids of an account in order.</summary>
    public IReadOnlyList<string> IdsOf(string account)
    {
        lock (_lock)
            return [.. _accounts[account].Messages.Select(m => m.Id)];
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _accounts.Values.Sum(a => a.Messages.Count);
        }
    }

    /// <summary>Stores a message.</summary>
    public bool Add(string account, string id, string body)
    {
        lock (_lock)
        {
            if (!_accounts.TryGetValue(account, out var inbox))
                _accounts[account] = inbox = new Account();
            if (inbox.Messages.Any(m => m.Id == id))
                return false;
            inbox.Messages.Add((id, body));
            return true;
        }
    }

    /// <summary>Retention: the account's messages up to a sequence are gone.</summary>
    public void Remove(string account, int upTo)
    {
        lock (_lock)
            _accounts[account].First = upTo + 1;
    }

    /// <summary>The account loses a message that it should have: a hole.</summary>
    public void Damage(string account, int sequence)
    {
        lock (_lock)
            _accounts[account].Hole = sequence;
    }

    public static Func<HttpContext, Task> Answer(int status, int? retryAfter = null) => context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return context.Response.WriteAsync("""{"title":"Told to fail","detail":"told to fail"}""");
    };

    public static Func<HttpContext, Task> Break { get; } = context =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
        OnRequest($"{context.Request.Path}{context.Request.QueryString}");
        if (Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}")
            await Answer(401)(context);
        else if (Faults.TryDequeue(out var fault))
            await fault(context);
        else if (HttpMethods.IsPost(context.Request.Method))
            await WriteAsync(context);
        else if (context.Request.Path == "/v1/messages")
            await ListAsync(context);
        else
            await PageAsync(context);
    }

    private async Task WriteAsync(HttpContext context)
    {
        lock (_lock)
            MostUnderWay = Math.Max(MostUnderWay, ++_underWay);
        try
        {
            await BeforeWrite();
            using var reader = new StreamReader(context.Request.Body);
            var lines = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (context.Request.ContentType != "application/x-ndjson" || lines.Length > MaxLines || (Poison is not null && lines.Any(l => l.Contains(Poison, StringComparison.Ordinal))))
            {
                await Answer(lines.Length > MaxLines ? 413 : 400)(context);
                return;
            }

            var messages = lines.Select(l => JsonNode.Parse(l)!).ToArray();
            var answer = new JsonObject();
            foreach (var group in messages.GroupBy(m => (string)m["account"]!))
                answer[group.Key] = Write(group.Key, [.. group]);
            context.Response.StatusCode = answer.Any(a => a.Value!["error"] is not null) ? 207 : 200;
            await context.Response.WriteAsync(answer.ToJsonString());
        }
        finally
        {
            lock (_lock)
                _underWay--;
        }
    }

    private JsonObject Write(string account, JsonNode[] messages)
    {
        if (AccountFaults.TryGetValue(account, out var fault) && fault.Times > 0)
        {
            AccountFaults[account] = fault with { Times = fault.Times - 1 };
            return new JsonObject { ["error"] = "told to fail", ["reason"] = fault.Reason, ["retryAfter"] = 0.01 };
        }

        var written = messages.Count(m => Add(account, (string)m["id"]!, (string)m["body"]!));
        return new JsonObject { ["first"] = 1, ["last"] = 1, ["written"] = written, ["duplicates"] = messages.Length - written };
    }

    private Task ListAsync(HttpContext context)
    {
        var after = context.Request.Query["after"].ToString();
        var limit = int.Parse(context.Request.Query["limit"]!, System.Globalization.CultureInfo.InvariantCulture);
        lock (_lock)
        {
            var rest = _accounts.Where(a => string.CompareOrdinal(a.Key, after) > 0).ToArray();
            var page = rest.Take(limit).ToArray();
            return context.Response.WriteAsync(new JsonObject
            {
                ["accounts"] = new JsonArray([.. page.Select(a => (JsonNode)new JsonObject
                {
                    ["account"] = a.Key, ["first"] = a.Value.First, ["last"] = a.Value.Messages.Count,
                })]),
                ["next"] = rest.Length > page.Length ? page[^1].Key : null,
            }.ToJsonString());
        }
    }

    private Task PageAsync(HttpContext context)
    {
        // As it was sent: the decoded path keeps an escaped slash escaped.
        var name = Uri.UnescapeDataString(context.Features.Get<IHttpRequestFeature>()!.RawTarget["/v1/messages/".Length..].Split('?')[0]);
        var after = int.Parse(context.Request.Query["after"]!, System.Globalization.CultureInfo.InvariantCulture);
        var limit = int.Parse(context.Request.Query["limit"]!, System.Globalization.CultureInfo.InvariantCulture);
        lock (_lock)
        {
            if (!_accounts.TryGetValue(name, out var account))
                return context.Response.WriteAsync("""{"messages":[],"next":null}""");
            if (after + 1 < account.First)
            {
                context.Response.StatusCode = 410;
                return context.Response.WriteAsync(new JsonObject { ["first"] = account.First }.ToJsonString());
            }

            var page = account.Messages.Select((m, i) => (Sequence: i + 1, m.Id, m.Body))
                .Where(m => m.Sequence > after && m.Sequence != account.Hole).Take(limit).ToArray();
            return context.Response.WriteAsync(new JsonObject
            {
                ["messages"] = new JsonArray([.. page.Select(m => (JsonNode)new JsonObject { ["sequence"] = m.Sequence, ["id"] = m.Id, ["body"] = m.Body })]),
                ["next"] = page.Length == 0 ? null : page[^1].Sequence,
            }.ToJsonString());
        }
    }

    private sealed class Account
    {
        public List<(string Id, string Body)> Messages { get; } = [];

        public int First { get; set; } = 1;

        public int Hole { get; set; }
    }
}
