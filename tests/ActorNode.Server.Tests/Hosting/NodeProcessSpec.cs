using System.Net;
using System.Text;
using ActorNode.Server.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ActorNode.Server.Tests.Hosting;

/// <summary>The built node as a process: what only shows from outside.</summary>
public sealed class NodeProcessSpec : IDisposable
{
    private static readonly Dictionary<string, string> AtOnce = new() { ["ACTORNODE__HTTP__UNREADY_DELAY"] = "0" };
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-");

    private string Data => Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(DisplayName = "A node that gets ready says so in one line, keeps a log file and ends with 0 on SIGTERM")]
    public async Task Runs_and_stops()
    {
        await using var node = NodeProcess.Run(Data, AtOnce);
        await node.ReadyAsync();
        node.Signal();

        Assert.Equal(0, await node.ExitCodeAsync());
        var ready = $"ActorNode 0.1.0 ready at {node.Http.BaseAddress!.ToString().TrimEnd('/')}, data in {Data}, engine Embedded";
        Assert.Single(node.Output.Split('\n'), line => line.Contains(ready, StringComparison.Ordinal));
        var log = Assert.Single(Directory.GetFiles(Path.Combine(Data, "logs"), "actornode-*.log"));
        Assert.Contains(ready, await File.ReadAllTextAsync(log), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A stopping node is not ready at once but still answers; a second signal, of whatever kind, ends it with 128 and its number")]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    [InlineData("QUIT", 131)]
    public async Task Second_signal(string signal, int code)
    {
        await using var node = NodeProcess.Run(Data, new Dictionary<string, string> { ["ACTORNODE__HTTP__UNREADY_DELAY"] = "10 m" });
        await node.ReadyAsync();

        node.Signal(signal);
        await node.NotReadyAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(node, "/v1/messages"));

        node.Signal(signal);
        Assert.Equal(code, await node.ExitCodeAsync());
    }

    [Fact(DisplayName = "A port in use is one clear line and exit code 1")]
    public async Task Port_in_use()
    {
        await using var first = NodeProcess.Run(Data, AtOnce);
        await first.ReadyAsync();
        var url = first.Http.BaseAddress!;

        await using var second = NodeProcess.Start(url, ["run", "--data", Data + "2", "--urls", url.ToString()], AtOnce);

        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains("address already in use", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Data in use by another node are refused with exit code 1, and the other node goes on")]
    public async Task Data_in_use()
    {
        await using var first = NodeProcess.Run(Data, AtOnce);
        await first.ReadyAsync();

        await using var second = NodeProcess.Run(Data, AtOnce);

        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains("in use", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(first, "/health/ready"));
    }

    [Fact(DisplayName = "A database of a newer schema is refused with exit code 1")]
    public async Task Newer_schema()
    {
        await using (var node = NodeProcess.Run(Data, AtOnce))
        {
            await node.ReadyAsync();
            node.Signal();
            await node.ExitCodeAsync();
        }

        await using (var database = new SqliteConnection($"Data Source={Path.Combine(Data, "node.db")};Pooling=False"))
        {
            await database.OpenAsync();
            await using var command = database.CreateCommand();
            command.CommandText = "PRAGMA user_version = 4711";
            await command.ExecuteNonQueryAsync();
        }

        await using var later = NodeProcess.Run(Data, AtOnce);

        Assert.Equal(1, await later.ExitCodeAsync());
        Assert.Contains("has schema version 4711", later.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An unknown configuration key and a wrong type are exit code 2, and nothing is created")]
    public async Task Wrong_configuration()
    {
        var file = Path.Combine(_folder.FullName, "node.conf");
        await File.WriteAllTextAsync(file, "actornode {\n  http {\n    ulrs = x\n    max-connections = many\n  }\n}\n");

        await using var node = NodeProcess.Run(Data, null, "--config", file);

        Assert.Equal(2, await node.ExitCodeAsync());
        Assert.Contains("actornode.http.ulrs (node.conf line 3): unknown key; did you mean 'urls'?", node.Output, StringComparison.Ordinal);
        Assert.Contains("actornode.http.max-connections (node.conf line 4): 'many' is not a whole number", node.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    [Fact(DisplayName = "Reachable from other machines without a token the node does not start")]
    public async Task Open_without_token()
    {
        await using var node = NodeProcess.Start(new Uri("http://127.0.0.1:1"), ["run", "--data", Data, "--urls", "http://0.0.0.0:0"]);

        Assert.Equal(2, await node.ExitCodeAsync());
        Assert.Contains("actornode.http.token-file: is off", node.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A data folder that cannot be made is one clear line and exit code 1")]
    public async Task Unusable_folder()
    {
        await File.WriteAllTextAsync(Data, "a file where the folder should be");

        await using var node = NodeProcess.Run(Data);

        Assert.Equal(1, await node.ExitCodeAsync());
        Assert.Contains($"actornode.data: the folder '{Data}' cannot be used", node.Output, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A section that the actor system refuses is exit code 2, with its reason")]
    [InlineData("akka.loglevel = LOUD", "LOUD")]
    [InlineData("akka.actor.default-dispatcher.throughput = many", "'many' is not a whole number")]
    public async Task Wrong_actor_system(string line, string reason)
    {
        var file = Path.Combine(_folder.FullName, "node.conf");
        await File.WriteAllTextAsync(file, line);

        await using var node = NodeProcess.Run(Data, null, "--config", file);

        Assert.Equal(2, await node.ExitCodeAsync());
        Assert.Contains("akka: ", node.Output, StringComparison.Ordinal);
        Assert.Contains(reason, node.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", node.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A log that cannot be written is said on standard error; the node runs all the same")]
    public async Task Unwritable_log()
    {
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Path.Combine(Data, "logs"), "a file where the folder should be");

        await using var node = NodeProcess.Run(Data, AtOnce);
        await node.ReadyAsync();
        node.Signal();

        Assert.Equal(0, await node.ExitCodeAsync());
        Assert.Contains("the log cannot be written", node.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Imported messages survive kill -9, and come out of the next node as they went in")]
    public async Task Import_kill_export()
    {
        var input = Path.Combine(_folder.FullName, "in.ndjson");
        var output = Path.Combine(_folder.FullName, "out.ndjson");
        var lines = Enumerable.Range(0, 10_000)
            .Select(i => $$"""{"account":"account-{{i % 10}}","id":"id-{{i}}","body":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes($"body {i}"))}}"}""")
            .ToArray();
        await File.WriteAllLinesAsync(input, lines);

        await using (var node = NodeProcess.Run(Data, AtOnce))
        {
            await node.ReadyAsync();
            await using var import = NodeProcess.Start(node.Http.BaseAddress!, ["messages", "import", input, "--url", node.Http.BaseAddress!.ToString()]);
            Assert.Equal(0, await import.ExitCodeAsync());
            Assert.Contains("10,000 written, 0 duplicates, 0 failed", import.Output, StringComparison.Ordinal);
            await node.KillAsync();
        }

        await using (var node = NodeProcess.Run(Data, AtOnce))
        {
            await node.ReadyAsync();
            await using var export = NodeProcess.Start(node.Http.BaseAddress!, ["messages", "export", "--output", output, "--url", node.Http.BaseAddress!.ToString()]);
            Assert.Equal(0, await export.ExitCodeAsync());
        }

        Assert.Equal(lines.OrderBy(AccountOf, StringComparer.Ordinal), await File.ReadAllLinesAsync(output));
    }

    [Fact(DisplayName = "With a token the API wants it, and the command line gives it")]
    public async Task Token()
    {
        var token = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(token, "0123456789abcdef0123456789abcdef\n");
        await using var node = NodeProcess.Run(Data, new Dictionary<string, string>(AtOnce) { ["ACTORNODE__HTTP__TOKEN_FILE"] = token });
        await node.ReadyAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(node, "/v1/messages"));
        await using var without = NodeProcess.Start(node.Http.BaseAddress!, ["messages", "export", "--url", node.Http.BaseAddress!.ToString()]);
        await using var with = NodeProcess.Start(node.Http.BaseAddress!, ["messages", "export", "--token-file", token, "--url", node.Http.BaseAddress!.ToString()]);
        Assert.Equal(1, await without.ExitCodeAsync());
        Assert.Equal(0, await with.ExitCodeAsync());
        Assert.DoesNotContain("0123456789abcdef", node.Output + without.Output + with.Output, StringComparison.Ordinal);
    }

    private static string AccountOf(string line) => line.Split('"')[3];

    private static async Task<HttpStatusCode> StatusAsync(NodeProcess node, string path)
    {
        using var answer = await node.Http.GetAsync(path);
        return answer.StatusCode;
    }
}
