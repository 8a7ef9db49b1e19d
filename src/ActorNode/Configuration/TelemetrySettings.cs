namespace ActorNode.Configuration;

/// <summary>Settings of pushed metrics: the section <c>actornode.telemetry</c>. <c>/metrics</c> is there without it.</summary>
public sealed record TelemetrySettings : ISettingsRules
{
    /// <summary>The OTLP collector that metrics are pushed to, such as <c>http://127.0.0.1:4317</c>. Null: off.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>How the collector is spoken to.</summary>
    public OtlpProtocol OtlpProtocol { get; init; } = OtlpProtocol.Grpc;

    /// <summary>Pause between two pushes.</summary>
    [InRange("1 s", "1 h")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (OtlpEndpoint is not null
            && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")))
        {
            yield return ("otlp-endpoint", $"'{OtlpEndpoint}' is no http or https url");
        }
    }
}

/// <summary>A transport of OTLP.</summary>
public enum OtlpProtocol
{
    /// <summary>gRPC, by default at port 4317.</summary>
    Grpc,

    /// <summary>Protobuf over HTTP, by default at port 4318 under <c>/v1/metrics</c>.</summary>
    HttpProtobuf,
}
