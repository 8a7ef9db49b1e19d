using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Specs.Hosting;

public sealed class HostingTestKitSpec : Akka.Hosting.TestKit.TestKit
{
    private readonly List<string> _calls = [];

    public HostingTestKitSpec() : base("hosting-kit", logLevel: Microsoft.Extensions.Logging.LogLevel.Error)
    {
    }

    protected override Config Config => ConfigurationFactory.ParseString("own.key = from-config");

    [Fact(DisplayName = "The host runs, with the configured actors, services and settings")]
    public async Task Host_runs()
    {
        Assert.Equal("hosting-kit", Sys.Name);
        Assert.Same(Sys, Host.Services.GetRequiredService<ActorSystem>());
        Assert.Equal("from-config", Sys.Settings.Config.GetString("own.key"));
        Assert.Equal("service", Host.Services.GetRequiredService<Service>().Name);
        Assert.Equal("setting", Host.Services.GetRequiredService<IConfiguration>()["own:setting"]);
        ActorRegistry.Get<Quiet>().Tell(Ping.Instance);
        await ExpectMsgAsync<Pong>();
    }

    [Fact(DisplayName = "BeforeTestStart has run before the test")]
    public void Hook_has_run() => Assert.Equal(["BeforeTestStart"], _calls);

    [Fact(DisplayName = "The test actor is the sender in a hosted test too")]
    public async Task Implicit_sender()
    {
        var probe = CreateTestProbe();
        probe.Ref.Tell("x");
        await probe.ExpectMsgAsync("x");
        Assert.Equal(TestActor, probe.LastSender);
    }

    [Fact(DisplayName = "Event filters work in a hosted test")]
    public async Task Event_filters() =>
        await EventFilter.Error("expected").ExpectOneAsync(() => Sys.Log.Error("expected"));

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) =>
        builder.WithActors((system, registry) => registry.Register<Quiet>(system.ActorOf(Quiet.Props)));

    protected override void ConfigureServices(HostBuilderContext context, IServiceCollection services) =>
        services.AddSingleton(new Service("service"));

    protected override void ConfigureAppConfiguration(HostBuilderContext context, IConfigurationBuilder builder) =>
        builder.AddInMemoryCollection(new Dictionary<string, string?> { ["own:setting"] = "setting" });

    protected override Task BeforeTestStart()
    {
        _calls.Add("BeforeTestStart");
        return base.BeforeTestStart();
    }

    private sealed record Service(string Name);
}
