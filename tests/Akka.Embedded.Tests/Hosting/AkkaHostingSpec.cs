using Akka.Actor;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Hosting;
using Akka.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Akka.Embedded.Tests.Hosting;

public sealed class AkkaHostingSpec
{
    [Fact(DisplayName = "Starters run in the order of registration, each awaited, and startup tasks after all of them")]
    public async Task Starts_in_order()
    {
        var seen = new List<string>();
        await using var host = await RunningHost.StartAsync((akka, _) => akka
            .AddStartup((_, _) => seen.Add("task"))
            .WithActors(async (_, _) =>
            {
                await Task.Yield();
                seen.Add("first");
            })
            .WithActors((_, _) => seen.Add("second"))
            .WithActors((_, _, resolver) => seen.Add(resolver is ServiceProviderDependencyResolver ? "third" : "?"))
            .StartActors(async (_, _, _) =>
            {
                await Task.Yield();
                seen.Add("fourth");
            }));

        Assert.Equal(["first", "second", "third", "fourth", "task"], seen);
    }

    [Fact(DisplayName = "The system is one service, named as asked, and is made once")]
    public async Task Is_a_singleton()
    {
        var configured = 0;
        await using var host = await RunningHost.StartAsync((_, _) => configured++);
        Assert.Equal("hosted", host.System.Name);
        Assert.Same(host.System, host.Services.GetRequiredService<ActorSystem>());
        Assert.Same(host.Registry, ActorRegistry.For(host.System));
        Assert.Same(host.Registry, host.Services.GetRequiredService<IActorRegistry>());
        Assert.Equal(1, configured);
        Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddAkka("a", _ => { }).AddAkka("b", _ => { }));
    }

    [Fact(DisplayName = "A registered actor is found by the registry and by whoever requires it")]
    public async Task Finds_registered_actors()
    {
        await using var host = await RunningHost.StartAsync((akka, _) => akka.WithActors((system, registry) =>
            registry.Register<Echo>(system.ActorOf(Props.Create<Echo>(), "echo"))));

        var required = host.Services.GetRequiredService<IRequiredActor<Echo>>();
        Assert.Equal(host.Registry.Get<Echo>(), required.ActorRef);
        Assert.Equal(required.ActorRef, await required.GetAsync());
        Assert.Equal("hello", await required.ActorRef.Ask<string>("hello", RunningHost.Limit));
    }

    [Fact(DisplayName = "An actor gets given arguments by type and the rest, also required actors, from the container, anew at each restart")]
    public async Task Builds_actors_from_the_container()
    {
        await using var host = await RunningHost.StartAsync(
            (akka, _) => akka
                .WithActors((system, registry) => registry.Register<Echo>(system.ActorOf(Props.Create<Echo>())))
                .WithActors((system, registry, resolver) => registry.Register<Composed>(system.ActorOf(resolver.Props<Composed>("given", 7)))),
            services => services.AddSingleton(new Collaborator("injected")));

        var composed = host.Registry.Get<Composed>();
        Assert.Equal("given 7 injected echo", await composed.Ask<string>("describe", RunningHost.Limit));
        composed.Tell(new InvalidOperationException("restart"));
        Assert.Equal("given 7 injected echo", await composed.Ask<string>("describe", RunningHost.Limit));
        Assert.Throws<ArgumentException>(() => DependencyResolver.For(host.System).Props(typeof(string)));
    }

    [Theory(DisplayName = "Prepended HOCON wins over what is there, appended HOCON is its fallback, replacing is prepending")]
    [InlineData(HoconAddMode.Prepend, "added")]
    [InlineData(HoconAddMode.Replace, "added")]
    [InlineData(HoconAddMode.Append, "present")]
    public async Task Adds_hocon(HoconAddMode mode, string winner)
    {
        await using var host = await RunningHost.StartAsync((akka, _) => akka
            .AddHocon("test { who = present, old = 1 }", HoconAddMode.Prepend)
            .AddHocon("test { who = added, new = 2 }", mode));
        var config = host.System.Settings.Config;
        Assert.Equal(winner, config.GetString("test.who"));
        Assert.Equal(1, config.GetInt("test.old"));
        Assert.Equal(2, config.GetInt("test.new"));
    }

    [Fact(DisplayName = "A HOCON file is read, and errors in it name the file")]
    public async Task Adds_hocon_files()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".conf");
        try
        {
            await File.WriteAllTextAsync(file, "test.from-file = yes");
            await using (var host = await RunningHost.StartAsync((akka, _) => akka.AddHoconFile(file, HoconAddMode.Prepend)))
                Assert.True(host.System.Settings.Config.GetBoolean("test.from-file"));

            await File.WriteAllTextAsync(file, "a = 1\nb = [");
            var builder = new AkkaConfigurationBuilder(new ServiceCollection(), "x");
            var refusal = Assert.Throws<ConfigurationException>(() => builder.AddHoconFile(file, HoconAddMode.Prepend));
            Assert.StartsWith(file, refusal.Message, StringComparison.Ordinal);
            Assert.EndsWith("(line 2, column 6)", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact(DisplayName = "The ask timeout and extensions are set through the builder")]
    public async Task Sets_up_the_system()
    {
        await using var host = await RunningHost.StartAsync((akka, _) => akka
            .WithActorAskTimeout(TimeSpan.FromSeconds(7))
            .WithExtension<CountedExtension>());
        Assert.Equal(TimeSpan.FromSeconds(7), host.System.Settings.AskTimeout);
        Assert.True(host.System.HasExtension<Counted>());
        Assert.Throws<ConfigurationException>(() => new AkkaConfigurationBuilder(new ServiceCollection(), "x").WithExtensions(typeof(string)));
    }

    [Fact(DisplayName = "An extension that cannot be created fails the start and ends the system that was made for it")]
    public async Task Ends_the_system_of_a_failed_extension()
    {
        var host = RunningHost.Build((akka, _) => akka.WithExtension<FailingExtension>());
        await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);
        await FailingExtension.Ended.Task.WaitAsync(RunningHost.Limit);
    }

    [Fact(DisplayName = "A custom serializer serves the types that it was given")]
    public async Task Uses_custom_serializers()
    {
        await using var host = await RunningHost.StartAsync((akka, _) => akka
            .WithCustomSerializer("collaborators", [typeof(Collaborator)], system => new CollaboratorSerializer(system)));
        var serializer = Assert.IsType<CollaboratorSerializer>(host.System.Serialization.FindSerializerFor(new Collaborator("a")));
        Assert.Equal(new Collaborator("a"), serializer.FromBinary(serializer.ToBinary(new Collaborator("a")), "c"));
        Assert.IsNotType<CollaboratorSerializer>(host.System.Serialization.FindSerializerFor("text"));
    }

    private sealed class CollaboratorSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4711;

        public override byte[] ToBinary(object obj) => System.Text.Encoding.UTF8.GetBytes(((Collaborator)obj).Name);

        public override object FromBinary(byte[] bytes, string manifest) => new Collaborator(System.Text.Encoding.UTF8.GetString(bytes));

        public override string Manifest(object o) => "c";
    }

    private sealed record Collaborator(string Name);

    private sealed class Composed : ReceiveActor
    {
        public Composed(Collaborator collaborator, IRequiredActor<Echo> echo, string text, int number)
        {
            Receive<Exception>(e => throw e);
            Receive<string>(_ => Sender.Tell($"{text} {number} {collaborator.Name} {(echo.ActorRef.IsNobody() ? "nobody" : "echo")}"));
        }
    }

    private sealed class Counted : IExtension;

    private sealed class CountedExtension : ExtensionIdProvider<Counted>
    {
        public override Counted CreateExtension(ExtendedActorSystem system) => new();
    }

    private sealed class Unmade : IExtension;

    private sealed class FailingExtension : ExtensionIdProvider<Unmade>
    {
        public static readonly TaskCompletionSource Ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Unmade CreateExtension(ExtendedActorSystem system)
        {
            system.RegisterOnTermination(Ended.SetResult);
            throw new InvalidOperationException("as asked");
        }
    }
}
