using Akka.Configuration;
using Akka.Event;

namespace Specs.EventStream;

public sealed class LoggingSpec : Spec
{
    public LoggingSpec() : base("akka.loglevel = DEBUG")
    {
    }

    [Fact(DisplayName = "Each level is published as its event with the formatted message")]
    public async Task Levels()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        var log = Logging.GetLogger(Sys, "LoggingSpec");
        log.Debug("debug {0}", 1);
        log.Info("info {Named}", "two");
        log.Warning("warning");
        log.Error(new Boom("cause"), "error {0} {1}", 3, 4);
        Assert.Equal("debug 1", (await Mine<Debug>()).Message.ToString());
        Assert.Equal("info two", (await Mine<Info>()).Message.ToString());
        Assert.Equal("warning", (await Mine<Warning>()).Message.ToString());
        var error = await Mine<Error>();
        Assert.Equal("error 3 4", error.Message.ToString());
        Assert.Equal("cause", error.Cause!.Message);
        Assert.Equal(LogLevel.ErrorLevel, error.LogLevel());
    }

    [Fact(DisplayName = "A warning may carry an exception")]
    public async Task Exception_on_any_level()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        var log = Logging.GetLogger(Sys, "LoggingSpec");
        log.Warning(new Boom("cause"), "with {0}", "cause");
        var warning = await Mine<Warning>();
        Assert.Equal("with cause", warning.Message.ToString());
        Assert.Equal("cause", warning.Cause!.Message);
    }

    [Fact(DisplayName = "The logger of an actor names its path and its class")]
    public async Task Source_of_an_actor()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Info));
        var actor = Sys.ActorOf(Quiet.Props, "source");
        actor.Tell(new Do(context => context.GetLogger().Info("from an actor")));
        var info = await FishForMessageAsync<Info>(i => i.Message.ToString() == "from an actor");
        Assert.Contains(actor.Path.ToString(), info.LogSource);
        Assert.Equal(typeof(Quiet), info.LogClass);
    }

    [Fact(DisplayName = "A level that is not enabled is not published")]
    public async Task Disabled_level()
    {
        using var quiet = ActorSystem.Create("quiet", ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF, loggers = [] }"));
        var probe = CreateTestProbe(quiet);
        quiet.EventStream.Subscribe(probe.Ref, typeof(LogEvent));
        var log = Logging.GetLogger(quiet, "x");
        Assert.False(log.IsInfoEnabled);
        Assert.True(log.IsWarningEnabled);
        log.Info("not enabled");
        log.Warning("enabled");
        Assert.Equal("enabled", (await probe.ExpectMsgAsync<LogEvent>()).Message.ToString());
        await quiet.Terminate();
    }

    private ValueTask<T> Mine<T>() where T : LogEvent => FishForMessageAsync<T>(e => e.LogSource.Contains("LoggingSpec"));
}
