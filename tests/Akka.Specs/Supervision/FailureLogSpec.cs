using Akka.Event;

namespace Specs.Supervision;

public sealed class FailureLogSpec : Spec
{
    [Theory(DisplayName = "Restart and Stop log the failure as an error")]
    [InlineData(Directive.Restart)]
    [InlineData(Directive.Stop)]
    public async Task Error_for_restart_and_stop(Directive directive) =>
        await EventFilter.Exception<Boom>("logged").ExpectOneAsync(() => FailWith(directive, "logged"));

    [Fact(DisplayName = "Resume logs the failure as a warning")]
    public async Task Warning_for_resume() =>
        await EventFilter.Warning(contains: "resumed").ExpectOneAsync(() => FailWith(Directive.Resume, "resumed"));

    [Fact(DisplayName = "Escalate logs nothing: the next strategy up does")]
    public async Task Nothing_for_escalate()
    {
        var top = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Stop)));
        var middle = StartChild(top, Parent.Props(new OneForOneStrategy(_ => Directive.Escalate)));
        var child = StartChild(middle, Quiet.Props);
        Watch(top);
        var sources = new List<string>();
        await EventFilter.Custom<Error>(e =>
        {
            lock (sources)
                sources.Add(e.LogSource);
            return true;
        }).ExpectOneAsync(async () =>
        {
            var probe = CreateTestProbe();
            probe.Watch(middle);
            child.Tell(Fail.With("escalated"));
            await probe.ExpectTerminatedAsync(middle);
        });
        Assert.DoesNotContain(child.Path.ToString(), Assert.Single(sources));
    }

    private Task FailWith(Directive directive, string message)
    {
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => directive)));
        StartChild(parent, Quiet.Props).Tell(Fail.With(message));
        return Task.CompletedTask;
    }
}
