namespace ActorNode.Tests.Upkeep.Support;

/// <summary>What upkeep called, in order; calls fail as often as the test wants. Thread-safe.</summary>
public sealed class CallLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<string> _calls = [];
    private readonly Dictionary<string, int> _failures = [];
    private readonly Dictionary<string, ManualResetEventSlim> _blocks = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string[] All
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    public int Count(string call) => All.Count(c => c == call);

    /// <summary>The next calls of this name throw.</summary>
    public void Fail(string call, int times)
    {
        lock (_lock)
            _failures[call] = times;
    }

    /// <summary>Calls of this name block their thread until they are released.</summary>
    public void Block(string call)
    {
        lock (_lock)
            _blocks[call] = new ManualResetEventSlim();
    }

    public void Release(string call)
    {
        lock (_lock)
        {
            if (_blocks.Remove(call, out var block))
                block.Set();
        }
    }

    public void Called(string call)
    {
        ManualResetEventSlim? block;
        bool fails;
        TaskCompletionSource changed;
        lock (_lock)
        {
            _calls.Add(call);
            _blocks.TryGetValue(call, out block);
            fails = _failures.GetValueOrDefault(call) is > 0 and var left;
            if (fails)
                _failures[call]--;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
        block?.Wait(Patience);
        if (fails)
            throw new InvalidOperationException($"{call} fails, as the test wants");
    }

    /// <summary>Waits until the calls so far satisfy the condition.</summary>
    public async Task WhenAsync(Func<string[], bool> condition, string what)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            string[] calls;
            lock (_lock)
            {
                changed = _changed.Task;
                calls = [.. _calls];
            }

            if (condition(calls))
                return;
            try
            {
                await changed.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{what} did not happen; there was: {string.Join(", ", calls.TakeLast(60))}");
            }
        }
    }

    public Task WhenCalledAsync(string call, int times = 1) => WhenAsync(calls => calls.Count(c => c == call) >= times, $"{times} x {call}");

    public void Clear()
    {
        lock (_lock)
            _calls.Clear();
    }
}
