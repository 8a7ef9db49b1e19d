using System.Collections.Immutable;
using ActorNode.Protocol.Upkeep;
using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// Keeps one backup up to date. While it works, writes go to it beside the primary's; when one fails, it is left alone for a back-off, and
/// then brought up to date from the primary, key by key. Memory is bounded by two values a key, and none while it fails.
/// <para>Thread-safe. Ordering: the writes of a key one after the other, those of different keys at once.</para>
/// </summary>
internal sealed class BackupLane(
    UpkeepBackup backup,
    IUpkeepReplica primary,
    WriteStamps stamps,
    UpkeepStoreSettings settings,
    TimeProvider clock,
    Func<IUpkeepReplica, CancellationToken, Task<ImmutableArray<UpkeepKey>>> compare,
    Action<BackupStatus> changed,
    Action<StoreConflictException> conflict) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UpkeepKey, BackupKey> _keys = [];
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private IUpkeepReplica? _replica;
    private bool _works;
    private bool _inSync;
    private bool _recovering;
    private DateTimeOffset _resumedAt;
    private int _failuresInARow;
    private long _failures;
    private string? _lastError;
    private DateTimeOffset? _failingSince;

    /// <summary>How the backup is.</summary>
    public BackupStatus Status
    {
        get
        {
            lock (_lock)
                return StatusNow();
        }
    }

    /// <summary>Begins with a backup that answered, and what it lacks; or with one that did not, for that reason.</summary>
    public void Start(IUpkeepReplica? replica, ImmutableArray<UpkeepKey> missing, string? error)
    {
        lock (_lock)
        {
            _replica = replica;
            foreach (var key in missing)
                Key(key).MarkStale(Now);
            // A backup gets nothing before it has the store's identity: values without one would look like another node's.
            _works = replica is not null && !missing.Contains(Place.IdentityKey);
            if (_works)
                Resume();
            else if (replica is null)
                Fail(error);
            else
                Recover();
        }

        Look();
    }

    /// <summary>A write begins at the primary.</summary>
    public void Offer(UpkeepKey key, Change change)
    {
        lock (_lock)
        {
            if (!_works)
                return;
            var work = Key(key);
            work.Offer(change, Now);
            Run(key, work);
        }
    }

    /// <summary>The primary holds the write. It is counted when the backup does.</summary>
    public void Require(UpkeepKey key, long sequence, Acknowledgement? by)
    {
        lock (_lock)
        {
            var work = Key(key);
            if (work.Require(sequence, by, Now))
            {
                ForgetIfGone(key, work);
            }
            else if (_works)
            {
                Run(key, work);
            }
        }

        Look();
    }

    /// <summary>Waits, within limits, until the backup has what the primary has; then closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
            running = _works ? [.. _running] : [];
        await Task.WhenAny(Task.WhenAll(running), Task.Delay(settings.AcknowledgeTimeout, clock, CancellationToken.None)).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        lock (_lock)
            running = [.. _running];
        await Task.WhenAll(running).ConfigureAwait(false);
        if (_replica is not null)
            await _replica.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private DateTimeOffset Now => clock.GetUtcNow();

    private BackupKey Key(UpkeepKey key) => _keys.TryGetValue(key, out var work) ? work : _keys[key] = new BackupKey();

    private void Resume()
    {
        _resumedAt = Now;
        foreach (var (key, work) in _keys)
        {
            if (work.IsStale)
                Run(key, work);
        }
    }

    private void Run(UpkeepKey key, BackupKey work)
    {
        if (work.IsRunning || _stop.IsCancellationRequested || !work.TryBegin(out var change, out var holds))
            return;
        Track(() => WriteAsync(key, work, change, holds));
    }

    /// <summary>Starts a task of this backup; it never fails.</summary>
    private void Track(Func<Task> work)
    {
        // The lock is held: the task cannot end before it is noted.
        Task? task = null;
        task = Task.Run(async () =>
        {
            await work().ConfigureAwait(false);
            lock (_lock)
                _running.Remove(task!);
        });
        _running.Add(task);
    }

    private async Task WriteAsync(UpkeepKey key, BackupKey work, Change? change, long holds)
    {
        var more = true;
        while (more)
        {
            var (written, error) = await TryAsync(key, change).ConfigureAwait(false);
            lock (_lock)
            {
                Note(work, written, holds, error);
                if (error is not null)
                    Fail(error);
                more = _works && !_stop.IsCancellationRequested && work.TryBegin(out change, out holds);
                if (!more)
                    work.Rest();
                if (!_works && work.BehindSince is not null)
                    work.Failed(Now);
                ForgetIfGone(key, work);
            }

            Look();
        }
    }

    /// <summary>Writes; says what was written, or what went wrong.</summary>
    private async Task<(Change? Written, string? Error)> TryAsync(UpkeepKey key, Change? change)
    {
        try
        {
            change ??= await FromPrimaryAsync(key).ConfigureAwait(false);
            await change.ApplyAsync(_replica!, key).ConfigureAwait(false);
            return (change, null);
        }
        catch (Exception failure)
        {
            // Whatever it is: the backup lacks the value, says why, and tries again.
            return (null, failure.Message);
        }
    }

    private void Note(BackupKey work, Change? written, long holds, string? error)
    {
        if (error is null)
            work.Done(written!, Math.Max(holds, written!.Bytes is null ? holds : written.Stamp.Sequence), Now);
        else
            work.Failed(Now);
    }

    private async Task<Change> FromPrimaryAsync(UpkeepKey key)
    {
        var current = stamps.Current;
        return await primary.ReadAsync(key, _stop.Token).ConfigureAwait(false) is { } value ? new Change(value.Stamp, value.Bytes) : new Change(current, null);
    }

    private void Fail(string? error)
    {
        _failures++;
        _failuresInARow++;
        _lastError = error;
        _failingSince ??= Now;
        _works = false;
        Recover();
    }

    private void Recover()
    {
        if (_recovering || _stop.IsCancellationRequested)
            return;
        _recovering = true;
        Track(RecoverAsync);
    }

    private async Task RecoverAsync()
    {
        while (true)
        {
            try
            {
                if (_failuresInARow > 0)
                    await Task.Delay(Backoff.Delay(_failuresInARow, settings.MinBackoff, settings.MaxBackoff, Random.Shared.NextDouble()), clock, _stop.Token).ConfigureAwait(false);
                await ReachAsync().ConfigureAwait(false);
                if (await TryFirstAsync().ConfigureAwait(false) is { } error)
                    throw new StoreUnavailableException(error);
                lock (_lock)
                {
                    _works = true;
                    _recovering = false;
                    _failuresInARow = 0;
                    _failingSince = null;
                    Resume();
                }

                Look();
                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (StoreConflictException contradiction)
            {
                lock (_lock)
                    (_failures, _lastError) = (_failures + 1, contradiction.Message);
                conflict(contradiction);
                Look();
                return;
            }
            catch (Exception failure)
            {
                lock (_lock)
                    (_failures, _failuresInARow, _lastError) = (_failures + 1, _failuresInARow + 1, failure.Message);
                Look();
            }
        }
    }

    /// <summary>Opens the backup, if that is still to be done, and learns what it lacks.</summary>
    private async Task ReachAsync()
    {
        if (_replica is not null)
            return;
        var replica = await backup.OpenAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            var missing = await compare(replica, _stop.Token).ConfigureAwait(false);
            lock (_lock)
            {
                foreach (var key in missing)
                    Key(key).MarkStale(Now);
                _replica = replica;
            }
        }
        catch
        {
            await replica.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Tries one key, the identity before all others, so that a backup that still fails is not asked for all at once.</summary>
    private async Task<string?> TryFirstAsync()
    {
        UpkeepKey? key;
        BackupKey? work = null;
        var holds = 0L;
        lock (_lock)
        {
            key = _keys.Where(entry => entry.Value is { IsStale: true, IsRunning: false }).Select(entry => entry.Key)
                .OrderByDescending(stale => stale == Place.IdentityKey).FirstOrDefault();
            if (key is null || !(work = _keys[key]).TryBegin(out _, out holds))
                return null;
        }

        var (written, error) = await TryAsync(key, change: null).ConfigureAwait(false);
        lock (_lock)
        {
            Note(work, written, holds, error);
            work.Rest();
            ForgetIfGone(key, work);
        }

        return error;
    }

    /// <summary>Parked events come and go: their keys do not stay.</summary>
    private void ForgetIfGone(UpkeepKey key, BackupKey work)
    {
        if (work.IsForgettable)
            _keys.Remove(key);
    }

    /// <summary>Tells when the backup fell behind or caught up.</summary>
    private void Look()
    {
        BackupStatus status;
        lock (_lock)
        {
            var behind = _keys.Values.Any(key => key.IsStale || key.BehindSince is { } since && Now - since >= settings.BehindAfter)
                || (!_inSync && _keys.Values.Any(key => key.BehindSince <= _resumedAt));
            if (_inSync == (_works && !behind))
                return;
            _inSync = !_inSync;
            status = StatusNow();
        }

        changed(status);
    }

    private BackupStatus StatusNow()
    {
        var pending = _keys.Values.Where(key => key.BehindSince is not null).ToList();
        return new BackupStatus(
            backup.Name, _inSync, pending.Count, pending.Min(key => key.BehindSince) ?? _failingSince, _failures, _lastError);
    }
}
