using System.Runtime.CompilerServices;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Xunit;

namespace ActorNode.Tests.Upkeep.Store;

public sealed class KeyOrderSpec
{
    private readonly KeyOrder _order = new();
    private readonly TaskCompletionSource _hangs = new();

    [Fact(DisplayName = "A write that was given up while an older one hangs is never made, and its value is let go at once")]
    public async Task Lets_go()
    {
        var first = _order.RunAsync(UpkeepKey.NetworkGraph, () => _hangs.Task, default);
        var made = new bool[1];
        var value = await GiveUpAsync(made);
        var last = _order.RunAsync(UpkeepKey.NetworkGraph, () => Task.CompletedTask, default);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(value.IsAlive);
        Assert.False(last.IsCompleted);

        _hangs.SetResult();
        await first;
        await last;
        await _order.IdleAsync();
        Assert.False(made[0]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> GiveUpAsync(bool[] made)
    {
        using var timeout = new CancellationTokenSource();
        var (waiting, value) = Begin(made, timeout.Token);
        await timeout.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (Task Waiting, WeakReference Value) Begin(bool[] made, CancellationToken timeout)
    {
        var value = new byte[1 << 20];
        return (_order.RunAsync(UpkeepKey.NetworkGraph, () => Task.FromResult(made[0] = value.Length > 0), timeout), new WeakReference(value));
    }
}
