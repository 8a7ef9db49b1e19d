namespace ActorNode.Server.Http;

/// <summary>
/// What the HTTP side knows of the node's life. Set first of all on the way down: readiness is gone at once and event streams end,
/// while everything else is still answered until the listeners close. Thread-safe; one-way.
/// </summary>
public sealed class NodeLifetime : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Cancelled when the node begins to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>True from the first call of <see cref="BeginStopping"/> on.</summary>
    public bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>The node begins to stop. Twice is once.</summary>
    public void BeginStopping() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
