using System.Reflection;
using ActorNode.Configuration;
using ActorNode.Protocol.Services;
using ActorNode.Server.Http;
using ActorNode.Services;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ActorNode.Server.Hosting;

/// <summary>
/// The first and the last to know. Says once when everything is ready. On the way down the node is not ready at once; it stays reachable for
/// the unready delay and while background services finish, and only then do listeners and the other actors end. An actor system that ends by itself takes the node with it.
/// </summary>
internal sealed class NodeLifecycle(
    NodeSettings settings,
    ActorSystem system,
    IRequiredActor<ServicesActor> services,
    IServer server,
    NodeLifetime lifetime,
    IHostApplicationLifetime host,
    ILoggerFactory loggers) : IHostedLifecycleService
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(25);

    private readonly ILogger _log = loggers.CreateLogger("ActorNode");
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _announcement;
    private IActorRef? _services;

    /// <summary>Completes when everything is ready for the first time: true; or when the node stops before that: false.</summary>
    public Task<bool> Ready => _ready.Task;

    /// <summary>Completes when the node begins to stop.</summary>
    public Task Stopping => _stopping.Task;

    /// <summary>Whether the node ends although it should not, or its end leaves something undone: the exit code says so.</summary>
    public bool Failed { get; private set; }

    /// <summary>A service ends the node, or could not finish what its end takes. From any thread.</summary>
    public void Fail()
    {
        Failed = true;
        host.StopApplication();
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        host.ApplicationStopping.Register(() =>
        {
            lifetime.BeginStopping();
            _stopping.TrySetResult();
        });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _announcement = AnnounceAsync(host.ApplicationStopping);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lifetime.BeginStopping();
        _stopping.TrySetResult();
        if (_announcement is null)
            return;
        await _announcement;
        if (system.WhenTerminated.IsCompleted)
        {
            _log.LogCritical("The actor system ended although nobody stopped it; the node ends too");
            return;
        }

        _log.LogInformation("Stopping: not ready from now on, listening for {Delay} ms more", settings.Http.UnreadyDelay.TotalMilliseconds);
        await Task.Delay(settings.Http.UnreadyDelay, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        _log.LogInformation("Stopped");
        return Task.CompletedTask;
    }

    /// <summary>
    /// Ends the background services while the node still answers: what they do in their last moments may need it, and whoever asks sees how
    /// far they are. Takes as long as the grace period and the fast timeout allow.
    /// </summary>
    public Task StopServicesAsync() => StopServicesAsync(
        new ServiceCommands.Stop(ShutdownKind.Graceful, "the node was told to stop"),
        settings.Services.GracePeriod + settings.Services.FastTimeout + AskTimeout);

    /// <summary>Tells the background services to end at once, whatever they do, and waits until they did.</summary>
    public Task StopServicesFastAsync() => StopServicesAsync(
        new ServiceCommands.Stop(ShutdownKind.Fast, "the node was told to stop a second time"), settings.Services.FastTimeout + AskTimeout);

    private async Task StopServicesAsync(ServiceCommands.Stop stop, TimeSpan timeout)
    {
        if (_services is null || system.WhenTerminated.IsCompleted)
            return;
        lifetime.BeginStopping();
        try
        {
            var asked = _services.Ask<ServiceReplies.AllStopped>(stop, timeout);
            if (await Task.WhenAny(asked, system.WhenTerminated) != asked)
                return;
            var reply = await asked;
            if (reply.LeftBehind.IsEmpty)
                return;
            Failed = true;
            _log.LogError("The node ends without {Services}, which did not end when told to", string.Join(", ", reply.LeftBehind));
        }
        catch (AskTimeoutException late)
        {
            Failed = true;
            _log.LogError(late, "The services did not end in time");
        }
    }

    private async Task AnnounceAsync(CancellationToken stopping)
    {
        try
        {
            var actor = await services.GetAsync(stopping);
            _services = actor;
            actor.Tell(new ServiceCommands.Report(NodeHost.HttpService, ServiceState.Ready));
            while (!(await actor.Ask<ServiceReplies.Services>(ServiceQueries.GetServices.Instance, AskTimeout, stopping)).Ready)
                await Task.Delay(AskAgain, stopping);
            _log.LogInformation(
                "ActorNode {Version} ready at {Urls}, data in {Data}, engine {Engine}",
                Version,
                string.Join(", ", server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []),
                settings.Data,
                Engine);
            _ready.TrySetResult(true);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _log.LogWarning("Stopped before it was ready");
        }
        catch (AskTimeoutException late)
        {
            _log.LogError(late, "The services did not answer in time, so it is not known whether the node is ready");
        }
        finally
        {
            _ready.TrySetResult(false);
        }
    }

    private static string Version => typeof(NodeLifecycle).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Which implementation of the actor API runs.</summary>
    private static string? Engine =>
        typeof(NodeLifecycle).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ActorEngine").Value;
}
