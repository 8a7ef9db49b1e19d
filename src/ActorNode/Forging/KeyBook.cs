using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorNode.Protocol.Forging;

namespace ActorNode.Forging;

/// <summary>
/// What the worker knows of keys: which the signers have, how many duties each holds that went through this worker, and how it fared. Part of
/// the worker's actor, used on its turns only.
/// </summary>
internal sealed class KeyBook
{
    private readonly Dictionary<ConsensusKeyId, Record> _records = [];
    private FrozenDictionary<ConsensusKeyId, SignerKey>? _keys;

    /// <summary>The signers have said which keys they have.</summary>
    public bool IsKnown => _keys is not null;

    /// <summary>Why what is known may be old.</summary>
    public string? Problem { get; private set; }

    /// <summary>Keys whose watermarks cannot be stored.</summary>
    public int WithoutStore { get; private set; }

    /// <summary>Keys that hold duties.</summary>
    public IEnumerable<ConsensusKeyId> Busy => _records.Where(entry => entry.Value.Held > 0).Select(entry => entry.Key);

    public bool Has(ConsensusKeyId key) => _keys is not null && _keys.ContainsKey(key);

    public void Listed(ImmutableArray<SignerKey> keys)
    {
        _keys = keys.DistinctBy(key => key.Id).ToFrozenDictionary(key => key.Id);
        Problem = null;
    }

    public void NotListed(string problem) => Problem = problem;

    public void Sent(ConsensusKeyId key) => Of(key).Held++;

    public void Returned(ConsensusKeyId key)
    {
        var record = Of(key);
        record.Held = Math.Max(0, record.Held - 1);
    }

    public void Ended(IForgeEvent outcome)
    {
        var record = Of(outcome.Duty.Key);
        switch (outcome)
        {
            case IForgeSuccess:
                record.Signed++;
                break;
            case ForgeEvents.ForgeFailed failed:
                (record.Unsigned, record.LastError) = (record.Unsigned + 1, failed.Detail);
                break;
            case ForgeEvents.ForgeRefused refused:
                (record.Unsigned, record.LastError) = (record.Unsigned + 1, refused.Detail);
                break;
        }
    }

    public void Quarantined(ConsensusKeyId key, bool quarantined) => Of(key).Quarantined = quarantined;

    public void StoreLost(ConsensusKeyId key, bool lost)
    {
        var record = Of(key);
        if (record.StoreLost != lost)
            WithoutStore += lost ? 1 : -1;
        record.StoreLost = lost;
    }

    public ForgeReplies.KeyList List()
    {
        var ids = _records.Keys.Concat(_keys?.Keys ?? []).Distinct().OrderBy(key => key.Value, StringComparer.Ordinal);
        return new([.. ids.Select(Summary)], IsKnown || Problem is not null ? Problem : "the signers have not listed their keys yet");
    }

    private ForgeReplies.KeySummary Summary(ConsensusKeyId id)
    {
        var key = _keys?.GetValueOrDefault(id);
        var record = _records.GetValueOrDefault(id) ?? new Record();
        return new(id, key?.PublicKey, key?.Alias, record.Held, record.Quarantined, record.Signed, record.Unsigned, record.LastError);
    }

    private Record Of(ConsensusKeyId key)
    {
        if (!_records.TryGetValue(key, out var record))
            _records.Add(key, record = new Record());
        return record;
    }

    private sealed class Record
    {
        public int Held { get; set; }

        public bool Quarantined { get; set; }

        public bool StoreLost { get; set; }

        public long Signed { get; set; }

        public long Unsigned { get; set; }

        public string? LastError { get; set; }
    }
}
