using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Akka.Embedded.Tests.Hosting;

/// <summary>A host with one actor system, stopped when it is disposed.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly IHost _host;

    private RunningHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public ActorSystem System => Services.GetRequiredService<ActorSystem>();

    public ActorRegistry Registry => Services.GetRequiredService<ActorRegistry>();

    public IHostApplicationLifetime Lifetime => Services.GetRequiredService<IHostApplicationLifetime>();

    public static RunningHost Build(Action<AkkaConfigurationBuilder, IServiceProvider> akka, Action<IServiceCollection>? services = null)
    {
        var builder = new HostBuilder();
        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.ConfigureServices(collection =>
        {
            services?.Invoke(collection);
            collection.AddAkka("hosted", (configuration, provider) =>
                akka(configuration.AddHocon("akka.loglevel = WARNING, akka.stdout-loglevel = OFF", HoconAddMode.Append), provider));
        });
        return new RunningHost(builder.Build());
    }

    public static async Task<RunningHost> StartAsync(Action<AkkaConfigurationBuilder, IServiceProvider> akka, Action<IServiceCollection>? services = null)
    {
        var host = Build(akka, services);
        await host.StartAsync();
        return host;
    }

    public Task StartAsync() => _host.StartAsync().WaitAsync(Limit);

    public Task StopAsync() => _host.StopAsync().WaitAsync(Limit);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }
}

/// <summary>Answers every message with itself.</summary>
internal sealed class Echo : ReceiveActor
{
    public Echo() => ReceiveAny(message => Sender.Tell(message));
}
