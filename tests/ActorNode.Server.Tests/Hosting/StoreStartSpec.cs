using ActorNode.Server.Hosting;
using ActorNode.Server.Tests.Support;
using ActorNode.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ActorNode.Server.Tests.Hosting;

public sealed class StoreStartSpec
{
    private readonly SkippingTime _time = new();
    private int _tries;

    [Fact(DisplayName = "A database that answers late is waited for, with growing pauses")]
    public async Task Waits()
    {
        await using var store = new InMemoryNodeStore();

        var opened = await OpenAsync(TimeSpan.FromMinutes(1), () => ++_tries < 7 ? throw new StoreUnavailableException("not yet") : store);

        Assert.Same(store, opened);
        Assert.Equal([0.25, 0.5, 1, 2, 4, 5], _time.Waits.Select(w => w.TotalSeconds));
    }

    [Fact(DisplayName = "After the start timeout the node gives up and says so")]
    public async Task Gives_up()
    {
        var failure = await Assert.ThrowsAsync<StoreOpenException>(() =>
            OpenAsync(TimeSpan.FromSeconds(10), () => throw new StoreUnavailableException("db:5432 does not answer")));

        Assert.Equal("db:5432 does not answer; gave up after 10 s (actornode.storage.start-timeout)", failure.Message);
        Assert.InRange(_time.Waits.Sum(w => w.TotalSeconds), 5, 10);
    }

    [Fact(DisplayName = "What waiting cannot heal fails at once")]
    public async Task Fails_at_once()
    {
        await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(TimeSpan.FromMinutes(1), () => throw new StoreOpenException("schema is newer")));

        Assert.Empty(_time.Waits);
    }

    private Task<INodeStore> OpenAsync(TimeSpan timeout, Func<INodeStore> open) => StoreStart.OpenAsync(
        new StorageSettings { StartTimeout = timeout }, (_, _) => Task.FromResult(open()), NullLogger.Instance, _time, default);
}
