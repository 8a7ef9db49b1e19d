using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Runs;
using ActorNode.Keyed;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Forging.Support;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace ActorNode.Tests.Jobs.Support;

/// <summary>The jobs' region in virtual time, over a journal in memory that fails when the test says so, with adapters that the test plays.</summary>
public abstract class JobsSpec() : TestKit(
    $$"""
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    akka.loglevel = WARNING
    akka.test.single-expect-default = 60s
    akka.test.default-timeout = 60s
    {{FaultyJournal.Hocon}}
    """)
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    protected static readonly FakeAdapter Noop = new("noop", input => TaskOutcome.Completed(input.Data));

    private int _regions;

    protected FakeListing Listing { get; } = new();

    /// <summary>A task that the test performs.</summary>
    protected FakeAdapter Held { get; } = new("held");

    /// <summary>Another one.</summary>
    protected FakeAdapter Other { get; } = new("other");

    protected JobsSettings Settings { get; set; } = new();

    protected IRunChain? Chain { get; set; }

    protected IActorRef Region { get; private set; } = null!;

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    protected DateTimeOffset Time => Scheduler.Now;

    protected JournalFaults Journal => JournalFaults.Of(Sys);

    /// <summary>Runs as they change.</summary>
    protected TestProbe Changes { get; private set; } = null!;

    protected void Start(params IAdapterType[] more)
    {
        Changes = CreateTestProbe();
        Sys.EventStream.Subscribe(Changes, typeof(JobEvents.RunChanged));
        Restart(more);
    }

    /// <summary>Another region over the same journal and listing: what a node is after its process has ended.</summary>
    protected void Restart(params IAdapterType[] more)
    {
        if (Region is { } old)
        {
            Watch(old);
            Sys.Stop(old);
            ExpectTerminated(old);
        }

        var context = new JobsContext(
            new AdapterCatalog([Noop, Held, Other, .. more]), _ => [], Sys.ActorOf(Listing.Props()), Chain, Settings, new SchedulerClock(Sys.Scheduler), new Random(1));
        Region = Sys.ActorOf(KeyedSupervisorActor.Props(
            "jobs", new JobExtractor(JobExtractor.DefaultShards), key => JobShellActor.Props(new JobId(key), context), JobShellActor.Stop.Instance), $"jobs-{++_regions}");
    }

    protected static Initiator Web { get; } = new(1, InitiatorType.Web);

    protected static TaskSpec Task(int id, string type, string parameters = "{}") => new(id, type, JobData.Parse(parameters));

    /// <summary>A job of these tasks that a request starts.</summary>
    protected JobSpec Spec(params string[] tasks) => new(JobId.New(), Time, [Web], [.. tasks.Select((task, i) => Task(i + 1, task))]);

    protected async Task<JobSpec> CreateAsync(JobSpec spec)
    {
        Region.Tell(new JobCommands.Create(spec));
        await ExpectMsgAsync<JobReplies.Created>();
        return spec;
    }

    protected Task<JobSpec> CreateAsync(params string[] tasks) => CreateAsync(Spec(tasks));

    protected JobCommands.StartRun StartOf(JobSpec spec, string input = "{}") =>
        new(spec.Id, RunId.New(), InitiatorType.Web, new RunResult(JobData.Parse(input)));

    protected async Task<JobRun> StartRunAsync(JobSpec spec, string input = "{}") => await StartRunAsync(StartOf(spec, input));

    protected async Task<JobRun> StartRunAsync(JobCommands.StartRun start)
    {
        Region.Tell(start);
        return (await ExpectMsgAsync<JobReplies.Started>()).Run;
    }

    /// <summary>The run when it first is of this status.</summary>
    protected async Task<JobRun> BecomesAsync(RunId run, RunStatus status)
    {
        var change = (JobEvents.RunChanged)await Changes.FishForMessageAsync(
            message => message is JobEvents.RunChanged { Run: var changed } && changed.Id == run && changed.Status == status, Patience);
        return change.Run;
    }

    /// <summary>The run as the listing has it, once it is listed with this status.</summary>
    protected async Task<JobRun> ListedAsync(RunId run, RunStatus status)
    {
        await AwaitConditionAsync(() => System.Threading.Tasks.Task.FromResult(Listing.Runs.TryGetValue(run, out var row) && row.Status == status), Patience);
        return Listing.Run(run);
    }

    protected async Task<JobReplies.JobState> StateAsync(JobSpec spec)
    {
        var probe = CreateTestProbe();
        Region.Tell(new JobQueries.StateOf(spec.Id), probe);
        return await probe.ExpectMsgAsync<JobReplies.JobState>();
    }
}
