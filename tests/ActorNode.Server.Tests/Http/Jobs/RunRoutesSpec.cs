using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class RunRoutesSpec
{
    private const string Runs = "/v2/runs";

    [Fact(DisplayName = "A run is started with a body or without, shown in the original's form, and listed by job")]
    public async Task Starts()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var (job, other) = (await client.JobAsync("noop"), await client.JobAsync("noop"));
        var started = await client.PostAsync($"/v2/specs/{job}/runs", """{"result":"x","n":1.50}""");
        var id = (string)started.Data["id"]!;
        var empty = await client.RunAsync(job);
        await client.RunAsync(other);
        var shown = await client.RunBecomesAsync(id, "completed");

        Assert.Equal((200, "application/vnd.api+json", "runs"), (started.Status, started.ContentType, (string?)started.Data["type"]));
        Assert.Equal("""{"n":1.5,"result":"x"}""", started.Attributes["overrides"]!["data"]!.ToJsonString());
        Assert.Equal((id, job, "web", "completed", null), ((string?)shown.Attributes["id"], (string?)shown.Attributes["jobId"], (string?)shown.Attributes["initiator"]!["type"], (string?)shown.Attributes["result"]!["status"], (string?)shown.Attributes["result"]!["error"]));
        Assert.NotNull((string?)shown.Attributes["finishedAt"]);
        Assert.Equal("{}", (await client.RunBecomesAsync(empty, "completed")).Attributes["overrides"]!["data"]!.ToJsonString());
        Assert.Equal(3, (int)(await client.GetAsync(Runs)).Json["meta"]!["count"]!);
        var listed = await client.GetAsync($"{Runs}?jobSpecId={job}&size=1&sort=-createdAt");
        Assert.Equal((2, $"{Runs}?jobSpecId={job}&page=2&size=1&sort=-createdAt"), ((int)listed.Json["meta"]!["count"]!, (string?)listed.Json["links"]!["next"]));
        Assert.Equal(0, (int)(await client.GetAsync($"{Runs}?jobSpecId=nonsense")).Json["meta"]!["count"]!);
        foreach (var unknown in new[] { "ffffffffffffffffffffffffffffffff", "nonsense" })
            Assert.Equal((404, "Job run not found"), await client.GetAsync($"{Runs}/{unknown}") is { } missing ? (missing.Status, missing.Errors) : default);
    }

    [Theory(DisplayName = "A body that is no JSON object starts no run: 500 as the original; a bomb is a 400")]
    [InlineData("{", 500, "invalid JSON at line 1, byte 2")]
    [InlineData("[]", 500, "expected a JSON object")]
    [InlineData("\"x\"", 500, "expected a JSON object")]
    [InlineData("""{"a":1e400}""", 400, "JSON has a number at byte 6 that is beyond a double")]
    public async Task Bad_bodies(string body, int status, string errors)
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var job = await client.JobAsync("noop");
        var answer = await client.PostAsync($"/v2/specs/{job}/runs", body);
        Assert.Equal((status, errors), (answer.Status, answer.Errors));
        Assert.Equal(0, (int)(await client.GetAsync(Runs)).Json["meta"]!["count"]!);
    }

    [Fact(DisplayName = "A job without a web initiator, before its start and past its end starts nothing")]
    public async Task Refuses()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        async Task<ApiAnswer> StartAsync(string initiator, string more)
        {
            var created = await client.PostAsync("/v2/specs", $$"""{"initiators":[{{initiator}}],"tasks":[{"type":"noop"}]{{more}}}""");
            return await client.PostAsync($"/v2/specs/{(string)created.Data["id"]!}/runs", "{}");
        }

        var cron = await StartAsync("""{"type":"cron","params":{"schedule":"0 0 1 1 *"}}""", "");
        var early = await StartAsync("""{"type":"web"}""", ""","startAt":"3000-01-01T00:00:00Z" """);
        var late = await StartAsync("""{"type":"web"}""", ""","endAt":"1970-01-01T00:00:00Z" """);
        Assert.Equal((403, "Job not available on web API, recreate with web initiator"), (cron.Status, cron.Errors));
        Assert.Equal(500, early.Status);
        Assert.Matches("^Job runner: Job [0-9a-f]{32} unstarted: .* before job's start time .*", early.Errors);
        Assert.Equal(500, late.Status);
        Assert.Matches("^Job runner: Job [0-9a-f]{32} ended: .* past job's end time .*", late.Errors);
    }

    [Fact(DisplayName = "An input that is deeper than the data of a run may be is refused, and nothing is stored")]
    public async Task Deep()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var job = await client.JobAsync("noop");
        var refused = await client.PostAsync($"/v2/specs/{job}/runs", $$"""{"a":{{new string('[', 40)}}{{new string(']', 40)}}}""");
        Assert.Equal((400, "JSON is nested deeper than data may be"), (refused.Status, refused.Errors));
        Assert.Empty((await client.GetAsync($"/v2/runs?jobSpecId={job}")).Data.AsArray());
    }

    [Fact(DisplayName = "An external initiator starts runs of web jobs and of jobs that name it, and of no others; a session none that want one")]
    public async Task External()
    {
        var (node, client) = await JobsNode.WithClientAsync(JobsNode.Dev);
        await using var _ = node;
        var initiator = (await client.PostAsync("/v2/external_initiators", """{"name":"bitcoin"}""")).Attributes;
        async Task<string> JobOfAsync(string one) => (string)(await client.PostAsync("/v2/specs", $$"""{"initiators":[{{one}}],"tasks":[{"type":"noop"}]}""")).Data["id"]!;
        var web = await JobOfAsync("""{"type":"web"}""");
        var own = await JobOfAsync("""{"type":"external","params":{"name":"Bitcoin"}}""");
        var others = await JobOfAsync("""{"type":"external","params":{"name":"ether"}}""");
        async Task<int> ByTokenAsync(string job) => (await node.SendAsync(
            HttpMethod.Post, $"/v2/specs/{job}/runs", null, null, ("X-Chainlink-EA-AccessKey", (string)initiator["AccessKey"]!), ("X-Chainlink-EA-Secret", (string)initiator["Secret"]!))).Status;

        Assert.Equal((200, 200, 403), (await ByTokenAsync(web), await ByTokenAsync(own), await ByTokenAsync(others)));
        Assert.Equal(403, (await client.PostAsync($"/v2/specs/{own}/runs", "{}")).Status);
        Assert.Equal("external", (string?)(await client.GetAsync($"{Runs}?jobSpecId={own}")).Data[0]!["attributes"]!["initiator"]!["type"]);
    }

    [Fact(DisplayName = "A bridge answers with its token and its run goes on; the answer is the parameters of what comes after")]
    public async Task Resumes()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var token = await BridgeAsync(client, "assetprice");
        var run = await client.RunAsync(await client.JobAsync("assetprice", "copyinput"), """{"result":"in"}""");
        await client.RunBecomesAsync(run, "pending_bridge");
        var resumed = await PatchAsync(node, run, """{"data":{"result":"100","copyPath":["a"]}}""", token);
        var done = await client.RunBecomesAsync(run, "completed");

        Assert.Equal((200, run), (resumed.Status, (string?)resumed.Data["id"]));
        Assert.Equal("100", (string?)done.Attributes["taskRuns"]![0]!["result"]!["data"]!["result"]);
        Assert.Contains("\"copyPath\":[\"a\"]", (string?)done.Attributes["result"]!["data"]!["seen"]);
    }

    [Fact(DisplayName = "Of an answer: unknown run 404, not pending 405, bad JSON 500, and only then a wrong token 401")]
    public async Task Order_of_checks()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var token = await BridgeAsync(client, "assetprice");
        var other = await BridgeAsync(client, "other");
        var finished = await client.RunAsync(await client.JobAsync("noop"));
        await client.RunBecomesAsync(finished, "completed");
        var waiting = await client.RunAsync(await client.JobAsync("assetprice"));
        await client.RunBecomesAsync(waiting, "pending_bridge");

        var unknown = await PatchAsync(node, "ffffffffffffffffffffffffffffffff", "{", null);
        var notPending = await PatchAsync(node, finished, "{", null);
        var badJson = await PatchAsync(node, waiting, "{", null);
        var badMember = await PatchAsync(node, waiting, """{"pending":"yes"}""", null);
        Assert.Equal((404, "Job Run not found"), (unknown.Status, unknown.Errors));
        Assert.Equal((405, "Cannot resume a job run that isn't pending"), (notPending.Status, notPending.Errors));
        Assert.Equal((500, "invalid JSON at line 1, byte 2"), (badJson.Status, badJson.Errors));
        Assert.Equal((500, "pending: expected true or false"), (badMember.Status, badMember.Errors));
        foreach (var wrong in new[] { null, "", "Bearer", "Bearer ", $"Bearer {token}0", $"Bearer {other}", $"Basic {token}", token })
        {
            var refused = await PatchAsync(node, waiting, """{"data":{"result":"1"}}""", authorization: wrong);
            Assert.True((refused.Status, refused.Text) == (401, ""), wrong);
        }

        Assert.Equal(401, (await node.SendAsync(HttpMethod.Patch, $"{Runs}/{waiting}", """{"data":1}""", client.Cookie)).Status);
        Assert.Equal("pending_bridge", (string?)(await client.GetAsync($"{Runs}/{waiting}")).Attributes["status"]);
        Assert.Equal(200, (await PatchAsync(node, waiting, """{"data":{"result":"1"}}""", token)).Status);
        await client.RunBecomesAsync(waiting, "completed");
        Assert.Equal(405, (await PatchAsync(node, waiting, """{"data":{"result":"2"}}""", token)).Status);
    }

    [Fact(DisplayName = "An answer may be an error, which ends the run; pending again, which keeps it waiting; or no object, which is the result")]
    public async Task Answers()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var token = await BridgeAsync(client, "assetprice");
        var job = await client.JobAsync("assetprice", "noop");
        var runs = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            runs.Add(await client.RunAsync(job));
            await client.RunBecomesAsync(runs[^1], "pending_bridge");
        }

        var errored = await PatchAsync(node, runs[0], """{"error":"stack overflow","data":{"result":"0"}}""", token);
        var again = await PatchAsync(node, runs[1], """{"pending":true,"jobRunId":"x","accessToken":"y"}""", token);
        var number = await PatchAsync(node, runs[2], """{"data":100.10}""", token);
        Assert.Equal((200, 200, 200), (errored.Status, again.Status, number.Status));
        Assert.Equal("stack overflow", (string?)(await client.RunBecomesAsync(runs[0], "errored")).Attributes["result"]!["error"]);
        Assert.Equal("pending_bridge", (string?)(await client.GetAsync($"{Runs}/{runs[1]}")).Attributes["status"]);
        Assert.Equal("100.1", (string?)(await client.RunBecomesAsync(runs[2], "completed")).Attributes["result"]!["data"]!["result"]);
    }

    [Fact(DisplayName = "A run of an archived job takes its bridge's answer all the same")]
    public async Task Archived()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var token = await BridgeAsync(client, "assetprice");
        var job = await client.JobAsync("assetprice");
        var run = await client.RunAsync(job);
        await client.RunBecomesAsync(run, "pending_bridge");
        await client.DeleteAsync($"/v2/specs/{job}");
        var answer = await PatchAsync(node, run, """{"data":{"result":"1"}}""", token);
        Assert.Equal((200, "completed"), (answer.Status, (string?)answer.Attributes["status"]));
    }

    [Fact(DisplayName = "Finished runs are deleted by status and age; others cannot be")]
    public async Task Bulk_delete()
    {
        const string Path = "/v2/bulk_delete_runs";
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var (good, bad) = (await client.JobAsync("noop"), await client.JobAsync("fail"));
        var old = await client.RunAsync(good);
        var failed = await client.RunAsync(bad);
        await client.RunBecomesAsync(old, "completed");
        await client.RunBecomesAsync(failed, "errored");
        var (one, two) = (await UpdatedAsync(old), await UpdatedAsync(failed));
        var limit = (one > two ? one : two).AddMilliseconds(1);
        while (DateTimeOffset.UtcNow <= limit)
            await Task.Delay(1);
        var before = limit.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var young = await client.RunAsync(good);
        await client.RunBecomesAsync(young, "completed");

        var wrong = await client.DeleteAsync(Path, $$"""{"status":["completed","in_progress",""],"updatedBefore":"{{before}}"}""");
        var noTime = await client.DeleteAsync(Path, """{"status":["completed"]}""");
        var broken = await client.DeleteAsync(Path, "{");
        var none = await client.DeleteAsync(Path, $$"""{"status":[],"updatedBefore":"{{before}}"}""");
        var deleted = await client.DeleteAsync(Path, $$"""{"status":["completed"],"updatedBefore":"{{before}}"}""");

        Assert.Equal((422, "cannot delete Runs with status in_progress|cannot delete Runs with status "), (wrong.Status, wrong.Errors));
        Assert.Equal((400, 400, 204, 204), (noTime.Status, broken.Status, none.Status, deleted.Status));
        var left = (await client.GetAsync(Runs)).Data.AsArray().Select(run => (string)run!["id"]!).ToHashSet();
        Assert.Equal(new HashSet<string> { failed, young }, left);
        Assert.Equal(404, (await client.GetAsync($"{Runs}/{old}")).Status);

        async Task<DateTimeOffset> UpdatedAsync(string run) => (DateTimeOffset)(await client.GetAsync($"{Runs}/{run}")).Attributes["updatedAt"]!;
    }

    private static async Task<string> BridgeAsync(ApiClient client, string name) =>
        (string)(await client.PostAsync("/v2/bridge_types", $$"""{"name":"{{name}}","url":"{{client.Node.BridgeUrl}}"}""")).Attributes["incomingToken"]!;

    private static Task<ApiAnswer> PatchAsync(JobsNode node, string run, string body, string? token = null, string? authorization = null)
    {
        var header = authorization ?? (token is null ? null : $"Bearer {token}");
        return node.SendAsync(HttpMethod.Patch, $"{Runs}/{run}", body, null, header is null ? [] : [("Authorization", header)]);
    }
}
