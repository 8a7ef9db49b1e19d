using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class SpecRoutesSpec
{
    private const string Specs = "/v2/specs";

    [Fact(DisplayName = "A job is created, shown and listed, in the original's form")]
    public async Task Creates()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var created = await client.PostAsync(Specs, """{"initiators":[{"type":"Web"},{"type":"cron","params":{"schedule":"* * * * *"}}],"tasks":[{"type":"NoOp","confirmations":"3","params":{"a":1}}],"startAt":"2018-01-01T00:00:00.000Z","unknown":1}""");
        var id = (string)created.Data["id"]!;
        var shown = await client.GetAsync($"{Specs}/{id}");
        var listed = await client.GetAsync(Specs);

        Assert.Equal((200, "application/vnd.api+json", "specs"), (created.Status, created.ContentType, (string?)created.Data["type"]));
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal(id, (string?)created.Attributes["id"]);
        Assert.Equal("""[{"type":"web","params":{}},{"type":"cron","params":{"schedule":"* * * * *"}}]""", created.Attributes["initiators"]!.ToJsonString());
        Assert.Equal(("noop", 3, """{"a":1}"""), ((string)created.Attributes["tasks"]![0]!["type"]!, (int)created.Attributes["tasks"]![0]!["confirmations"]!, created.Attributes["tasks"]![0]!["params"]!.ToJsonString()));
        Assert.Equal(("2018-01-01T00:00:00Z", null), ((string?)created.Attributes["startAt"], (string?)created.Attributes["endAt"]));
        Assert.True(JsonNode.DeepEquals(created.Data, shown.Data));
        Assert.True(JsonNode.DeepEquals(created.Data, Assert.Single(listed.Data.AsArray())));
        Assert.Equal(1, (int)listed.Json["meta"]!["count"]!);
    }

    [Theory(DisplayName = "What is wrong with a job is said, all of it, and nothing is stored")]
    [InlineData("""{"initiators":[],"tasks":[{"type":"NoOp"}],"startAt":"2018-01-01T00:00:00.000Z"}""", "Must have at least one Initiator and one Task")]
    [InlineData("""{"initiators":[{"type":"cron","params":{"schedule":"! * * * *"}}],"tasks":[{"type":"noop"}]}""", "Cron: Failed to parse int from !: strconv.Atoi: parsing \"!\": invalid syntax")]
    [InlineData("""{"initiators":[{"type":"runAt"}],"tasks":[{"type":"noop"},{"type":"nothing"}]}""", "RunAt must have a time|nothing is not a supported adapter type")]
    [InlineData("""{"initiators":[{"type":"web"}],"tasks":[{"type":"a/b"}]}""", "Task Type validation: name a/b contains invalid characters")]
    [InlineData("""{"initiators":[{"type":"smell"}],"tasks":[{"type":"noop"}]}""", "type smell does not exist")]
    [InlineData("[]", "expected a JSON object")]
    [InlineData("", "invalid JSON at line 1, byte 1")]
    [InlineData("{", "invalid JSON at line 1, byte 2")]
    public async Task Refuses(string body, string errors)
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var answer = await client.PostAsync(Specs, body);
        Assert.Equal((400, errors), (answer.Status, answer.Errors));
        Assert.Equal(0, (int)(await client.GetAsync(Specs)).Json["meta"]!["count"]!);
    }

    [Fact(DisplayName = "An archived job is gone from all lists with its runs; an unknown one is not found")]
    public async Task Archives()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var (job, other) = (await client.JobAsync("noop"), await client.JobAsync("noop"));
        var run = await client.RunAsync(job);
        await client.RunBecomesAsync(run, "completed");
        var archived = await client.DeleteAsync($"{Specs}/{job}");

        Assert.Equal((204, ""), (archived.Status, archived.Text));
        foreach (var id in new[] { job, "ffffffffffffffffffffffffffffffff", "no-id", "a%2Fb" })
        {
            foreach (var answer in new[] { await client.GetAsync($"{Specs}/{id}"), await client.DeleteAsync($"{Specs}/{id}"), await client.GetAsync($"{Specs}/{id}/errors"), await client.GetAsync($"{Specs}/{id}/next") })
                Assert.Equal((404, "JobSpec not found"), (answer.Status, answer.Errors));
            Assert.Equal((404, "Job not found"), (await client.PostAsync($"{Specs}/{id}/runs", "{}")) is { } start ? (start.Status, start.Errors) : default);
        }

        Assert.Equal((404, "Job run not found"), await client.GetAsync($"/v2/runs/{run}") is { } shown ? (shown.Status, shown.Errors) : default);
        Assert.Equal(0, (int)(await client.GetAsync("/v2/runs")).Json["meta"]!["count"]!);
        Assert.Equal(other, (string?)Assert.Single((await client.GetAsync(Specs)).Data.AsArray())!["id"]);
    }

    [Fact(DisplayName = "Lists are in the order of creation, or turned around, page by page")]
    public async Task Pages()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var jobs = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            node.Clock.Advance(TimeSpan.FromSeconds(1));
            jobs.Add(await client.JobAsync("noop"));
        }

        var first = await client.GetAsync($"{Specs}?size=2");
        var newest = await client.GetAsync($"{Specs}?size=2&page=2&sort=-createdAt");
        Assert.Equal(jobs[..2], Ids(first));
        Assert.Equal([jobs[2], jobs[1]], Ids(newest));
        Assert.Equal($"{Specs}?page=2&size=2", (string?)first.Json["links"]!["next"]);
        Assert.Equal(($"{Specs}?page=3&size=2&sort=-createdAt", $"{Specs}?page=1&size=2&sort=-createdAt"), ((string?)newest.Json["links"]!["next"], (string?)newest.Json["links"]!["prev"]));
    }

    [Fact(DisplayName = "The errors of a job are its failed runs, newest first, and of no other")]
    public async Task Errors()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var (job, other) = (await client.JobAsync("noop", "fail"), await client.JobAsync("fail"));
        var runs = new List<string>();
        foreach (var id in new[] { job, other, job })
        {
            node.Clock.Advance(TimeSpan.FromSeconds(1));
            runs.Add(await client.RunAsync(id));
            await client.RunBecomesAsync(runs[^1], "errored");
        }

        var errors = await client.ListBecomesAsync($"{Specs}/{job}/errors", 2);
        Assert.Equal([runs[2], runs[0]], Ids(errors));
        var error = errors.Data[0]!["attributes"]!;
        Assert.Equal(("job_errors", "it is broken", "fail", runs[2]), ((string?)errors.Data[0]!["type"], (string?)error["error"], (string?)error["task"], (string?)error["runId"]));
        Assert.Single((await client.GetAsync($"{Specs}/{job}/errors?size=1")).Data.AsArray());
    }

    [Fact(DisplayName = "The next times of a job come from all its schedules, within its own time")]
    public async Task Next()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var day = DateTimeOffset.UtcNow.AddDays(2).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var created = await client.PostAsync(Specs, $$$"""{"initiators":[{"type":"cron","params":{"schedule":"CRON_TZ=UTC 0 */20 * * * *"}},{"type":"runat","params":{"time":"{{{day}}}T00:30:00Z"}},{"type":"web"}],"tasks":[{"type":"noop"}],"startAt":"{{{day}}}T00:20:00Z","endAt":"{{{day}}}T01:00:00Z"}""");
        var id = (string)created.Data["id"]!;
        // The scheduler hears of a job after it is created.
        ApiAnswer all;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (Times(all = await client.GetAsync($"{Specs}/{id}/next")).Length == 0)
            await Task.Delay(20, patience.Token);
        var two = await client.GetAsync($"{Specs}/{id}/next?count=2");
        var wrong = await client.GetAsync($"{Specs}/{id}/next?count=0");

        Assert.Equal("1 00:20, 2 00:30, 1 00:40, 1 01:00", Times(all));
        Assert.Equal("1 00:20, 2 00:30", Times(two));
        Assert.Equal((422, "invalid count param, error: must be from 1 to 1000"), (wrong.Status, wrong.Errors));

        static string Times(ApiAnswer answer) => string.Join(", ", answer.Attributes["times"]!.AsArray().Select(time => string.Create(
            CultureInfo.InvariantCulture, $"{(int)time!["initiator"]!} {DateTimeOffset.Parse((string)time["at"]!, CultureInfo.InvariantCulture):HH:mm}")));
    }

    [Fact(DisplayName = "A job may be created with the token of an external initiator, not with a wrong one, and not where a broken session comes along")]
    public async Task Tokens()
    {
        var (node, client) = await JobsNode.WithClientAsync(JobsNode.Dev);
        await using var _ = node;
        var initiator = (await client.PostAsync("/v2/external_initiators", null)).Attributes;
        var (key, secret) = ((string)initiator["AccessKey"]!, (string)initiator["Secret"]!);
        Task<ApiAnswer> WithAsync(string accessKey, string token, string? cookie = null) => node.SendAsync(
            HttpMethod.Post, Specs, """{"initiators":[{"type":"web"}],"tasks":[{"type":"noop"}]}""", cookie, ("X-Chainlink-EA-AccessKey", accessKey), ("X-Chainlink-EA-Secret", token));

        Assert.Equal(200, (await WithAsync(key, secret)).Status);
        Assert.Equal(401, (await WithAsync(key, secret[..63] + "x")).Status);
        Assert.Equal(401, (await WithAsync(secret, key)).Status);
        Assert.Equal(401, (await WithAsync(key, "")).Status);
        Assert.Equal(401, (await WithAsync(key, secret, "clsession=expired")).Status);
        Assert.Equal(200, (await WithAsync(key, "wrong", client.Cookie)).Status);
        Assert.Equal(401, (await node.SendAsync(HttpMethod.Get, Specs, null, null, ("X-Chainlink-EA-AccessKey", key), ("X-Chainlink-EA-Secret", secret))).Status);
    }

    private static List<string> Ids(ApiAnswer answer) => [.. answer.Data.AsArray().Select(item => (string)item!["id"]!)];
}
