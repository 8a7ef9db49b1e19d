using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Protocol.Services;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorNode.Tests.Storage;

/// <summary>The commit actor over a store whose transactions wait for the test.</summary>
public sealed class CommitActorSpec : NodeSpec
{
    private readonly HeldStore _store = new();
    private readonly TestProbe _services;
    private readonly IActorRef _commit;

    public CommitActorSpec()
    {
        _services = CreateTestProbe();
        _commit = Start(new CommitSettings { MaxRows = 4 });
    }

    private IActorRef Start(CommitSettings settings) => Sys.ActorOf(CommitActor.Props(_store, settings, _services, new Random(1)));

    [Fact(DisplayName = "What arrives while a transaction is being written goes into the next one, up to the limit of rows")]
    public async Task Groups_what_arrives_meanwhile()
    {
        _commit.Tell(Request(Some.Alice, "a"));
        var first = await _store.NextAsync();
        foreach (var id in new[] { "b", "c", "d", "e", "f" })
            _commit.Tell(Request(Some.Alice, id));
        first.Commit();

        var second = await _store.NextAsync();
        Assert.Equal(["b", "c", "d", "e"], second.Ids);
        second.Commit();
        var third = await _store.NextAsync();
        Assert.Equal(["f"], third.Ids);
        third.Commit();

        for (var sequence = 1; sequence <= 6; sequence++)
            Assert.Equal(sequence, (await AppendedAsync()).Last);
    }

    [Fact(DisplayName = "Nobody is answered before the transaction is durable")]
    public async Task Answers_after_durability()
    {
        _commit.Tell(Request(Some.Alice, "a"));
        var transaction = await _store.NextAsync();
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        transaction.Commit();
        await AppendedAsync();
    }

    [Fact(DisplayName = "One request's own fault fails it alone: the others of its transaction are committed, in order")]
    public async Task Isolates_the_request_at_fault()
    {
        _commit.Tell(Request(Some.Alice, "a"));
        var first = await _store.NextAsync();
        _commit.Tell(Request(Some.Alice, "b"));
        var bad = Request(Some.Bob, "poison");
        _commit.Tell(bad);
        _commit.Tell(Request(Some.Alice, "c"));
        first.Commit();
        await AppendedAsync();

        (await _store.NextAsync()).Fail(new InvalidDataException("bad row"));
        for (var i = 0; i < 3; i++)
        {
            var single = await _store.NextAsync();
            if (single.Ids.Single() == "poison")
                single.Fail(new InvalidDataException("bad row"));
            else
                single.Commit();
        }

        Assert.Equal(2, (await AppendedAsync()).Last);
        var failed = await ExpectMsgAsync<CommitActor.Failed>();
        Assert.Same(bad, failed.Request);
        Assert.Equal(3, (await AppendedAsync()).Last);
    }

    [Fact(DisplayName = "A store that throws before it returns a task fails the request at fault, and nothing else")]
    public async Task Survives_a_store_that_throws_at_once()
    {
        var commit = Sys.ActorOf(CommitActor.Props(new InMemoryNodeStore(), new CommitSettings(), CreateTestProbe(), new Random(1)));
        commit.Tell(new CommitActor.Commit([new CommitCommand.Append(Some.Bob, [], Some.Time)]));
        Assert.IsType<ArgumentException>((await ExpectMsgAsync<CommitActor.Failed>()).Error);

        commit.Tell(Request(Some.Alice, "a"));
        Assert.Equal(1, (await AppendedAsync()).Last);
    }

    [Fact(DisplayName = "When the store does not work everybody is told at once, readiness goes, and a probe of its own brings it back")]
    public async Task Reports_an_outage_and_the_recovery()
    {
        await ExpectStateAsync(ServiceState.Ready);
        _commit.Tell(Request(Some.Alice, "a"));
        (await _store.NextAsync()).Fail(Some.Outage());

        Assert.IsType<StoreUnavailableException>((await ExpectMsgAsync<CommitActor.Failed>()).Error);
        Assert.Equal("disk full", (await ExpectStateAsync(ServiceState.Degraded)).Error);

        Scheduler.Advance(TimeSpan.FromSeconds(5));
        var probe = await _store.NextAsync();
        Assert.IsType<CommitCommand.Probe>(Assert.Single(probe.Commands));
        probe.Fail(Some.Outage());
        await ExpectStateAsync(ServiceState.Degraded);
        Scheduler.Advance(TimeSpan.FromSeconds(5));
        (await _store.NextAsync()).Commit();
        await ExpectStateAsync(ServiceState.Ready);
    }

