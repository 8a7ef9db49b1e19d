using System.Globalization;
using System.Net;
using ActorNode.Server.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Server.Tests.Jobs;

/// <summary>
/// Jobs on the real node as a process, over HTTP, with a real server and a real bridge outside of it; and what becomes of them when the node is
/// killed. Ten seconds of cron; CRON_SECONDS=60 for the whole minute.
/// </summary>
public sealed class JobsNodeSpec(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly int CronSeconds = int.Parse(Environment.GetEnvironmentVariable("CRON_SECONDS") ?? "10", CultureInfo.InvariantCulture);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-jobs-");
    private EffectServer _outside = null!;
    private NodeProcess? _node;
    private JobsClient _client = null!;

    public async Task InitializeAsync()
    {
        _outside = await EffectServer.StartAsync((call, context) => context.Response.WriteAsync(call.Task switch
        {
            "price" => """{"high":"11850.00","last":"10221.30"}""",
            "later" => """{"pending":true}""",
            _ => """{"data":{"result":"done"}}""",
        }));
        try
        {
            await StartAsync();
        }
        catch
        {
            // Nobody else would: a test that was not initialized is not disposed of either.
            await DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        if (_node is { } node)
            await node.DisposeAsync();
        await _outside.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact(DisplayName = "A chain of adapters: a price from a server, a member of it, multiplied, as the word of a contract")]
    public async Task Hello_world()
    {
        var job = await _client.CreateAsync($$$"""
            {"initiators":[{"type":"web"}],"tasks":[
              {"type":"HttpGet","params":{"get":"{{{_outside.Url}}}/price"}},
              {"type":"JsonParse","params":{"path":["last"]}},
              {"type":"Multiply","params":{"times":100}},
              {"type":"EthUint256"}]}
            """);
        var run = await _client.StartAsync(job);

        var done = await _client.BecomesAsync(run, "completed", "errored");
        Assert.Equal("0x00000000000000000000000000000000000000000000000000000000000f98b2", (string?)done["result"]!["data"]!["result"]);
        Assert.Equal(
            ["""{"high":"11850.00","last":"10221.30"}""", "10221.30", "1022130", "0x00000000000000000000000000000000000000000000000000000000000f98b2"],
            done["taskRuns"]!.AsArray().Select(task => (string?)task!["result"]!["data"]!["result"]));
        Assert.Single(_outside.Calls);
    }

    [Fact(DisplayName = "A run that waits for a bridge is there after kill -9, and the bridge's answer resumes it; nobody else's does")]
    public async Task Bridge_answers_later()
    {
        var token = await _client.BridgeAsync("later", $"{_outside.Url}/later");
        await _client.BridgeAsync("after", $"{_outside.Url}/after");
        var job = await _client.CreateAsync("""{"initiators":[{"type":"web"}],"tasks":[{"type":"later"},{"type":"multiply","params":{"times":3}},{"type":"after"}]}""");
        var run = await _client.StartAsync(job);
        await _client.BecomesAsync(run, "pending_bridge");

        await RestartAsync();
        Assert.Equal("pending_bridge", (string?)(await _client.RunAsync(run))["status"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await _client.AnswerAsync(run, new string('0', 32), """{"data":{"result":"7"}}"""));
        Assert.Equal(HttpStatusCode.OK, await _client.AnswerAsync(run, token, """{"data":{"result":"14"}}"""));
        var done = await _client.BecomesAsync(run, "completed", "errored");

        Assert.Equal(["14", "42", "done"], done["taskRuns"]!.AsArray().Select(task => (string?)task!["result"]!["data"]!["result"]));
        Assert.Single(_outside.Of("later", run));
        Assert.Single(_outside.Of("after", run));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await _client.AnswerAsync(run, token, """{"data":{"result":"15"}}"""));
    }

    [Fact(DisplayName = "A run sleeps across kill -9 until its time, and goes on once")]
    public async Task Sleeps()
    {
        await _client.BridgeAsync("after", $"{_outside.Url}/after");
        var job = await _client.CreateAsync("""{"initiators":[{"type":"web"}],"tasks":[{"type":"noop"},{"type":"sleep"},{"type":"after"}]}""");
        // On a machine that is too busy to kill the node meanwhile, a longer sleep.
        for (var seconds = 5; ; seconds *= 2)
        {
            var until = DateTimeOffset.UtcNow.AddSeconds(seconds);
            var run = await _client.StartAsync(job, $$"""{"until":"{{Text(until)}}"}""");
            await _client.BecomesAsync(run, "pending_sleep", "completed");
            await KillAsync();
            var awake = _outside.Of("after", run).Count > 0;
            await StartAsync();
            if (awake)
                continue;
            var done = await _client.BecomesAsync(run, "completed", "errored");
            Assert.Equal("completed", (string?)done["status"]);
            Assert.True(Assert.Single(_outside.Of("after", run)).At >= until);
            return;
        }
    }

    [Fact(DisplayName = "A schedule of every second takes each second once, for the second itself, and none is lost")]
    public async Task Cron()
    {
        await _client.BridgeAsync("tick", $"{_outside.Url}/tick");
        var job = await _client.CreateAsync("""{"initiators":[{"type":"cron","params":{"schedule":"* * * * * *"}}],"tasks":[{"type":"tick"}]}""");
        var journal = new JobsJournal(Path.Combine(_folder.FullName, "data"));
        using var patience = new CancellationTokenSource(JobsClient.Patience);
        while (!journal.Jobs.TryGetValue(job, out var history) || history.Accepted.Count <= CronSeconds)
        {
            await Task.Delay(200, patience.Token);
            await journal.ReadAsync();
        }

        var taken = journal.Accepted(job).Select(accepted => (accepted.Tick!.Value, accepted.At)).ToArray();
        for (var i = 0; i < taken.Length; i++)
        {
            Assert.Equal(taken[0].Value.AddSeconds(i), taken[i].Value);
            Assert.Equal(0, taken[i].Value.Ticks % TimeSpan.TicksPerSecond);
            Assert.True(taken[i].At >= taken[i].Value, "a tick is taken before its time");
        }

        foreach (var accepted in journal.Accepted(job))
        {
            await _client.BecomesAsync(accepted.Run, "completed");
            Assert.Single(_outside.Of("tick", accepted.Run));
        }

        var late = taken.Select(tick => (tick.At - tick.Value).TotalMilliseconds).Order().ToArray();
        output.WriteLine($"{taken.Length} ticks, late by {late[late.Length / 2]:F1} ms (median), {late[^1]:F1} ms (most)");
    }

    [Fact(DisplayName = "A time that passes while the node is down starts one run, and no further start starts another")]
    public async Task Run_at()
    {
        await _client.BridgeAsync("once", $"{_outside.Url}/once");
        for (var seconds = 10; ; seconds *= 2)
        {
            var time = DateTimeOffset.UtcNow.AddSeconds(seconds);
            var job = await _client.CreateAsync(RunAt(time));
            await KillAsync();
            var calls = _outside.Calls.Count;
            while (DateTimeOffset.UtcNow <= time)
                await Task.Delay(100);
            await StartAsync();
            if (calls > 0)
            {
                // It was not down in time.
                _outside.Calls.Clear();
                continue;
            }

            var call = await _outside.CalledAsync(_ => true);
            await _client.BecomesAsync(call.Run, "completed");
            await RestartAsync();
            // Past times come in the order of the jobs' return, which was before this one: a second run would come first.
            await _client.CreateAsync(RunAt(DateTimeOffset.UtcNow.AddSeconds(-1)));
            await _outside.CalledAsync(other => other.Run != call.Run);
            Assert.Equal(call.Run, (string?)Assert.Single(await _client.RunsAsync(job))["id"]);
            Assert.Single(_outside.Of("once", call.Run));
            return;
        }

        static string RunAt(DateTimeOffset time) =>
            $$$"""{"initiators":[{"type":"runat","params":{"time":"{{{Text(time)}}}"}}],"tasks":[{"type":"once"}]}""";
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture);

    private async Task StartAsync()
    {
        _node = NodeProcess.Run(
            Path.Combine(_folder.FullName, "data"), JobsClient.Environment(("ACTORNODE__JOBS__SCHEDULER__TIME_ZONE", "UTC"), ("ACTORNODE__JOBS__SCHEDULER__MISSED_AFTER", "1 h")), "--api", JobsClient.WriteUser(_folder.FullName));
        _client = await JobsClient.LogInAsync(_node);
    }

    private async Task KillAsync()
    {
        await _node!.KillAsync();
        await _node.DisposeAsync();
        _node = null;
    }

    private async Task RestartAsync()
    {
        await KillAsync();
        await StartAsync();
    }
}
