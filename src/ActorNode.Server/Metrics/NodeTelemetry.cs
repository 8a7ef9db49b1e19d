using ActorNode.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace ActorNode.Server.Metrics;

/// <summary>Metrics pushed by OTLP: the same meters as <c>/metrics</c>.</summary>
public static class NodeTelemetry
{
    /// <summary>Pushes from the start of the host to its end, the last time while it stops. Nothing when no endpoint is set.</summary>
    public static IServiceCollection AddNodeTelemetry(this IServiceCollection services, TelemetrySettings settings) =>
        settings.OtlpEndpoint is { } endpoint ? services.AddHostedService(_ => new Pusher(Target(new Uri(endpoint), settings.OtlpProtocol), settings)) : services;

    /// <summary>The collector's address for metrics: over HTTP at the path that OTLP gives them, unless the setting names another.</summary>
    private static Uri Target(Uri endpoint, OtlpProtocol protocol) =>
        protocol == OtlpProtocol.HttpProtobuf && endpoint.AbsolutePath == "/" ? new Uri(endpoint, "v1/metrics") : endpoint;

    private sealed class Pusher(Uri endpoint, TelemetrySettings settings) : IHostedService, IDisposable
    {
        private MeterProvider? _provider;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _provider = Sdk.CreateMeterProviderBuilder()
                .AddMeter("ActorNode*", "System.Runtime", "Microsoft.AspNetCore.Hosting")
                .AddOtlpExporter((exporter, reader) =>
                {
                    exporter.Endpoint = endpoint;
                    exporter.Protocol = settings.OtlpProtocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)settings.Interval.TotalMilliseconds;
                })
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Dispose();
            return Task.CompletedTask;
        }

        /// <summary>Disposing the provider flushes it.</summary>
        public void Dispose()
        {
            _provider?.Dispose();
            _provider = null;
        }
    }
}
