using ActorNode.Server.Hosting;
using Xunit;

namespace ActorNode.Server.Tests.Hosting;

public sealed class StopSignalsSpec : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StopSignals _signals;

    public StopSignalsSpec() => _signals = new StopSignals(code => _exit.TrySetResult(code));

    public void Dispose() => _signals.Dispose();

    [Fact(DisplayName = "C.2 shutdown watch: the first signal asks for a stop in order, and a command that fails by it ends with 128 and its number")]
    public async Task First()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _signals.Stop.Register(asked.SetResult);

        _signals.Receive(15);

        await asked.Task.WaitAsync(Patience);
        Assert.False(_exit.Task.IsCompleted);
        Assert.Equal((0, 143, 2), (_signals.ExitCodeAfter(0), _signals.ExitCodeAfter(1), _signals.ExitCodeAfter(2)));
    }

    [Fact(DisplayName = "C.2 shutdown watch: a second signal lets the fast stop do its work, and then ends the process with 128 and its number")]
    public async Task Second()
    {
        using var use = _signals.Fast.Use(WorkAsync, TimeSpan.FromDays(1));
        _signals.Receive(15);
        Assert.False(_began.Task.IsCompleted);

        _signals.Receive(2);
        await _began.Task.WaitAsync(Patience);
        Assert.False(_exit.Task.IsCompleted);
        _work.SetResult();

        Assert.Equal(130, await _exit.Task.WaitAsync(Patience));
        Assert.Equal(130, _signals.ExitCodeAfter(0));
    }

    [Fact(DisplayName = "C.2 shutdown watch: a third signal ends the process without waiting for the fast stop")]
    public async Task Third()
    {
        using var use = _signals.Fast.Use(WorkAsync, TimeSpan.FromDays(1));
        _signals.Receive(15);
        _signals.Receive(15);
        await _began.Task.WaitAsync(Patience);

        _signals.Receive(2);

        Assert.Equal(130, await _exit.Task);
    }

    [Fact(DisplayName = "C.2 shutdown watch: a fast stop that never ends, and one that blocks or fails, ends the process when its time is over")]
    public async Task Bounded()
    {
        using var gate = new ManualResetEventSlim();
        using (_signals.Fast.Use(() => Task.Run(gate.Wait), TimeSpan.FromMilliseconds(20)))
            await _signals.Fast.RunAsync();
        using (_signals.Fast.Use(Block, TimeSpan.FromMilliseconds(20)))
            await _signals.Fast.RunAsync();
        using (_signals.Fast.Use(() => throw new IOException("broken"), TimeSpan.FromDays(1)))
            await _signals.Fast.RunAsync();
        gate.Set();

        Task Block()
        {
            gate.Wait();
            return Task.CompletedTask;
        }
    }

    [Fact(DisplayName = "C.2 shutdown watch: without a node, before its start and after its end, a second signal ends the process at once")]
    public async Task Nothing_runs()
    {
        _signals.Fast.Use(WorkAsync, TimeSpan.FromDays(1)).Dispose();
        _signals.Receive(15);

        _signals.Receive(15);

        Assert.Equal(143, await _exit.Task.WaitAsync(Patience));
        Assert.False(_began.Task.IsCompleted);
    }

    private Task WorkAsync()
    {
        _began.TrySetResult();
        return _work.Task;
    }
}
