using System.Diagnostics.Metrics;
using System.Text;
using ActorNode.Configuration;
using ActorNode.Server.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ActorNode.Server.Tests.Metrics;

public sealed class NodeTelemetrySpec
{
    [Fact(DisplayName = "Metrics are pushed to the collector, the last time while the host stops")]
    public async Task Pushes()
    {
        var pushed = new TaskCompletionSource<(string Path, string Text)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            pushed.TrySetResult((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
        });
        await collector.StartAsync();

        using var meter = new Meter("ActorNode.Test.Telemetry");
        var node = Host.CreateEmptyApplicationBuilder(null);
        node.Services.AddNodeTelemetry(new TelemetrySettings
        {
            OtlpEndpoint = collector.Urls.Single(),
            OtlpProtocol = OtlpProtocol.HttpProtobuf,
            Interval = TimeSpan.FromHours(1),
        });
        using (var host = node.Build())
        {
            await host.StartAsync();
            meter.CreateCounter<int>("actornode.telemetry.pushed").Add(1);
            await host.StopAsync();
        }

        var (path, text) = await pushed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("/v1/metrics", path);
        Assert.Contains("actornode.telemetry.pushed", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Without an endpoint nothing is pushed")]
    public void Off()
    {
        var services = new ServiceCollection().AddNodeTelemetry(new TelemetrySettings());
        Assert.Empty(services);
    }
}
