namespace ActorNode.Server.Hosting;

/// <summary>
/// What is done between a second signal and the end of the process, and how long that may take. Nothing while no node runs. Thread-safe.
/// </summary>
internal sealed class FastStop
{
    private volatile Work? _work;

    /// <summary>From now on a second signal does this work, for at most so long, until the answer is disposed.</summary>
    public IDisposable Use(Func<Task> work, TimeSpan atMost)
    {
        var mine = new Work(this, work, atMost);
        _work = mine;
        return mine;
    }

    /// <summary>Does the work. Completes at the latest when its time is over; never fails.</summary>
    public async Task RunAsync()
    {
        if (_work is not { } work)
            return;
        var limit = Task.Delay(work.AtMost);
        try
        {
            // Elsewhere: also work that blocks at once ends in time.
            await await Task.WhenAny(Task.Run(work.Run), limit);
        }
        catch (Exception failed)
        {
            await Console.Error.WriteLineAsync($"the fast stop failed: {failed.Message}");
        }
    }

    private sealed class Work(FastStop owner, Func<Task> run, TimeSpan atMost) : IDisposable
    {
        public Func<Task> Run { get; } = run;

        public TimeSpan AtMost { get; } = atMost;

        public void Dispose() => Interlocked.CompareExchange(ref owner._work, null, this);
    }
}
