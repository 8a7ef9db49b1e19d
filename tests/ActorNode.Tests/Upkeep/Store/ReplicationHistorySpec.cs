using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Storage;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Xunit;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>
/// Random histories of crashes, failures and restored disks. Places take effect or not at random when the process "crashes"; afterwards
/// the store opens over what they hold.
/// </summary>
public sealed class ReplicationHistorySpec
{
    private const int Histories = 400;

    private static readonly UpkeepKey[] Keys = [UpkeepKey.Manager, UpkeepKey.Scorer, new(UpkeepKey.ParkedEvents, "", "e1")];

    [Theory(DisplayName = "After a crash a store opens, with every key as it was acknowledged or newer")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Opens_after_crashes(int required)
    {
        for (var seed = 1; seed <= Histories; seed++)
        {
            var history = new History(required, seed);
            for (var crash = 0; crash < 3; crash++)
                await history.RunAsync();
            await history.VerifyAsync(mayRefuse: false);
        }
    }

    [Theory(DisplayName = "When an old state of the primary comes back, a store refuses to open or has the manager as it was acknowledged or newer")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Refuses_old_primaries(int required)
    {
        var refusals = 0;
        for (var seed = 1; seed <= Histories; seed++)
        {
            var history = new History(required, seed);
            await history.RunAsync();
            history.Remember();
            await history.RunAsync();
            history.GoBack();
            refusals += await history.VerifyAsync(mayRefuse: true) ? 0 : 1;
        }

        Assert.True(refusals > Histories / 4, $"only {refusals} refusals: the histories show nothing");
    }

    private sealed class History
    {
        private readonly Random _random;
        private readonly UpkeepStoreSettings _settings;
        private readonly MemoryPlace _primary = new("primary");
        private readonly MemoryPlace[] _backups = [new("one"), new("two")];
        private readonly ConcurrentDictionary<UpkeepKey, int?> _acknowledged = [];
        private readonly int _seed;
        private int _number;
        private int _process;
        private (UpkeepContents, ImmutableDictionary<UpkeepKey, UpkeepValue>) _old;

        public History(int required, int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            _settings = new UpkeepStoreSettings
            {
                BackupFolders = ["1", "2"],
                RequiredBackups = required,
                MinBackoff = TimeSpan.FromMilliseconds(1),
                MaxBackoff = TimeSpan.FromMilliseconds(2),
                StartTimeout = TimeSpan.FromMinutes(1),
                AcknowledgeTimeout = TimeSpan.FromMinutes(1),
            };
            foreach (var place in _backups.Append(_primary))
            {
                place.Arriving = _ => StepAsync();
                place.Answering = StepAsync;
            }
        }

        /// <summary>Opens the store, writes, and crashes: from some moment on nothing takes effect and nothing is answered.</summary>
        public async Task RunAsync()
        {
            var process = _process;
            var store = await OpenAsync();
            var writers = Keys.Select(key => WriteAsync(store, key, () => _process == process)).ToArray();
            for (var steps = Next(30); steps > 0; steps--)
                await Task.Yield();
            _primary.Stop(() => _backups[0].Stop(() => _backups[1].Stop(() => _process++)));
            await Task.WhenAll(writers);
        }

        public void Remember() => _old = _primary.State;

        public void GoBack() => _primary.State = _old;

        /// <summary>Opens once more; false: it was refused.</summary>
        public async Task<bool> VerifyAsync(bool mayRefuse)
        {
            ReplicatedUpkeepStore store;
            try
            {
                store = await OpenAsync();
            }
            catch (StoreConflictException) when (mayRefuse)
            {
                return false;
            }

            await using (store)
            {
                foreach (var (key, least) in _acknowledged.Where(entry => !mayRefuse || entry.Key == UpkeepKey.Manager))
                {
                    var held = await store.ReadAsync(key, default) is { } value ? BitConverter.ToInt32(value.Span) : (int?)null;
                    // A removal that was acknowledged may have been followed by a write that was not.
                    Assert.True(least is null || held is null && key != UpkeepKey.Manager || held >= least, $"seed {_seed}: {key} is {held}, {least} was acknowledged");
                }
            }

            return true;
        }

        private Task<ReplicatedUpkeepStore> OpenAsync()
        {
            var process = _process;
            return ReplicatedUpkeepStore.OpenAsync(
                _primary.SeenBy(Alive),
                [.. _backups.Select(backup => new UpkeepBackup(backup.Location, _ => Task.FromResult(backup.SeenBy(Alive))))],
                _settings,
                TimeProvider.System,
                default);

            bool Alive() => _process == process;
        }

        private async Task WriteAsync(ReplicatedUpkeepStore store, UpkeepKey key, Func<bool> alive)
        {
            while (alive())
            {
                var number = Interlocked.Increment(ref _number);
                var removal = key == Keys[2] && Next(3) == 0;
                var writing = removal ? store.RemoveAsync(key, default) : store.WriteAsync(key, BitConverter.GetBytes(number), default);
                while (!writing.IsCompleted && alive())
                    await Task.Yield();
                if (writing.IsCompletedSuccessfully)
                    _acknowledged[key] = removal ? null : number;
            }
        }

        /// <summary>A moment passes.</summary>
        private async Task StepAsync()
        {
            for (var steps = Next(4); steps > 0; steps--)
                await Task.Yield();
        }

        private int Next(int below)
        {
            lock (_random)
                return _random.Next(below);
        }
    }
}
