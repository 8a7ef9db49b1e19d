using System.Diagnostics.Metrics;

namespace ActorNode.Server.Metrics;

/// <summary>What the HTTP side counts beyond what ASP.NET Core counts by itself.</summary>
internal sealed class HttpMetrics : IDisposable
{
    private readonly Meter _meter = new("ActorNode.Http");

    public HttpMetrics() =>
        Followers = _meter.CreateUpDownCounter<int>("actornode.http.followers", "{stream}", "Event streams of account messages that are open");

    /// <summary>Open event streams.</summary>
    public UpDownCounter<int> Followers { get; }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
