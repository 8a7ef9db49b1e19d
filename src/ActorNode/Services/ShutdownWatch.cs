using ActorNode.Protocol.Services;

namespace ActorNode.Services;

/// <summary>
/// Tells one run of a service that it should end, why and until when. A run that looks late sees what was said before it looked.
/// Thread-safe.
/// </summary>
public sealed class ShutdownWatch
{
    private readonly CancellationTokenSource _requested = new();
    private readonly CancellationTokenSource _fast = new();
    private readonly TaskCompletionSource<ShutdownRequest> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ShutdownRequest? _request;

    /// <summary>Cancelled when the service is told to end, however.</summary>
    public CancellationToken Token => _requested.Token;

    /// <summary>Cancelled when the service should end at once: by a fast stop, or at the end of the grace period.</summary>
    public CancellationToken FastToken => _fast.Token;

    /// <summary>The latest request; null while there is none.</summary>
    public ShutdownRequest? Request => _request;

    /// <summary>Completes with the first request.</summary>
    public Task<ShutdownRequest> WhenRequested => _first.Task;

    /// <summary>Passes a request on. The task is that of the callbacks, which run elsewhere; it has their failures.</summary>
    internal Task SetAsync(ShutdownRequest request)
    {
        _request = request;
        var callbacks = _requested.CancelAsync();
        if (request.Kind == ShutdownKind.Fast)
            callbacks = Task.WhenAll(callbacks, _fast.CancelAsync());
        _first.TrySetResult(request);
        return callbacks;
    }
}
