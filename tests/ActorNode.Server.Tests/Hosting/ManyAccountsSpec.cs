using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ActorNode.Server.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Server.Tests.Hosting;

/// <summary>What many accounts cost the process.</summary>
public sealed class ManyAccountsSpec(ITestOutputHelper output) : IDisposable
{
    private const int Accounts = 10_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(DisplayName = "Ten thousand accounts in one batch take at most four threads more than an idle node has")]
    public async Task Many_accounts_need_few_threads()
    {
        await using var node = NodeProcess.Run(_folder.FullName);
        await node.ReadyAsync();
        // A node that has worked before: its pool and its connections are there.
        await WriteAsync(node, "warm-up", accounts: 1);
        var idle = Threads(node);

        var writing = WriteAsync(node, "account", Accounts);
        var most = 0;
        while (!writing.IsCompleted)
        {
            most = Math.Max(most, Threads(node));
            await Task.Delay(2);
        }

        await writing;
        output.WriteLine($"threads: {idle} idle, {most} at most");
        Assert.True(most <= idle + 4, $"{idle} threads when idle, {most} while writing to {Accounts} accounts");
    }

    private static async Task WriteAsync(NodeProcess node, string name, int accounts)
    {
        var batch = Enumerable.Range(0, accounts).ToDictionary(i => $"{name}-{i}", _ => new[] { new { id = "m", body = "aGVsbG8=" } });
        using var response = await node.Http.PostAsJsonAsync("/v1/messages", batch);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(accounts, (await response.Content.ReadFromJsonAsync<Dictionary<string, JsonElement>>())!.Count);
    }

    private static int Threads(NodeProcess node)
    {
        using var process = Process.GetProcessById(node.Id);
        return process.Threads.Count;
    }
}
