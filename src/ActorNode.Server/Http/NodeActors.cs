using ActorNode.Configuration;
using ActorNode.Forging;
using ActorNode.Messages;
using ActorNode.Services;
using ActorNode.Upkeep;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Server.Http;

/// <summary>
/// The actors that the API speaks to, and the one place where HTTP asks: always with a timeout, in real time. An actor that is not there
/// yet, or no longer, and one that does not answer in time are a 503.
/// </summary>
internal sealed class NodeActors(ActorSystem system, IReadOnlyActorRegistry registry, HttpSettings settings)
{
    /// <summary>Takes batches over many accounts.</summary>
    public IActorRef Writer => Find<MessageWriterActor>();

    /// <summary>Takes commands to one account.</summary>
    public IActorRef Accounts => Find<AccountActor>();

    /// <summary>Takes what the forge worker does.</summary>
    public IActorRef Forging
    {
        get
        {
            MustForge();
            return Find<ForgeWorker>();
        }
    }

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
            throw new ProblemException(Problem.Unavailable("the node is shutting down"));
        }
    }

    /// <summary>Stops an actor of one request.</summary>
    public void Stop(IActorRef actor) => system.Stop(actor);

    /// <summary>Asks the message reader.</summary>
    public Task<object> AskReaderAsync(object query, CancellationToken cancellationToken) =>
        AskAsync<MessageReaderActor>(query, settings.RequestTimeout, "the message reader did not answer in time", cancellationToken);

    /// <summary>Sends one account a command and waits for its answer.</summary>
    public Task<object> AskAccountAsync(object command, CancellationToken cancellationToken) => AskAsync<AccountActor>(
        command,
        settings.RequestTimeout,
        "the account did not answer in time; whether it carried out the command is unknown, and repeating it is safe",
        cancellationToken);

    /// <summary>Asks the services actor.</summary>
    public Task<object> AskServicesAsync(object query, TimeSpan timeout, CancellationToken cancellationToken) =>
        AskAsync<ServicesActor>(query, timeout, "the node's actors did not answer in time", cancellationToken);

    /// <summary>Asks channel upkeep. A started node without it is a 404.</summary>
    public Task<object> AskUpkeepAsync(object message, CancellationToken cancellationToken)
    {
        // Registered right before upkeep: without it the node is still starting.
        if (registry.TryGet<MessageReaderActor>(out _) && !registry.TryGet<UpkeepActor>(out _))
            throw new ProblemException(Problem.NotFound("this node has no channel upkeep"));
        return AskAsync<UpkeepActor>(
            message, settings.RequestTimeout, "channel upkeep did not answer in time; a command may still be carried out", cancellationToken);
    }

    /// <summary>
    /// Asks the forge worker. A started node without it is a 404; no answer in time is a 504, since a signature may be made yet.
    /// </summary>
    public async Task<object> AskForgingAsync(object message, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await Forging.Ask<object>(message, timeout, cancellationToken);
        }
        catch (AskTimeoutException)
        {
            throw new ProblemException(new Problem(504, "Gateway timeout", "the forge worker did not answer in time; what was asked for may still be done"));
        }
    }

    private void MustForge()
    {
        // Registered right before forging: without it the node is still starting.
        if (registry.TryGet<MessageReaderActor>(out _) && !registry.TryGet<ForgeWorker>(out _))
            throw new ProblemException(Problem.NotFound("this node has no forging"));
    }

    private IActorRef Find<T>() => registry.TryGet<T>(out var actor)
        ? actor
        : throw new ProblemException(Problem.Unavailable("the node is still starting"));

    private async Task<object> AskAsync<T>(object message, TimeSpan timeout, string late, CancellationToken cancellationToken)
    {
        try
        {
            return await Find<T>().Ask<object>(message, timeout, cancellationToken);
        }
        catch (AskTimeoutException)
        {
            throw new ProblemException(Problem.Unavailable(late));
        }
    }
}
