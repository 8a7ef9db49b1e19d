using ActorNode.Jobs;
using ActorNode.Jobs.Access;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Jobs.Adapters;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ActorNode.Tests.Jobs.Access;

/// <summary>External initiators are told of the jobs that name them.</summary>
public sealed class InitiatorNoticesSpec() : TestKit("""
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    akka.loglevel = ERROR
    """), IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpCalls _calls = new(new JobsHttpSettings());

    [Fact(DisplayName = "An initiator is told of a job once, with the credentials of the node, again after a failure, and not of jobs that name others")]
    public async Task Tells()
    {
        var failures = 2;
        await using var server = await LocalServer.StartAsync(context =>
        {
            context.Response.StatusCode = Interlocked.Decrement(ref failures) >= 0 ? 500 : 200;
            return context.Response.WriteAsync("");
        });
        var notices = Start(new ExternalInitiator("key", "feed", server.Url + "/jobs", "token", new Secret("secret")));
        var (job, other, web) = (JobOf("Feed"), JobOf("unknown"), new JobSpec(JobId.New(), DateTimeOffset.UtcNow, [new Initiator(1, InitiatorType.Web)], []));
        foreach (var spec in new[] { other, web, job, job })
            notices.Tell(new InitiatorNoticesActor.Tell(spec));
        await AwaitConditionAsync(() =>
        {
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMinutes(1));
            return Task.FromResult(server.Requests.Count == 3);
        }, Patience);

        Assert.All(server.Requests, request =>
        {
            Assert.Equal(("POST", "/jobs"), (request.Method, request.Target));
            Assert.Equal($$$"""{"jobId":"{{{job.Id}}}","type":"external","params":{"name":"Feed"}}""", request.Body);
            Assert.Equal(("token", "secret"), (request.Headers["X-Chainlink-EA-AccessKey"], request.Headers["X-Chainlink-EA-Secret"]));
        });

        // Taken: another notice of the job is one of a node that has started again.
        await AwaitConditionAsync(() =>
        {
            notices.Tell(new InitiatorNoticesActor.Tell(job));
            return Task.FromResult(server.Requests.Count >= 4);
        }, Patience);
    }

    [Fact(DisplayName = "Nobody is told of a job that was archived")]
    public async Task Archived()
    {
        await using var server = await LocalServer.StartAsync("", 500);
        var notices = Start(new ExternalInitiator("key", "feed", server.Url, null, null));
        var (first, second) = (JobOf("feed"), JobOf("feed"));
        notices.Tell(new InitiatorNoticesActor.Tell(first));
        await AwaitConditionAsync(() => Task.FromResult(server.Requests.Count == 1), Patience);
        notices.Tell(new JobEvents.JobArchived(first.Id));
        notices.Tell(new InitiatorNoticesActor.Tell(second));
        await AwaitConditionAsync(() =>
        {
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMinutes(1));
            return Task.FromResult(server.Requests.Count(request => request.Body.Contains(second.Id.Value, StringComparison.Ordinal)) == 5);
        }, Patience);
        Assert.Single(server.Requests, request => request.Body.Contains(first.Id.Value, StringComparison.Ordinal));
    }

    public new void Dispose()
    {
        base.Dispose();
        _calls.Dispose();
    }

    private IActorRef Start(ExternalInitiator known)
    {
        var access = Sys.ActorOf(Props.Create(() => new Access(known)));
        // Calls are in real time: this one is for a machine that is busy.
        return Sys.ActorOf(InitiatorNoticesActor.Props(access, _calls, new JobsSettings { TaskTimeout = TimeSpan.FromHours(1) }, new Random(1)));
    }

    private static JobSpec JobOf(string initiator) =>
        new(JobId.New(), DateTimeOffset.UtcNow, [new Initiator(1, InitiatorType.External) { Name = initiator }], []);

    private sealed class Access(ExternalInitiator known) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(
            message is AccessQueries.InitiatorNamed named && string.Equals(named.Name, known.Name, StringComparison.OrdinalIgnoreCase)
                ? new AccessReplies.InitiatorIs(known)
                : AccessReplies.NoInitiator.Instance);
    }
}
