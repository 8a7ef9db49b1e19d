using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using Akka.TestKit;
using Xunit;

namespace ActorNode.Tests.Messages;

public sealed class RetentionActorSpec : NodeSpec
{
    private static readonly MessagesSettings Settings = new()
    {
        Retention = new RetentionSettings { MaxAge = TimeSpan.FromDays(1), Interval = TimeSpan.FromMinutes(1), ChunkMessages = 2 },
    };

    private readonly InMemoryNodeStore _store = new();
    private readonly TestProbe _services;
    private volatile Func<CommitCommand, Exception?> _damage = _ => null;

    public RetentionActorSpec()
    {
        _services = CreateTestProbe();
        var commit = Sys.ActorOf(CommitActor.Props(new DamagedStore(_store, command => _damage(command)), new CommitSettings(), CreateTestProbe(), new Random(1)));
        var context = new AccountContext(commit, _store, Settings, new PendingBudget(1), new SchedulerClock(Sys.Scheduler), new Random(1));
        Sys.ActorOf(RetentionActor.Props(context, Settings.Retention.MaxAge!.Value, _services));
    }

    [Fact(DisplayName = "Messages past their age are removed by a tick, in chunks, from every account; younger ones stay")]
    public async Task Removes_what_is_too_old()
    {
        await RoundStartsAsync();
        var old = Scheduler.Now - TimeSpan.FromDays(2);
        await CommitAsync(new CommitCommand.Append(Some.Alice, Some.Messages("a", "b", "c", "d", "e"), old));
        await CommitAsync(new CommitCommand.Append(Some.Alice, Some.Messages("f"), Scheduler.Now));
        await CommitAsync(new CommitCommand.Append(Some.Bob, Some.Messages("x"), old));
        Scheduler.Advance(Settings.Retention.Interval);
        await RoundStartsAsync();

        Assert.Equal(new MessageRange(6, 6), await _store.Messages.RangeAsync(Some.Alice, default));
        Assert.Equal(new MessageRange(2, 1), await _store.Messages.RangeAsync(Some.Bob, default));
    }

    [Fact(DisplayName = "A tick that was due many times while the machine slept runs once")]
    public async Task Ticks_never_queue_up()
    {
        await RoundStartsAsync();
        Scheduler.Advance(TimeSpan.FromHours(5));
        await RoundStartsAsync();
        await _services.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact(DisplayName = "An account whose messages cannot be removed does not keep the others' old messages")]
    public async Task Goes_on_after_a_damaged_account()
    {
        await RoundStartsAsync();
        var old = Scheduler.Now - TimeSpan.FromDays(2);
        await CommitAsync(new CommitCommand.Append(Some.Alice, Some.Messages("a"), old - TimeSpan.FromDays(1)));
        await CommitAsync(new CommitCommand.Append(Some.Bob, Some.Messages("x"), old));
        var damage = new MissingMessageException(Some.Alice, 1, new MessageRange(1, 1));
        _damage = command => command is CommitCommand.Remove remove && remove.AccountId == Some.Alice ? damage : null;
        Scheduler.Advance(Settings.Retention.Interval);
        var report = await _services.ExpectMsgAsync<Protocol.Services.ServiceCommands.Report>();

        Assert.Equal(damage.Message, report.Error);
        Assert.Equal(new MessageRange(2, 1), await _store.Messages.RangeAsync(Some.Bob, default));
        Assert.Equal(new MessageRange(1, 1), await _store.Messages.RangeAsync(Some.Alice, default));
    }

    [Fact(DisplayName = "A store that does not work ends the round; the next one removes")]
    public async Task Waits_for_a_store_that_fails()
    {
        await RoundStartsAsync();
        await CommitAsync(new CommitCommand.Append(Some.Alice, Some.Messages("a"), Scheduler.Now - TimeSpan.FromDays(2)));
        _damage = _ => Some.Outage();
        Scheduler.Advance(Settings.Retention.Interval);
        Assert.Equal("disk full", (await _services.ExpectMsgAsync<Protocol.Services.ServiceCommands.Report>()).Error);

        _damage = _ => null;
        Scheduler.Advance(Settings.Retention.Interval);
        await RoundStartsAsync();
        Assert.Equal(new MessageRange(2, 1), await _store.Messages.RangeAsync(Some.Alice, default));
    }

    /// <summary>The service reports at its start and at the end of each round, when the next tick is armed.</summary>
    private async Task RoundStartsAsync() => await _services.ExpectMsgAsync<Protocol.Services.ServiceCommands.Report>();

    private async Task CommitAsync(CommitCommand command) => await _store.CommitAsync([command], CancellationToken.None);

    /// <summary>A store that fails the transactions of some commands.</summary>
    private sealed class DamagedStore(INodeStore inner, Func<CommitCommand, Exception?> damage) : INodeStore
    {
        public string Location => "damaged";

        public IMessageReader Messages => inner.Messages;

        public IUpkeepReader Upkeep => inner.Upkeep;

        public IJobsReader Jobs => inner.Jobs;

        public ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken) =>
            commands.Select(damage).FirstOrDefault(error => error is not null) is { } error
                ? throw error
                : inner.CommitAsync(commands, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
