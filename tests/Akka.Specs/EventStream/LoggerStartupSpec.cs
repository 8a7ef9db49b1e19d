using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Specs.EventStream;

public sealed class LoggerStartupSpec : Spec
{
    private static TaskCompletionSource _answers = new();
    private static IActorRef _log = ActorRefs.Nobody;

    [Theory(DisplayName = "A system starts without waiting for a slow logger longer than it may, and that one gets the log when it has answered")]
    [InlineData("off")]
    [InlineData("on")]
    public async Task Slow_logger(string startsAside)
    {
        _answers = new TaskCompletionSource();
        _log = TestActor;
        var system = Start<Slow>(startsAside);
        try
        {
            _answers.SetResult();
            await AwaitAssertAsync(async () =>
            {
                system.Log.Error("logged");
                await FishForMessageAsync<string>(line => line == "logged", Ms(100));
            });
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact(DisplayName = "A system starts with a logger that fails")]
    public async Task Failing_logger() => await Start<Failing>("off").Terminate();

    private static ActorSystem Start<TLogger>(string startsAside) => ActorSystem.Create("slow-logger", ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = ERROR
          stdout-loglevel = OFF
          loggers = ["{{typeof(TLogger).FullName}}, Akka.Specs"]
          logger-startup-timeout = 50ms
          logger-async-start = {{startsAside}}
        }
        """));

    internal sealed class Slow : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
    {
        public Slow()
        {
            Receive<InitializeLogger>(_ => _answers.Task.PipeTo(Sender, success: () => new LoggerInitialized()));
            Receive<LogEvent>(e => _log.Tell($"{e.Message}"));
        }
    }

    internal sealed class Failing : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
    {
        public Failing() => ReceiveAny(_ => throw new Boom("logger"));
    }
}
