using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Server.Tests.Support;
using Xunit;

namespace ActorNode.Server.Tests.Jobs;

/// <summary>Drives the jobs' API of a node that is a process of its own.</summary>
internal sealed class JobsClient(NodeProcess node)
{
    public const string Email = "operator@example.com";
    public const string Password = "correct horse battery";

    /// <summary>How long anything may take before a test gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public NodeProcess Node => node;

    /// <summary>What the node is told so that tests can drive it: sleep tasks, servers on this machine, any number of requests.</summary>
    public static Dictionary<string, string> Environment(params (string Key, string Value)[] more)
    {
        var environment = new Dictionary<string, string>
        {
            ["ACTORNODE__JOBS__DEV"] = "on",
            ["ACTORNODE__JOBS__HTTP__ALLOW_PRIVATE"] = "on",
            ["ACTORNODE__JOBS__API__REQUESTS_PER_MINUTE"] = "off",
            ["ACTORNODE__JOBS__API__LOGINS_PER_WINDOW"] = "off",
            ["ACTORNODE__JOBS__SESSIONS__PASSWORD_COST"] = "14",
            ["ACTORNODE__JOBS__TASK_TIMEOUT"] = "10 m",
            ["ACTORNODE__HTTP__REQUEST_TIMEOUT"] = "5 m",
        };
        foreach (var (key, value) in more)
            environment[key] = value;
        return environment;
    }

    /// <summary>The file of <c>--api</c>.</summary>
    public static string WriteUser(string folder)
    {
        var file = Path.Combine(folder, "api");
        File.WriteAllText(file, $"{Email}\n{Password}\n");
        return file;
    }

    /// <summary>A client that is logged in to a node that is ready. The node's client keeps its cookie.</summary>
    public static async Task<JobsClient> LogInAsync(NodeProcess node)
    {
        await node.ReadyAsync();
        var client = new JobsClient(node);
        await client.PostAsync("/sessions", new JsonObject { ["email"] = Email, ["password"] = Password }.ToJsonString());
        return client;
    }

    public async Task<JsonNode> PostAsync(string path, string body)
    {
        var (status, text) = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(status == HttpStatusCode.OK, $"POST {path}: {status} {text}\n{node.Output}");
        return JsonNode.Parse(text)!["data"]!;
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        var (status, text) = await SendAsync(HttpMethod.Get, path);
        Assert.True(status == HttpStatusCode.OK, $"GET {path}: {status} {text}\n{node.Output}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>A bridge's late answer.</summary>
    public async Task<HttpStatusCode> AnswerAsync(string run, string token, string answer) =>
        (await SendAsync(HttpMethod.Patch, $"/v2/runs/{run}", answer, token)).Status;

    /// <summary>Creates a job; its id.</summary>
    public async Task<string> CreateAsync(string spec) => (string)(await PostAsync("/v2/specs", spec))["id"]!;

    /// <summary>Creates a bridge; the token of its late answers.</summary>
    public async Task<string> BridgeAsync(string name, string url) =>
        (string)(await PostAsync("/v2/bridge_types", $$"""{"name":"{{name}}","url":"{{url}}"}"""))["attributes"]!["incomingToken"]!;

    /// <summary>Starts a run; its id.</summary>
    public async Task<string> StartAsync(string job, string input = "{}") => (string)(await PostAsync($"/v2/specs/{job}/runs", input))["id"]!;

    public async Task<JsonNode> RunAsync(string run) => (await GetAsync($"/v2/runs/{run}"))["data"]!["attributes"]!;

    /// <summary>The run when it is of one of these statuses.</summary>
    public async Task<JsonNode> BecomesAsync(string run, params string[] statuses)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var shown = await RunAsync(run);
            if (statuses.Contains((string)shown["status"]!))
                return shown;
            // Polling another process: there is nothing to wait for but time.
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>All runs of a job, or of all jobs, page by page, oldest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> RunsAsync(string? job = null)
    {
        const int Size = 500;
        var runs = new List<JsonNode>();
        for (var page = 1; ; page++)
        {
            var shown = await GetAsync($"/v2/runs?size={Size}&page={page}{(job is null ? "" : $"&jobSpecId={job}")}");
            runs.AddRange(shown["data"]!.AsArray().Select(run => run!["attributes"]!));
            if (shown["links"]?["next"] is null)
            {
                Assert.Equal(runs.Count, (int)shown["meta"]!["count"]!);
                return runs;
            }
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, string? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await node.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
