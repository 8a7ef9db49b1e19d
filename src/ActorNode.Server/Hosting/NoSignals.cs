namespace ActorNode.Server.Hosting;

/// <summary>Signals are handled once for the whole process, from before the host exists to after its end: see <see cref="StopSignals"/>.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
