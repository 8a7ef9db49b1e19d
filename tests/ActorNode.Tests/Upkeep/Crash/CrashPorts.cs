using System.Collections.Concurrent;
using System.Globalization;
using ActorNode.Upkeep;

namespace ActorNode.Tests.Upkeep.Crash;

/// <summary>What the manager of the crash program consists of.</summary>
/// <param name="Version">How often it changed.</param>
/// <param name="Offered">The last event that it has, or had.</param>
/// <param name="Forgotten">The last event that upkeep said is handled.</param>
internal sealed record ManagerState(long Version, long Offered, long Forgotten)
{
    private const int Header = 3 * sizeof(long);
    private const int MostBytes = 300_000;

    /// <summary>The numbers, and bytes that all follow from the version.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Random.Shared.Next(Header, MostBytes)];
        Array.Fill(bytes, (byte)Version);
        BitConverter.TryWriteBytes(bytes, Version);
        BitConverter.TryWriteBytes(bytes.AsSpan(sizeof(long)), Offered);
        BitConverter.TryWriteBytes(bytes.AsSpan(2 * sizeof(long)), Forgotten);
        return bytes;
    }

    /// <summary>Null: it is a mixture of two values.</summary>
    public static ManagerState? Read(ReadOnlySpan<byte> bytes)
    {
        var version = BitConverter.ToInt64(bytes);
        return bytes[Header..].IndexOfAnyExcept((byte)version) < 0
            ? new ManagerState(version, BitConverter.ToInt64(bytes[sizeof(long)..]), BitConverter.ToInt64(bytes[(2 * sizeof(long))..]))
            : null;
    }
}

/// <summary>A manager that changes on any thread: first its state, then the monitor's deferred operation, then the mark that it is dirty, as LDK does.</summary>
internal sealed class CrashManager(ManagerState state, CrashMonitor monitor) : IChannelManager
{
    private const int ChangesAnEvent = 5;

    private readonly Lock _lock = new();
    private ManagerState _state = state;
    private int _dirty;
    private int _processing;

    public event Action? EventOrPersistenceNeeded;

    public bool NeedsPendingHtlcProcessing => false;

    public void Change()
    {
        lock (_lock)
        {
            var version = _state.Version + 1;
            _state = _state with { Version = version, Offered = _state.Offered + (version % ChangesAnEvent == 0 ? 1 : 0) };
            monitor.Defer(version);
        }

        Volatile.Write(ref _dirty, 1);
        EventOrPersistenceNeeded?.Invoke();
    }

    public void TimerTickOccurred() => Change();

    public void ProcessPendingHtlcForwards()
    {
    }

    public bool GetAndClearNeedsPersistence() => Interlocked.Exchange(ref _dirty, 0) == 1;

    public ReadOnlyMemory<byte> Encode()
    {
        lock (_lock)
            return _state.Encode();
    }

    public async Task ProcessPendingEventsAsync(Func<UpkeepEvent, ValueTask<EventResult>> handler)
    {
        if (Interlocked.Exchange(ref _processing, 1) == 1)
            return;
        try
        {
            while (NextEvent() is { } next && !(await handler(next)).IsReplay)
            {
                lock (_lock)
                    _state = _state with { Forgotten = _state.Forgotten + 1 };
                Volatile.Write(ref _dirty, 1);
            }
        }
        finally
        {
            Volatile.Write(ref _processing, 0);
        }
    }

    public UpkeepEvent? ReadEvent(ReadOnlySpan<byte> encoded) => new CrashEvent(BitConverter.ToInt64(encoded));

    private CrashEvent? NextEvent()
    {
        lock (_lock)
            return _state.Forgotten < _state.Offered ? new CrashEvent(_state.Forgotten + 1) : null;
    }

    private sealed record CrashEvent(long Number) : UpkeepEvent(Number.ToString(CultureInfo.InvariantCulture))
    {
        public override ReadOnlyMemory<byte> Encode() => BitConverter.GetBytes(Number);
    }
}

/// <summary>Monitors whose deferred operations are the manager's versions that they belong to; each is carried out by a line in a file.</summary>
internal sealed class CrashMonitor(NumbersFile operations, Action<long> acknowledged) : IChainMonitor
{
    private readonly ConcurrentQueue<long> _deferred = [];

    public event Action? UpdateNeeded
    {
        add { }
        remove { }
    }

    public int PendingOperationCount => _deferred.Count;

    public void Defer(long version) => _deferred.Enqueue(version);

    public void Flush(int count)
    {
        var due = new long[count];
        for (var i = 0; i < count; i++)
        {
            if (!_deferred.TryDequeue(out due[i]))
                throw new InvalidOperationException($"{count} operations are to be carried out, but only {i} wait");
        }

        acknowledged(due[^1]);
        operations.Append(due);
    }

    public void RebroadcastPendingClaims()
    {
    }

    public void ArchiveFullyResolvedChannelMonitors()
    {
    }

    public Task ProcessPendingEventsAsync(Func<UpkeepEvent, ValueTask<EventResult>> handler) => Task.CompletedTask;
}

/// <summary>Numbers in a file, flushed with each call.</summary>
internal sealed class NumbersFile
{
    private readonly string _path;

    public NumbersFile(string path)
    {
        _path = path;
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        for (var i = 0; i + sizeof(long) <= bytes.Length; i += sizeof(long))
            Numbers.Add(BitConverter.ToInt64(bytes, i));
    }

    /// <summary>What was in it when it was opened.</summary>
    public List<long> Numbers { get; } = [];

    public void Append(ReadOnlySpan<long> numbers)
    {
        using var file = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.Write);
        var bytes = new byte[numbers.Length * sizeof(long)];
        for (var i = 0; i < numbers.Length; i++)
            BitConverter.TryWriteBytes(bytes.AsSpan(i * sizeof(long)), numbers[i]);

        // A part of a number that a kill left is written over.
        RandomAccess.Write(file, bytes, RandomAccess.GetLength(file) / sizeof(long) * sizeof(long));
        RandomAccess.FlushToDisk(file);
    }
}
