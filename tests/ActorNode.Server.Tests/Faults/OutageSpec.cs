using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using ActorNode.Server.Tests.Crash;
using ActorNode.Server.Tests.Support;
using ActorNode.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Server.Tests.Faults;

/// <summary>
/// The real process under load while its database goes away and comes back: the node says that it is not ready, comes back without a
/// restart, and nothing that was acknowledged is lost, doubled or reordered.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class OutageSpec(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly Dictionary<string, string> QuickToDegrade = new()
    {
        ["ACTORNODE__MESSAGES__MAX_ATTEMPTS"] = "3",
        ["ACTORNODE__MESSAGES__MAX_BACKOFF"] = "200 ms",
        ["ACTORNODE__STORAGE__COMMAND_TIMEOUT"] = "2 s",
    };

    private readonly string _data = Directory.CreateTempSubdirectory("actornode-outage-").FullName;
    private readonly LedgerLoad _load = new(accounts: 20, senders: 4);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await RunAsync("umount", "-q", _data);
        Directory.Delete(_data, recursive: true);
    }

    [PostgresFact(DisplayName = "PostgreSQL stopped and started again: not ready meanwhile, ready afterwards without a restart, nothing acknowledged is lost")]
    public async Task Survives_a_stopped_server()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var node = NodeProcess.Run(_data, new Dictionary<string, string>(QuickToDegrade)
        {
            ["ACTORNODE__STORAGE__PROVIDER"] = "postgresql",
            ["ACTORNODE__STORAGE__CONNECTION_STRING"] = await server.CreateDatabaseAsync(),
        });
        await OutageAsync(node, server.StopAsync, server.StartAsync);
    }

    [MountFact(DisplayName = "A full disk: not ready meanwhile, ready when there is room again without a restart, nothing acknowledged is lost")]
    public async Task Survives_a_full_disk()
    {
        Assert.Equal(0, await RunAsync("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", _data));
        await using var node = NodeProcess.Run(_data, QuickToDegrade);
        await OutageAsync(node, FillAsync, FreeAsync);

        Task FillAsync()
        {
            // All that is left but nothing of the node's own: as another program's files do.
            using var filler = new FileStream(Path.Combine(_data, "filler"), FileMode.Create);
            try
            {
                var block = new byte[64 * 1024];
                while (true)
                {
                    filler.Write(block);
                    filler.Flush();
                }
            }
            catch (IOException)
            {
                return Task.CompletedTask;
            }
        }

        Task FreeAsync()
        {
            File.Delete(Path.Combine(_data, "filler"));
            return Task.CompletedTask;
        }
    }

    private async Task OutageAsync(NodeProcess node, Func<Task> begin, Func<Task> end)
    {
        await node.ReadyAsync();
        using var stop = new CancellationTokenSource();
        var sending = _load.SendAsync(node, seed: 1, stop.Token);
        await UntilAsync(() => Task.FromResult(_load.Acknowledged > 1_000));

        await begin();
        await UntilAsync(async () => await StatusAsync(node) == HttpStatusCode.ServiceUnavailable);
        var before = _load.Acknowledged;
        await end();
        await node.ReadyAsync();
        await UntilAsync(() => Task.FromResult(_load.Acknowledged > before + 1_000));

        await stop.CancelAsync();
        await sending;
        await _load.VerifyAsync(node);
        output.WriteLine($"{_load.Acknowledged} messages acknowledged, of them {before} before the end of the outage");
        node.Signal();
        Assert.Equal(0, await node.ExitCodeAsync());
    }

    private static async Task<HttpStatusCode> StatusAsync(NodeProcess node)
    {
        using var answer = await node.Http.GetAsync("/health/ready");
        return answer.StatusCode;
    }

    /// <summary>Polls another process's state: there is no event to wait for.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(10, patience.Token);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}

/// <summary>A test that mounts a small file system of its own, which only root may.</summary>
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute() =>
        Skip = OperatingSystem.IsLinux() && Environment.UserName == "root" ? null : "Needs root to mount a file system: sudo dotnet test";
}
