using Akka.Actor;

namespace ActorNode.Benchmarks.Engine;

/// <summary>Questions from outside, each with a timeout, answered at once.</summary>
internal static class Asking
{
    private static readonly object Question = new();
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static IEnumerable<Workload> All =>
    [
        Ask("ask sequential", 1, 200_000, new Goal(0.43, 2)),
        Ask("ask 64 callers", 64, 400_000, new Goal(0.73, 2)),
        Ask("ask 256 callers", 256, 400_000, null)
    ];

    private static Workload Ask(string name, int callers, int questions, Goal? goal) => new(name, questions / callers * callers, goal, system =>
    {
        var answerer = system.ActorOf(Props.Create(() => new Answerer()), "answerer");
        return () => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < questions / callers; i++)
                await answerer.Ask<object>(Question, Timeout);
        })));
    });

    private sealed class Answerer : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }
}
