using System.Collections.Immutable;
using System.Text;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Akka.TestKit;
using Xunit.Abstractions;

namespace ActorNode.TestKit;

/// <summary>
/// Base of a test class that drives a whole node by messages: each test gets a node of its own, started before and stopped after it.
/// Time is virtual: timers, back-off and timestamps stand still until the test calls <see cref="Advance"/>. Replies arrive at the test
/// actor, so <c>ExpectMsgAsync</c> reads them.
/// </summary>
/// <param name="output">The test's output; node logs go there.</param>
/// <param name="database">Where the node keeps its data.</param>
public abstract class NodeTestKit(ITestOutputHelper? output = null, TestDatabase database = TestDatabase.InMemory)
    : Akka.Hosting.TestKit.TestKit("actornode", output)
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "actornode-test-" + Guid.NewGuid().ToString("N"));

    /// <summary>The node's settings for messages; override to test others.</summary>
    protected virtual MessagesSettings Messages => new();

    /// <summary>The commands of a batch or an account go here: <see cref="MessageCommands.WriteBatch"/>, <see cref="MessageCommands.Write"/>.</summary>
    protected IActorRef MessageWriter => ActorRegistry.Get<MessageWriterActor>();

    /// <summary>The accounts' region: every <see cref="IMessageCommand"/>.</summary>
    protected IActorRef Accounts => ActorRegistry.Get<AccountActor>();

    /// <summary>Every query of <see cref="MessageQueries"/>.</summary>
    protected IActorRef MessageReader => ActorRegistry.Get<MessageReaderActor>();

    /// <summary>The services' states.</summary>
    protected IActorRef Services => ActorRegistry.Get<ServicesActor>();

    /// <summary>The node's clock now.</summary>
    protected DateTimeOffset NodeTime => Sys.Scheduler.Now;

    /// <summary>Moves the node's clock; everything due on the way happens, in order.</summary>
    protected void Advance(TimeSpan time) => ((TestScheduler)Sys.Scheduler).Advance(time);

    /// <summary>A write of messages with these ids to an account; each body is its id in UTF-8.</summary>
    protected static MessageCommands.Write Write(string account, params string[] ids) =>
        new(new AccountId(account), [.. ids.Select(id => new Message(new MessageId(id), Encoding.UTF8.GetBytes(id)))]);

    /// <summary>The writes of several accounts as one batch.</summary>
    protected static MessageCommands.WriteBatch Batch(params MessageCommands.Write[] writes) => new([.. writes.ToImmutableArray()]);

    /// <summary>The node's store; override to hand in one that fails.</summary>
    protected virtual INodeStore OpenStore() => database switch
    {
        TestDatabase.InMemory => new InMemoryNodeStore(),
        // Opening a local file does not wait for anything; the test kit's hook is synchronous.
        _ => NodeStore.OpenAsync(new StorageSettings { DataFolder = _folder }, CancellationToken.None).GetAwaiter().GetResult(),
    };

    /// <inheritdoc/>
    protected override Config Config { get; } = ConfigurationFactory.ParseString("""
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        """);

    /// <inheritdoc/>
    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) =>
        builder.WithActorNode(OpenStore(), new StorageSettings { Provider = StorageProvider.Memory }, Messages);

    /// <summary>A test starts with a node that is ready. Real time: a service's start waits for nothing that virtual time moves.</summary>
    protected override async Task BeforeTestStart()
    {
        await base.BeforeTestStart();
        await AwaitAssertAsync(async () =>
        {
            var services = await Services.Ask<ServiceReplies.Services>(ServiceQueries.GetServices.Instance, StartupTimeout);
            if (!services.Ready)
                throw new InvalidOperationException($"not ready: {string.Join(", ", services.All.Select(s => $"{s.Name} is {s.State}"))}");
        }, StartupTimeout, TimeSpan.FromMilliseconds(10));
    }

    /// <inheritdoc/>
    protected override Task AfterAllAsync()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        return base.AfterAllAsync();
    }
}

/// <summary>Where a node under test keeps its data.</summary>
public enum TestDatabase
{
    /// <summary>In memory: quick, gone with the test.</summary>
    InMemory,

    /// <summary>Real SQLite files in a temporary folder, removed after the test.</summary>
    TemporarySqlite,
}
