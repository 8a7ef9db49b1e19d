using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Forging.Support;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace ActorNode.Tests.Jobs.Access;

/// <summary>The access actor in virtual time, over a journal in memory that survives it.</summary>
public abstract class AccessSpec() : TestKit(
    $$"""
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    akka.loglevel = DEBUG
    akka.test.single-expect-default = 300s
    akka.test.default-timeout = 300s
    {{FaultyJournal.Hocon}}
    """)
{
    protected const string Email = "operator@example.com";
    protected static readonly Secret Password = new("correct horse");

    private int _wakeUps;

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    protected JournalFaults Journal => JournalFaults.Of(Sys);

    protected IActorRef Access { get; private set; } = ActorRefs.Nobody;

    protected int WakeUps => Volatile.Read(ref _wakeUps);

    protected JobsSessionSettings Settings { get; } = new() { PasswordCost = 4, Timeout = TimeSpan.FromMinutes(15), ReapAfter = TimeSpan.FromHours(240) };

    protected void Start() => Access = Sys.ActorOf(AccessActor.Props(Settings, () => Interlocked.Increment(ref _wakeUps)));

    /// <summary>The process ends and another one starts.</summary>
    protected async Task RestartAsync()
    {
        Watch(Access);
        Sys.Stop(Access);
        await ExpectTerminatedAsync(Access);
        Unwatch(Access);
        Start();
    }

    protected async Task<T> AskAsync<T>(object message)
    {
        Access.Tell(message, TestActor);
        return await ExpectMsgAsync<T>();
    }

    protected Task<AccessReplies.UserIs> CreateUserAsync() => AskAsync<AccessReplies.UserIs>(new AccessCommands.EnsureUser(Email, Password));

    protected async Task<Secret> LogInAsync() => (await AskAsync<AccessReplies.LoggedIn>(new AccessCommands.LogIn(Email, Password))).Session;

    protected Task<object> SessionAsync(Secret session) => AskAsync<object>(new AccessQueries.SessionOf(session));
}
