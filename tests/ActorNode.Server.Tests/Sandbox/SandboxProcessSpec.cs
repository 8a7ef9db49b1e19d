using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ActorNode.Server.Tests.Commands;
using ActorNode.Server.Tests.Support;
using Xunit;

namespace ActorNode.Server.Tests.Sandbox;

/// <summary>The sandbox as a process of its own: that it shows what it claims.</summary>
public sealed class SandboxProcessSpec : IDisposable
{
    /// <summary>Everything that is broken must heal in it, on two busy cores.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-");

    private string Data => Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(DisplayName = "sandbox --seconds N ends by itself with 0; messages were read back, payments made, votes signed, jobs run, and each second has its line")]
    public async Task Ends_by_itself()
    {
        await using var sandbox = Start("--seconds", "6");

        await EndsWellAsync(sandbox);
        var output = sandbox.Output;
        Assert.Matches(@"(?m)^sandbox at http://127\.0\.0\.1:\d+, seed 1, 50 messages/s, 6\.0 s$", output);
        Assert.True(Regex.Count(output, @"(?m)^ *\d+\.\d s \| services ready=") >= 3, output);
        Assert.Matches(@"(?m)^  messages: written [1-9][\d,]*,", output);
        Assert.Matches(@"(?m)^  lightning: block .*, violations 0$", output);
        Assert.Matches(@"(?m)^  upkeep: state running, passes [1-9]", output);
        Assert.Matches(@"(?m)^  forging: level \d+, round \d+, baked \d+, signed [1-9].*, held 0, quarantined 0, .*, violations 0$", output);
        Assert.Matches(@"(?m)^  jobs: runs [1-9][\d,]*, .*, completed [1-9][\d,]*, errored \d+, unfinished 0, pending_bridge 0, bridge_answers [1-9]\d*, last_price \d{4}\.\d\d, .*, violations 0$", output);
        Assert.Matches(@"(?m)^OK: every invariant held$", output);
        Assert.DoesNotContain("FAILED", output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "sandbox --faults breaks every part that can be broken, and says of each what healed it and how long it took")]
    public async Task Heals()
    {
        await using var sandbox = Start("--seconds", "5", "--faults", "--json", "--seed", "7");

        await EndsWellAsync(sandbox);
        var lines = sandbox.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(l => JsonNode.Parse(l)!).ToArray();
        var summary = lines[^1];
        Assert.Equal("summary", (string)summary["type"]!);
        Assert.True((bool)summary["ok"]!);
        var faults = summary["faults"]!.AsArray();
        Assert.Equal(18, faults.Count);
        Assert.All(faults, fault =>
        {
            Assert.NotNull(fault!["injected"]);
            Assert.NotNull(fault["healedAfter"]);
            Assert.NotEqual("", (string)fault["healedBy"]!);
            Assert.Null(fault["error"]);
        });
        Assert.Equal(["fail", "hang", "kill"], faults.Select(f => (string)f!["kind"]!).Distinct().Order());
        Assert.True((long)summary["parts"]!["services"]!["restarts"]! >= 2);
        Assert.True((long)summary["parts"]!["upkeep"]!["restarts"]! >= 1);
        Assert.Equal((long)summary["parts"]!["messages"]!["written"]!, (long)summary["parts"]!["messages"]!["read_back"]!);
        var forging = summary["parts"]!["forging"]!;
        Assert.Equal(0, (long)forging["violations"]!);
        Assert.True((long)forging["failed"]! >= 2);
        Assert.All(forging["delegates"]!.AsArray(), own => Assert.Matches(@"^\d+/\d+$", (string)own!["attestation_mark"]!));
        Assert.Contains("the watermark of every delegate refused both", faults.Select(f => (string)f!["healedBy"]!));
        var jobs = summary["parts"]!["jobs"]!;
        Assert.Equal((0, 0), ((long)jobs["violations"]!, (long)jobs["unfinished"]!));
        Assert.True((long)jobs["errored"]! >= 1);
        Assert.Equal(["sandbox price", "sandbox clock", "sandbox bridge"], jobs["jobs"]!.AsArray().Select(job => (string)job!["job"]!));
        Assert.Contains("runs waited for it; started again, it answered what it owed, and they went on", faults.Select(f => (string)f!["healedBy"]!));
        // Each was seen planned before it was seen healed.
        Assert.Contains(lines, line => line["faults"]!.AsArray().Any(f => f!["injected"] is null));
    }

    [Fact(DisplayName = "The sandbox serves HTTP as a node does, with its parts among the services; Ctrl-C ends it in order, with its summary")]
    public async Task Serves_and_stops()
    {
        var url = new Uri($"http://127.0.0.1:{NodeProcess.FreePort()}");
        await using var sandbox = NodeProcess.Start(url, ["sandbox", "--urls", url.ToString().TrimEnd('/')]);
        await sandbox.ReadyAsync();
        var services = JsonNode.Parse(await sandbox.Http.GetStringAsync("/v1/services"))!["services"]!.AsArray();
        Assert.Equal(
            ["forging", "http", "jobs", "jobs-retention", "jobs-user", "messages", "sandbox-jobs", "sandbox-lightning", "sandbox-messages", "storage", "upkeep"],
            services.Select(s => (string)s!["name"]!).Order(StringComparer.Ordinal));
        using var accounts = await sandbox.Http.GetAsync("/v1/messages");
        Assert.Equal(HttpStatusCode.OK, accounts.StatusCode);

        sandbox.Signal("INT");

        await EndsWellAsync(sandbox);
        Assert.Matches(@"(?m)^sandbox ran ", sandbox.Output);
        Assert.Matches(@"(?m)^OK: every invariant held$", sandbox.Output);
    }

    [Fact(DisplayName = "A sandbox on the data of an earlier one, killed or ended, goes on: same world, same money, nothing lost")]
    public async Task Goes_on()
    {
        await using (var first = Start("--data", Data, "--seconds", "4"))
            await EndsWellAsync(first);
        var url = new Uri($"http://127.0.0.1:{NodeProcess.FreePort()}");
        await using (var killed = NodeProcess.Start(url, ["sandbox", "--data", Data, "--urls", url.ToString().TrimEnd('/')]))
        {
            await killed.ReadyAsync();
            await killed.KillAsync();
        }

        await using var last = Start("--data", Data, "--seconds", "4", "--json");

        await EndsWellAsync(last);
        var begin = JsonNode.Parse(last.Output.Split('\n')[0])!;
        // A fresh world begins at 800,000, with no channel.
        Assert.True((long)begin["parts"]!["lightning"]!["block"]! > 800_000);
        Assert.True((long)begin["parts"]!["lightning"]!["channels"]! + (long)begin["parts"]!["lightning"]!["opening"]! > 0);
    }

    [Fact(DisplayName = "A sandbox of its own folder leaves nothing behind")]
    public async Task Cleans_up()
    {
        await using var sandbox = NodeProcess.Start(Nowhere, ["sandbox", "--seconds", "1"], new Dictionary<string, string> { ["TMPDIR"] = _folder.FullName });

        await EndsWellAsync(sandbox);
        Assert.DoesNotContain(_folder.GetDirectories(), d => d.Name.StartsWith("actornode-sandbox-", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "Bad options are exit code 2, and nothing runs")]
    [InlineData("--seconds: '0' is not a whole number from 1 to 86400", "--seconds", "0")]
    [InlineData("--seconds: 'x' is not a whole number from 1 to 86400", "--seconds", "x")]
    [InlineData("--rate: '-1' is not a whole number from 0 to 10000", "--rate", "-1")]
    [InlineData("--seed: '1.5' is not a whole number from 0 to 2147483647", "--seed", "1.5")]
    [InlineData("'--fault'", "--fault")]
    [InlineData("option --urls", "--urls", "ftp://x")]
    public async Task Bad_options(string problem, params string[] options)
    {
        var run = await CommandRun.Of(["sandbox", .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    private static async Task EndsWellAsync(NodeProcess sandbox)
    {
        var code = await sandbox.ExitCodeAsync(Patience);
        Assert.True(code == 0, $"exit code {code}: {sandbox.Output[^Math.Min(4_000, sandbox.Output.Length)..]}");
    }

    private static NodeProcess Start(params string[] options) => NodeProcess.Start(Nowhere, ["sandbox", .. options]);
}
