using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Xunit;

namespace Akka.Embedded.Tests.Engine;

public sealed class FormerChildSpec : TestKit.Xunit2.TestKit
{
    [Fact(DisplayName = "A failure that an older incarnation of a child reports is dropped with a debug line; the present one goes on")]
    public async Task Failed_of_an_older_incarnation()
    {
        var parent = (LocalActorRef)Sys.ActorOf(Props.Create(() => new Parent(TestActor)));
        parent.Tell("start");
        var former = (LocalActorRef)await ExpectMsgAsync<IActorRef>();
        Watch(former);
        Sys.Stop(former);
        await ExpectTerminatedAsync(former);
        parent.Tell("start");
        var present = await ExpectMsgAsync<IActorRef>();
        Assert.Equal(former.Path, present.Path);

        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log.Ref, typeof(Debug));
        parent.SendSystemMessage(new Failed(former, new InvalidOperationException("long ago")));
        await log.FishForMessageAsync<Debug>(m => $"{m.Message}".StartsWith("Dropping Failed", StringComparison.Ordinal));

        // Nobody was asked to decide.
        present.Tell("still here", TestActor);
        await ExpectMsgAsync("still here");
    }

    private sealed class Parent(IActorRef to) : UntypedActor
    {
        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
        {
            to.Tell("decided");
            return Directive.Stop;
        });

        protected override void OnReceive(object message) => to.Tell(Context.ActorOf(Props.Create(() => new Echo()), "child"));
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
