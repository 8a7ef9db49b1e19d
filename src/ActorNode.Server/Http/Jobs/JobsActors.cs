using ActorNode.Configuration;
using ActorNode.Jobs;
using ActorNode.Jobs.Access;
using ActorNode.Jobs.Agreements;
using ActorNode.Jobs.Bridges;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// The actors that the jobs' API speaks to, and the one place where it asks: always with a timeout, in real time. One that is not there yet, or
/// no longer, one whose store cannot be reached and one that does not answer in time are a 503.
/// </summary>
internal sealed class JobsActors(ActorSystem system, IReadOnlyActorRegistry registry, HttpSettings settings)
{
    /// <summary>Asks about users, sessions and external initiators.</summary>
    public async Task<object> AskAccessAsync(object message, CancellationToken cancellationToken) =>
        await AskAsync<JobsAccess>(message, cancellationToken) switch
        {
            AccessReplies.Unavailable => throw ApiException.Unavailable("users and sessions cannot be read or written now"),
            AccessReplies.Busy => throw ApiException.Unavailable("too many passwords are being checked; try again later"),
            var reply => reply,
        };

    /// <summary>Asks about bridges.</summary>
    public async Task<object> AskBridgesAsync(object message, CancellationToken cancellationToken) =>
        await AskAsync<JobsBridges>(message, cancellationToken) switch
        {
            BridgeReplies.Unavailable => throw ApiException.Unavailable("bridges cannot be read or written now"),
            var reply => reply,
        };

    /// <summary>Sends a job what is for it.</summary>
    public async Task<object> AskJobAsync(IWithJobId message, CancellationToken cancellationToken) =>
        await AskAsync<JobsRegion>(message, cancellationToken) switch
        {
            JobReplies.Failed failed => throw ApiException.Unavailable(failed.Detail),
            JobReplies.Refused { Reason: RunRefusal.Busy } busy => throw new ApiException(429, busy.Detail) { RetryAfter = TimeSpan.FromSeconds(1) },
            JobReplies.Refused { Reason: RunRefusal.Stopping } stopping => throw ApiException.Unavailable(stopping.Detail),
            var reply => reply,
        };

    /// <summary>Asks about service agreements.</summary>
    public async Task<object> AskAgreementsAsync(object message, CancellationToken cancellationToken) =>
        await AskAsync<ServiceAgreements>(message, cancellationToken) switch
        {
            AgreementReplies.Failed failed => throw ApiException.Unavailable(failed.Detail),
            var reply => reply,
        };

    /// <summary>Asks when jobs are to run.</summary>
    public Task<object> AskSchedulerAsync(object message, CancellationToken cancellationToken) => AskAsync<JobsScheduler>(message, cancellationToken);

    /// <summary>Has finished runs deleted.</summary>
    public async Task<object> AskRetentionAsync(object message, CancellationToken cancellationToken) =>
        await AskAsync<RunRetentionActor>(message, cancellationToken) switch
        {
            RunRetention.Failed failed => throw ApiException.Unavailable(failed.Detail),
            var reply => reply,
        };

    /// <summary>Starts an actor that works for one request.</summary>
    public IActorRef Start(Props props)
    {
        try
        {
            return system.ActorOf(props);
        }
        catch (InvalidOperationException)
        {
            // How an actor system refuses new actors once it is terminating.
            throw ApiException.Unavailable("the node is shutting down");
        }
    }

    /// <summary>Stops an actor of one request.</summary>
    public void Stop(IActorRef actor) => system.Stop(actor);

    /// <summary>Whether this node has service agreements at all.</summary>
    public bool HasAgreements => registry.TryGet<ServiceAgreements>(out _);

    private async Task<object> AskAsync<T>(object message, CancellationToken cancellationToken)
    {
        if (!registry.TryGet<T>(out var actor))
            throw ApiException.Unavailable("the node is still starting");
        try
        {
            return await actor.Ask<object>(message, settings.RequestTimeout, cancellationToken);
        }
        catch (AskTimeoutException)
        {
            throw ApiException.Unavailable("the node's actors did not answer in time; what was asked for may have been done");
        }
    }
}
