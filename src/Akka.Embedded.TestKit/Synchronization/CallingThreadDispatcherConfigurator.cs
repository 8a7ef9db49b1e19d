using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.TestKit.Configs;

namespace Akka.TestKit;

public class CallingThreadDispatcherConfigurator : MessageDispatcherConfigurator
{
    public CallingThreadDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites)
    {
    }

    public override MessageDispatcher Dispatcher() => new CallingThreadDispatcher(this);
}

/// <summary>Makes the dispatchers known to systems whose configuration lacks the test kit's.</summary>
internal static class CallingThreadDispatchers
{
    public const string TestActorDispatcherId = "akka.test.test-actor.dispatcher";

    public static void Register(ActorSystem system)
    {
        var dispatchers = system.Dispatchers;
        foreach (var id in new[] { CallingThreadDispatcher.Id, TestActorDispatcherId })
        {
            if (!dispatchers.HasDispatcher(id))
            {
                var config = TestConfigs.DefaultConfig.GetConfig(id)!;
                dispatchers.RegisterConfigurator(id, new CallingThreadDispatcherConfigurator(config, dispatchers.Prerequisites));
            }
        }
    }
}
