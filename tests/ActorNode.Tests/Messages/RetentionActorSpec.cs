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

    public RetentionActorSpec()
    {
        _services = CreateTestProbe();
        var commit = Sys.ActorOf(CommitActor.Props(_store, new CommitSettings(), CreateTestProbe(), new Random(1)));
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

    /// <summary>The service reports at its start and at the end of each round, when the next tick is armed.</summary>
    private async Task RoundStartsAsync() => await _services.ExpectMsgAsync<Protocol.Services.ServiceCommands.Report>();

    private async Task CommitAsync(CommitCommand command) => await _store.CommitAsync([command], CancellationToken.None);
}