    [Fact(DisplayName = "A transaction that does not end costs readiness, until it ends")]
    public async Task Reports_a_transaction_that_hangs()
    {
        await ExpectStateAsync(ServiceState.Ready);
        _commit.Tell(Request(Some.Alice, "a"));
        var transaction = await _store.NextAsync();
        Scheduler.Advance(CommitActor.LongTransaction);
        // A phase barrier: the first look is over, and the next one is set.
        _commit.Tell(new Identify("looked"));
        await ExpectMsgAsync<ActorIdentity>();
        await _services.ExpectNoMsgAsync(TimeSpan.Zero);
        Scheduler.Advance(CommitActor.LongTransaction);
        Assert.Contains("does not end", (await ExpectStateAsync(ServiceState.Degraded)).Error, StringComparison.Ordinal);

        transaction.Commit();
        await AppendedAsync();
        await ExpectStateAsync(ServiceState.Ready);
    }

    [Fact(DisplayName = "Probes go on after one that failed in an unexpected way")]
    public async Task Probes_until_the_store_works()
    {
        await ExpectStateAsync(ServiceState.Ready);
        _commit.Tell(Request(Some.Alice, "a"));
        (await _store.NextAsync()).Fail(Some.Outage());
        await ExpectStateAsync(ServiceState.Degraded);

        Scheduler.Advance(TimeSpan.FromSeconds(5));
        (await _store.NextAsync()).Fail(new InvalidOperationException("unexpected"));
        await AwaitAssertAsync(() =>
        {
            Scheduler.Advance(TimeSpan.FromSeconds(5));
            Assert.False(_store.Quiet);
        });
        (await _store.NextAsync()).Commit();
        await ExpectStateAsync(ServiceState.Ready);
    }

    [Fact(DisplayName = "With a delay a small transaction waits for more, a full one does not")]
    public async Task Waits_for_more_when_told_to()
    {
        var commit = Start(new CommitSettings { MaxRows = 3, MaxDelay = TimeSpan.FromMilliseconds(50) });
        commit.Tell(Request(Some.Alice, "a"));
        commit.Tell(Request(Some.Alice, "b"));
        await SettleAsync(commit);
        Assert.True(_store.Quiet);

        Scheduler.Advance(TimeSpan.FromMilliseconds(50));
        var small = await _store.NextAsync();
        Assert.Equal(["a", "b"], small.Ids);
        small.Commit();
        await AppendedAsync();
        await AppendedAsync();

        foreach (var id in new[] { "c", "d", "e" })
            commit.Tell(Request(Some.Alice, id));
        (await _store.NextAsync()).Commit();
    }

    [Fact(DisplayName = "Told to stop it finishes what it accepted, then stops")]
    public async Task Finishes_before_it_stops()
    {
        Watch(_commit);
        _commit.Tell(Request(Some.Alice, "a"));
        var first = await _store.NextAsync();
        _commit.Tell(Request(Some.Alice, "b"));
        _commit.Tell(CommitActor.Stop.Instance);
        first.Commit();
        (await _store.NextAsync()).Commit();

        await AppendedAsync();
        await AppendedAsync();
        await ExpectTerminatedAsync(_commit);
    }

    [Fact(DisplayName = "Killed it answers everybody that the outcome is unknown")]
    public async Task Answers_everybody_when_killed()
    {
        _commit.Tell(Request(Some.Alice, "a"));
        var first = await _store.NextAsync();
        _commit.Tell(Request(Some.Alice, "b"));
        _commit.Tell(PoisonPill.Instance);

        for (var i = 0; i < 2; i++)
            Assert.True(Assert.IsType<StoreUnavailableException>((await ExpectMsgAsync<CommitActor.Failed>()).Error).OutcomeUnknown);
        first.Commit();
    }

    private static CommitActor.Commit Request(AccountId account, string id) => new([Some.Append(account, id)]);

    private async Task<CommitResult.Appended> AppendedAsync() =>
        Assert.IsType<CommitResult.Appended>(Assert.Single((await ExpectMsgAsync<CommitActor.Committed>()).Results));

    /// <summary>Waits for the report and until the actor has done what belongs to it: its timers are set then.</summary>
    private async Task<ServiceCommands.Report> ExpectStateAsync(ServiceState state)
    {
        var report = await _services.ExpectMsgAsync<ServiceCommands.Report>();
        Assert.Equal(state, report.State);
        await SettleAsync(_commit);
        return report;
    }

    /// <summary>A phase barrier: an answer to a later message means that the earlier ones were handled.</summary>
    private async Task SettleAsync(IActorRef actor)
    {
        var barrier = CreateTestProbe();
        actor.Tell(new Identify("settled"), barrier);
        await barrier.ExpectMsgAsync<ActorIdentity>();
    }
}
