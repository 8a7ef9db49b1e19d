using Akka.Actor.Internal;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Specs.Actors;

public sealed class SystemStartSpec : Spec
{
    private static readonly Config Quietly = "akka.loglevel = INFO, akka.stdout-loglevel = OFF, akka.loggers = []";

    [Fact(DisplayName = "log-config-on-start logs the configuration as an information")]
    public async Task Logs_its_configuration()
    {
        var system = new ActorSystemImpl("configured", ConfigurationFactory.ParseString("akka.log-config-on-start = on").WithFallback(Quietly),
            ActorSystemSetup.Empty);
        try
        {
            system.EventStream.Subscribe(TestActor, typeof(Info));
            system.Start();
            await FishForMessageAsync<Info>(m => $"{m.Message}".Contains("log-config-on-start", StringComparison.Ordinal));
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact(DisplayName = "A system whose guardian is the program's own takes no top-level actors from outside")]
    public async Task Own_guardian()
    {
        var to = TestActor;
        var system = new ActorSystemImpl("guarded", Quietly, ActorSystemSetup.Empty, new Option<Props>(Props.Create(() => new OwnGuardian(to))));
        try
        {
            system.Start();
            await ExpectMsgAsync("guardian started");
            Assert.Throws<InvalidOperationException>(() => system.ActorOf(Quiet.Props));
        }
        finally
        {
            await system.Terminate();
        }
    }

    private sealed class OwnGuardian(IActorRef to) : UntypedActor
    {
        protected override void PreStart() => to.Tell("guardian started");

        protected override void OnReceive(object message) => Unhandled(message);
    }
}
