using ActorNode.Protocol.Upkeep;
using ActorNode.Tests.Upkeep.Support;
using ActorNode.Upkeep;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Upkeep;

/// <summary>Random runs against what must hold whatever happens.</summary>
public sealed class UpkeepPropertySpec : UpkeepSpec
{
    private static readonly TimeSpan[] Steps =
        [TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(61), TimeSpan.FromMinutes(6)];

    [Theory(DisplayName = "Whatever events, changes, failures, kills and waits come in which order: the manager's last version is persisted in the end, every event is handled in order, and no write is older than one that was acknowledged before")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Random_run(int seed)
    {
        var random = new Random(seed);
        var settings = new UpkeepSettings
        {
            MaxRestarts = int.MaxValue / 2,
            Events = new UpkeepEventSettings { MaxAttempts = null },
            Persistence = new UpkeepPersistenceSettings { Retries = random.Next(3), LiquidityManagerIsCritical = random.Next(2) == 0 },
        };
        Lightning.Gossip.IsRapid = random.Next(2) == 0;
        await StartedAsync(random.Next(2) == 0 ? Lightning.All : Lightning.Least, settings);
        var offered = 0;
        var acknowledged = 0L;
        for (var i = 0; i < 60; i++)
        {
            switch (random.Next(8))
            {
                case 0:
                    Lightning.Manager.Offer(new SomeEvent($"{++offered}"));
                    break;
                case 1:
                    Lightning.Manager.Change(signal: random.Next(2) == 0);
                    break;
                case 2:
                    Lightning.Monitor.Defer(random.Next(1, 4));
                    break;
                case 3:
                    Lightning.Store.FailWrites(UpkeepKey.Manager, random.Next(1, 5));
                    break;
                case 4:
                    Lightning.Handler.Refuse($"{random.Next(1, offered + 2)}", random.Next(1, 4));
                    break;
                case 5:
                    Calls.Fail(random.Next(3) switch { 0 => "peers.tick", 1 => "manager.events", _ => "liquidity.persist" }, random.Next(1, 7));
                    break;
                case 6 when random.Next(3) == 0:
                    Sys.ActorSelection($"/user/upkeep/{(random.Next(3) switch { 0 => "loop", 1 => "event-pump", _ => "manager-writer" })}").Tell(Kill.Instance, ActorRefs.NoSender);
                    break;
                default:
                    Scheduler.Advance(Steps[random.Next(Steps.Length)]);
                    break;
            }

            // What status says is durable is: an acknowledged write never gives way to an older one.
            await StatusAsync();
            var durable = Lightning.Store.Manager;
            Assert.True(durable >= acknowledged, $"version {durable} after {acknowledged}");
            acknowledged = durable;
        }

        // The faults end; everything comes right by itself.
        Lightning.Store.FailWrites(UpkeepKey.Manager, 0);
        foreach (var call in new[] { "peers.tick", "manager.events", "liquidity.persist" })
            Calls.Fail(call, 0);
        var version = Lightning.Manager.Version;
        await ComesTrueAsync(() => Lightning.Manager.Events.IsEmpty && Lightning.Store.Manager >= version, "the recovery");
        await ComesTrueAsync(() => Lightning.Monitor.PendingOperationCount == 0, "the flush");

        var firsts = Calls.All.Where(c => c.StartsWith("handle ", StringComparison.Ordinal)).Distinct();
        Assert.Equal(Enumerable.Range(1, offered).Select(i => $"handle {i}"), firsts);
        Assert.Equal(1, offered == 0 ? 1 : Lightning.Handler.Most);
        AssertOrder(Calls.All);

        Assert.Equal(new UpkeepReplies.Stopped(null), await StopAsync());
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);
    }

    /// <summary>Between two looks at events the tick of the manager, where there is one, comes before its write, and the write before the flush.</summary>
    private static void AssertOrder(string[] calls)
    {
        var last = 0;
        foreach (var call in calls)
        {
            var rank = call switch
            {
                "manager.events" => 0,
                "peers.process" => 1,
                "manager.htlcs" => 2,
                "rest" => 3,
                "manager.tick" => 4,
                "manager.encode" => 5,
                "store.wrote manager" => 6,
                "monitor.archive" => 7,
                "onion.tick" => 8,
                "peers.tick" => 9,
                "monitor.rebroadcast" => 10,
                _ => -1,
            };
            if (rank < 0)
                continue;

            // The startup, and a loop that was cut short, begin again anywhere.
            var begins = rank == 0 || call == "manager.tick" || call == "manager.encode" || call == "monitor.rebroadcast" || call == "peers.process";
            Assert.True(rank >= last || begins, $"{call} after rank {last}");
            last = rank;
        }
    }

    private async Task ComesTrueAsync(Func<bool> condition, string what)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!condition())
        {
            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"{what} did not happen; upkeep is {await StatusAsync()}");
            Scheduler.Advance(TimeSpan.FromSeconds(5));
            await StatusAsync();
            await Task.Delay(1);
        }
    }
}
