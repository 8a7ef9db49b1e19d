namespace Specs.Stress;

/// <summary>Nobody waits for ever, however busy others keep every thread.</summary>
[Collection(nameof(FairnessSpec))]
[CollectionDefinition(nameof(FairnessSpec), DisableParallelization = true)]
public sealed class FairnessSpec
{
    [Fact(DisplayName = "Actors that keep waking each other on every thread do not keep out one that was told before them")]
    public async Task Endless_pairs()
    {
        var system = ActorSystem.Create("fairness", "akka.loglevel = OFF, akka.stdout-loglevel = OFF");
        try
        {
            var answers = Enumerable.Range(0, Environment.ProcessorCount * 4)
                .Select(_ => system.ActorOf(Props.Create(() => new Starter())).Ask<string>("start", TimeSpan.FromSeconds(30)));
            foreach (var answer in await Task.WhenAll(answers))
                Assert.Equal("still here", answer);
        }
        finally
        {
            await system.Terminate();
        }
    }

    /// <summary>Tells the quiet one first, then sets a pair going that never ends.</summary>
    private sealed class Starter : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            Context.ActorOf(Props.Create(() => new Quiet())).Forward(message);
            Context.ActorOf(Props.Create(() => new Returner())).Tell("ball", Context.ActorOf(Props.Create(() => new Returner())));
        }
    }

    private sealed class Quiet : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell("still here", Self);
    }

    private sealed class Returner : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }
}
