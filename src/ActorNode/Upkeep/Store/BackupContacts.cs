using System.Collections.Immutable;
using System.Globalization;
using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>The backups that answer when a store is opened.</summary>
internal sealed class BackupContacts : IAsyncDisposable
{
    /// <summary>One try has this long, also where nobody wants to wait for a second one.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(5);

    private readonly ImmutableArray<UpkeepBackup> _backups;
    private readonly (IUpkeepReplica Replica, Place Place)?[] _answers;
    private readonly string?[] _errors;

    private BackupContacts(ImmutableArray<UpkeepBackup> backups)
    {
        _backups = backups;
        _answers = new (IUpkeepReplica, Place)?[backups.Length];
        _errors = new string?[backups.Length];
    }

    /// <summary>The backups' places, by position; null: no answer.</summary>
    public ImmutableArray<Place?> Places => [.. _answers.Select(answer => answer?.Place)];

    /// <summary>The backup, if it answered.</summary>
    public IUpkeepReplica? Replica(int backup) => _answers[backup]?.Replica;

    /// <summary>What the backup holds, if it answered.</summary>
    public Place? Place(int backup) => _answers[backup]?.Place;

    /// <summary>Why it did not answer.</summary>
    public string? Error(int backup) => _errors[backup];

    /// <summary>Asks all backups until enough have answered; every one is asked at least once.</summary>
    /// <exception cref="StoreOpenException">Not enough answered in time.</exception>
    public static async Task<BackupContacts> MakeAsync(ImmutableArray<UpkeepBackup> backups, UpkeepStoreSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var contacts = new BackupContacts(backups);
        try
        {
            await contacts.AskAsync(settings, clock, cancellationToken).ConfigureAwait(false);
            return contacts;
        }
        catch
        {
            await contacts.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Every acknowledged write is in the primary and in so many backups as are required. To see one of those for sure, all backups but one
    /// less than that many must be asked. Where none is required no number of them would tell for sure.
    /// </summary>
    public static int Needed(UpkeepStoreSettings settings, int backups) =>
        settings.BackupsAtStart ?? (settings.RequiredBackups == 0 ? 0 : backups - settings.RequiredBackups + 1);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var answer in _answers)
        {
            if (answer is { } given)
                await given.Replica.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task AskAsync(UpkeepStoreSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var needed = Needed(settings, _backups.Length);
        var began = clock.GetTimestamp();
        for (var round = 1; ; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, _backups.Length).Where(i => _answers[i] is null).Select(i => AskAsync(i, settings, clock, cancellationToken))).ConfigureAwait(false);
            var answered = _answers.Count(answer => answer is not null);
            if (answered >= needed)
                return;
            if (clock.GetElapsedTime(began) >= settings.StartTimeout)
            {
                throw new StoreOpenException(string.Create(CultureInfo.InvariantCulture,
                    $"Upkeep's store cannot be opened: {answered} of {needed} backups that are needed to tell whether the primary is the newest answered within {settings.StartTimeout.TotalSeconds:0.###} s (actornode.upkeep.store.start-timeout). ")
                    + string.Join(" ", _backups.Select((backup, i) => (backup.Name, Error: _errors[i])).Where(each => each.Error is not null).Select(each => $"{each.Name}: {each.Error}"))
                    + " To start without them set actornode.upkeep.store.backups-at-start; an old primary would then go unnoticed.");
            }

            await Task.Delay(Backoff.Delay(round, settings.MinBackoff, settings.MaxBackoff, Random.Shared.NextDouble()), clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A backup that hangs is one that does not answer: the others, and a node that can do without it, do not wait for it.</summary>
    private async Task AskAsync(int backup, UpkeepStoreSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var patience = settings.StartTimeout > LeastPatience ? settings.StartTimeout : LeastPatience;
        var asked = OpenAsync(_backups[backup], cancellationToken);
        try
        {
            _answers[backup] = await asked.WaitAsync(patience, clock, cancellationToken).ConfigureAwait(false);
            _errors[backup] = null;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or StoreOpenException)
        {
            _errors[backup] = failure.Message;
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            _errors[backup] = string.Create(CultureInfo.InvariantCulture, $"no answer within {patience.TotalSeconds:0.###} s");
            _ = CloseLateAsync(asked);
            if (late is OperationCanceledException)
                throw;
        }
    }

    private static async Task<(IUpkeepReplica Replica, Place Place)> OpenAsync(UpkeepBackup backup, CancellationToken cancellationToken)
    {
        // What opens it may block its thread.
        var replica = await Task.Run(() => backup.OpenAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        try
        {
            return (replica, await Upkeep.Store.Place.OfAsync(replica, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await replica.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Nobody waits for it any more: whatever became of it, it is not held open.</summary>
    private static async Task CloseLateAsync(Task<(IUpkeepReplica Replica, Place Place)> asked)
    {
        await ((Task)asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (asked.IsCompletedSuccessfully)
            await asked.Result.Replica.DisposeAsync().ConfigureAwait(false);
    }
}
