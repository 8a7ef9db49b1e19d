using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;

namespace ActorNode.Benchmarks.Forging;

/// <summary>Signs nothing at once, and notes when it was asked. Of some more keys, which are not among <see cref="Keys"/>, it never answers.</summary>
internal sealed class NoSigner : ISigner
{
    private readonly ImmutableArray<SignerKey> _all;
    private double[] _times = [];
    private int _count = -1;
    private TaskCompletionSource _recorded = new();

    public NoSigner(int keys, int hung)
    {
        _all = [.. Enumerable.Range(0, keys + hung).Select(i => new SignerKey(new ConsensusKeyId($"mv1key{i}"), "edpk", null))];
        Keys = _all[..keys];
        Hung = _all[keys..];
    }

    public ImmutableArray<SignerKey> Keys { get; }

    public ImmutableArray<SignerKey> Hung { get; }

    /// <summary>When the next request of a key is due, in the time of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public ConcurrentDictionary<ConsensusKeyId, long> Due { get; } = new();

    public ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken) => new(_all);

    public async ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var now = Stopwatch.GetTimestamp();
        if (Hung.Any(each => each.Id == key))
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (Volatile.Read(ref _count) >= 0 && Interlocked.Increment(ref _count) is var count && count <= _times.Length)
        {
            _times[count - 1] = Stopwatch.GetElapsedTime(Due[key], now).TotalMicroseconds;
            if (count == _times.Length)
                _recorded.TrySetResult();
        }

        return "sig";
    }

    /// <summary>From here on so many calls are timed.</summary>
    public void Record(int calls)
    {
        _times = new double[calls];
        _recorded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _count, 0);
    }

    /// <summary>Sorted microseconds.</summary>
    public async Task<double[]> RecordedAsync()
    {
        await _recorded.Task;
        Array.Sort(_times);
        return _times;
    }
}
