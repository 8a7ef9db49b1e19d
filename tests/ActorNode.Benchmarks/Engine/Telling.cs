using Akka.Actor;

namespace ActorNode.Benchmarks.Engine;

/// <summary>One or two producers, one receiver, nothing else: the bare way of a message.</summary>
internal static class Telling
{
    private const int Messages = 2_000_000;
    private static readonly object Shared = new();

    public static IEnumerable<Workload> All =>
    [
        Tell("tell 1->1", 1, new Goal(12.2, 1.3), static _ => Shared),
        Tell("tell 1->1 boxed ints", 1, null, static i => i),
        Tell("tell 2->1", 2, new Goal(4.7, 2), static _ => Shared),
        Tell("tell 2->1 boxed ints", 2, null, static i => i),
        new("(channel 2->1)", Messages, null, _ => () => ChannelYardstick.RunAsync(2, Messages))
    ];

    private static Workload Tell(string name, int producers, Goal? goal, Func<int, object> message) => new(name, Messages, goal, system =>
    {
        var counted = new Countdown();
        var receiver = system.ActorOf(Props.Create(() => new Counter(counted)), "counter");
        return async () =>
        {
            var all = counted.Start(Messages);
            await Producers.RunAsync(producers, Messages / producers, i => receiver.Tell(message(i), ActorRefs.NoSender));
            await all;
        };
    });

    private sealed class Counter(Countdown counted) : UntypedActor
    {
        protected override void OnReceive(object message) => counted.Count();
    }
}

/// <summary>Ends a run when a number of things have happened. Counted by one actor at a time.</summary>
internal sealed class Countdown
{
    private TaskCompletionSource _done = new();
    private int _left;

    public Task Start(int count)
    {
        _left = count;
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _done.Task;
    }

    public void Count()
    {
        if (--_left == 0)
            _done.SetResult();
    }

    /// <summary>For things that many actors count at once.</summary>
    public void CountShared()
    {
        if (Interlocked.Decrement(ref _left) == 0)
            _done.SetResult();
    }
}
