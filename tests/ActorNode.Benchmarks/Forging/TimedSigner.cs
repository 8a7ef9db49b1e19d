using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;

namespace ActorNode.Benchmarks.Forging;

/// <summary>Signs nothing at once, and notes how late it was asked. Of some more keys, <see cref="Hung"/>, it never answers.</summary>
internal sealed class TimedSigner : ISigner
{
    private readonly ImmutableArray<SignerKey> _all;
    private readonly FrozenDictionary<ConsensusKeyId, int> _numbers;

    /// <summary>When the requests of a key that are under way were due, by the key's number; one at a time.</summary>
    private readonly long[] _due;

    private double[] _times = [];
    private int _count;
    private TaskCompletionSource _recorded = new();

    public TimedSigner(int keys, int hung = 0)
    {
        _all = [.. Enumerable.Range(0, keys + hung).Select(i => new SignerKey(new ConsensusKeyId($"mv1key{i}"), "edpk", null))];
        _numbers = Enumerable.Range(0, keys + hung).ToFrozenDictionary(i => _all[i].Id);
        _due = new long[keys];
        Keys = _all[..keys];
        Hung = _all[keys..];
    }

    public ImmutableArray<SignerKey> Keys { get; }

    public ImmutableArray<SignerKey> Hung { get; }

    public ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken) => new(_all);

    public ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var now = Stopwatch.GetTimestamp();
        var number = _numbers[key];
        if (number >= Keys.Length)
            return new(NeverAsync(cancellationToken));
        if (_times.Length > 0 && Interlocked.Increment(ref _count) is var count && count <= _times.Length)
        {
            _times[count - 1] = Stopwatch.GetElapsedTime(Volatile.Read(ref _due[number]), now).TotalMicroseconds;
            if (count == _times.Length)
                _recorded.TrySetResult();
        }

        return new("sig");
    }

    /// <summary>The next request of a key is due at a time of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public void Due(int number, long at) => Volatile.Write(ref _due[number], at);

    /// <summary>Sorted microseconds of so many calls from now on.</summary>
    public async Task<double[]> RecordAsync(int calls, Action send)
    {
        _times = new double[calls];
        _recorded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _count = 0;
        await Task.Factory.StartNew(send, TaskCreationOptions.LongRunning);
        await _recorded.Task;
        var times = _times;
        _times = [];
        Array.Sort(times);
        return times;
    }

    private static async Task<string> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return "";
    }
}
