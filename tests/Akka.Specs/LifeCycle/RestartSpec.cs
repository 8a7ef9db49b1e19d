using System.Runtime.CompilerServices;

namespace Specs.LifeCycle;

public sealed class RestartSpec : Spec
{
    [Fact(DisplayName = "A restart runs PreRestart and PostStop of the old instance, then PostRestart and PreStart of the new one")]
    public async Task Restart_order()
    {
        var actor = Sys.ActorOf(Worker.Props(TestActor));
        await ExpectMsgAsync("PreStart");
        actor.Tell(Fail.With("boom"));
        await ExpectMsgAsync("PreRestart boom");
        await ExpectMsgAsync("PostStop");
        await ExpectMsgAsync("PostRestart boom");
        await ExpectMsgAsync("PreStart");
    }

    [Fact(DisplayName = "A restart makes a new instance; reference, mailbox and watchers stay")]
    public async Task Reference_mailbox_and_watchers_survive()
    {
        var log = CreateTestProbe();
        var actor = Sys.ActorOf(Worker.Props(log.Ref));
        Watch(actor);
        using var gate = new ManualResetEventSlim();
        actor.Tell("one");
        actor.Tell("count");
        actor.Tell(new Do(_ => gate.Wait(TimeSpan.FromSeconds(5))));
        actor.Tell(Fail.With("boom"));
        actor.Tell("queued");
        actor.Tell("count");
        gate.Set();
        await ExpectMsgAsync(1);
        // The new instance has handled nothing but what was queued behind the failure.
        await ExpectMsgAsync(1);
        await log.FishForMessageAsync(m => "queued".Equals(m));
        Assert.Equal(actor, log.LastSender);
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "The message that failed is given to PreRestart and is not handled again")]
    public async Task Failed_message_is_not_redelivered()
    {
        var actor = Sys.ActorOf(Props.Create(() => new FailsOnce(TestActor)));
        actor.Tell("poison");
        actor.Tell("after");
        await ExpectMsgAsync("handled poison");
        await ExpectMsgAsync("PreRestart poison");
        await ExpectMsgAsync("handled after");
    }

    [Fact(DisplayName = "The default PreRestart stops all children, and the new instance waits for them")]
    public async Task Default_PreRestart_stops_children()
    {
        var actor = Sys.ActorOf(Props.Create(() => new WithChild(TestActor, false)));
        await ExpectMsgAsync("PreStart parent");
        await ExpectMsgAsync("PreStart child");
        actor.Tell(Fail.With("boom"));
        await ExpectMsgAsync("PostStop child");
        await ExpectMsgAsync("PreStart parent");
        await ExpectMsgAsync("PreStart child");
    }

    [Fact(DisplayName = "A child that PreRestart keeps is restarted after its parent")]
    public async Task Surviving_children_are_restarted()
    {
        var actor = Sys.ActorOf(Props.Create(() => new WithChild(TestActor, true)));
        await ExpectMsgAsync("PreStart parent");
        await ExpectMsgAsync("PreStart child");
        actor.Tell(Fail.With("boom"));
        await ExpectMsgAsync("PreStart parent");
        await ExpectMsgAsync("PostStop child");
        await ExpectMsgAsync("PreStart child");
    }

    [Fact(DisplayName = "A throw in PreRestart does not prevent the restart")]
    public async Task Throw_in_PreRestart_goes_on()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Throws(TestActor, "PreRestart")));
        await ExpectMsgAsync("PreStart");
        actor.Tell("fail");
        await ExpectMsgAsync("PreStart");
        actor.Tell("still here");
        await ExpectMsgAsync("still here");
    }

    [Fact(DisplayName = "A throw in PostRestart is a new failure, which the parent sees as PostRestartException")]
    public async Task Throw_in_PostRestart_is_a_failure()
    {
        var failures = CreateTestProbe();
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(cause =>
        {
            failures.Ref.Tell(cause, ActorRefs.NoSender);
            return cause is Boom ? Directive.Restart : Directive.Stop;
        })));
        var actor = StartChild(parent, Props.Create(() => new Throws(TestActor, "PostRestart")));
        Watch(actor);
        await ExpectMsgAsync("PreStart");
        actor.Tell("fail");
        await failures.ExpectMsgAsync<Boom>();
        var second = await failures.ExpectMsgAsync<PostRestartException>();
        Assert.Equal("PostRestart", second.InnerException!.Message);
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "A throw in the constructor at a restart is a new failure to the parent")]
    public async Task Throw_in_construction_is_a_failure()
    {
        var failures = CreateTestProbe();
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(cause =>
        {
            failures.Ref.Tell(cause, ActorRefs.NoSender);
            return cause is Boom ? Directive.Restart : Directive.Stop;
        })));
        var constructed = new StrongBox<int>();
        var actor = Watch(StartChild(parent, Props.Create(() => new ThrowsTheSecondTime(constructed))));
        actor.Tell("fail");
        await failures.ExpectMsgAsync<Boom>();
        Assert.IsAssignableFrom<ActorInitializationException>(await failures.ExpectMsgAsync<Exception>());
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "A disposable instance is disposed of at its restart")]
    public async Task Disposable_is_disposed_on_restart()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Disposable(TestActor)));
        actor.Tell("fail");
        await ExpectMsgAsync("PreRestart");
        await ExpectMsgAsync("Dispose");
        await ExpectMsgAsync("PostRestart");
    }

    [Fact(DisplayName = "A behaviour does not outlive the instance that set it")]
    public async Task Behaviour_of_the_old_instance_is_gone()
    {
        var actor = Sys.ActorOf(Quiet.Props);
        actor.Tell(new Do(context => context.BecomeStacked(m =>
        {
            if (m is Fail failure)
                throw failure.Cause;
            TestActor.Tell("old behaviour");
            return true;
        })));
        actor.Tell("x");
        await ExpectMsgAsync("old behaviour");
        actor.Tell(Fail.With("boom"));
        await Handled(actor);
    }

    private sealed class FailsOnce(IActorRef to) : UntypedActor
    {
        protected override void PreRestart(Exception reason, object message) => to.Tell($"PreRestart {message}");

        protected override void OnReceive(object message)
        {
            to.Tell($"handled {message}");
            if ("poison".Equals(message))
                throw new Boom("poison");
        }
    }

    private sealed class WithChild(IActorRef log, bool keeps) : UntypedActor
    {
        protected override void PreStart()
        {
            log.Tell("PreStart parent");
            if (Context.Child("child").IsNobody())
                Context.ActorOf(Props.Create(() => new Child(log)), "child");
        }

        protected override void PreRestart(Exception reason, object message)
        {
            if (!keeps)
                base.PreRestart(reason, message);
        }

        protected override void OnReceive(object message)
        {
            if (message is Fail failure)
                throw failure.Cause;
        }
    }

    private sealed class Child(IActorRef log) : UntypedActor
    {
        protected override void PreStart() => log.Tell("PreStart child");

        protected override void PostStop() => log.Tell("PostStop child");

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Throws(IActorRef to, string where) : UntypedActor
    {
        protected override void PreStart() => to.Tell("PreStart");

        protected override void PreRestart(Exception reason, object message)
        {
            if (where == "PreRestart")
                throw new Boom(where);
        }

        protected override void PostRestart(Exception reason)
        {
            if (where == "PostRestart")
                throw new Boom(where);
            base.PostRestart(reason);
        }

        protected override void OnReceive(object message)
        {
            if ("fail".Equals(message))
                throw new Boom("fail");
            to.Tell(message);
        }
    }

    private sealed class ThrowsTheSecondTime : UntypedActor
    {
        public ThrowsTheSecondTime(StrongBox<int> constructed)
        {
            if (++constructed.Value > 1)
                throw new InvalidOperationException("second construction");
        }

        protected override void OnReceive(object message) => throw new Boom("fail");
    }

    private sealed class Disposable(IActorRef to) : UntypedActor, IDisposable
    {
        public void Dispose() => to.Tell("Dispose", ActorRefs.NoSender);

        protected override void PreRestart(Exception reason, object message) => to.Tell("PreRestart");

        protected override void PostRestart(Exception reason) => to.Tell("PostRestart");

        protected override void OnReceive(object message) => throw new Boom("fail");
    }
}
