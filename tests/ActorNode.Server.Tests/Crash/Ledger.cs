using System.Globalization;
using Xunit;

namespace ActorNode.Server.Tests.Crash;

/// <summary>
/// What one account's sender knows: which messages it sent and which were acknowledged, and what the node was seen to hold. Ids are
/// consecutive numbers, so that order, holes and duplicates can be told from the ids alone. Used by one task at a time.
/// </summary>
public sealed class Ledger(string account)
{
    private long _verifiedSequence;
    private long _verifiedId;

    public string Account { get; } = account;

    /// <summary>The last id that was acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>The batch without an answer, sent again with the same ids until it is acknowledged.</summary>
    public (long First, int Count)? Pending { get; private set; }

    /// <summary>The batch to send next: the one without an answer, or a new one.</summary>
    public (long First, int Count) Next(int count)
    {
        var batch = Pending ?? (Acknowledged + 1, count);
        Pending = batch;
        return batch;
    }

    /// <summary>The batch without an answer is durable, says the node.</summary>
    public void Acknowledge()
    {
        Acknowledged = Pending!.Value.First + Pending.Value.Count - 1;
        Pending = null;
    }

    /// <summary>The sequence after which the account was not yet read back.</summary>
    public long After => _verifiedSequence;

    /// <summary>One message read back: the next sequence with the next id, or the node lost, doubled or reordered something.</summary>
    public void Read(long sequence, string id)
    {
        var number = long.Parse(id, CultureInfo.InvariantCulture);
        Assert.True(sequence == _verifiedSequence + 1, $"{Account}: sequence {sequence} follows {_verifiedSequence}: a hole");
        Assert.True(number == _verifiedId + 1, $"{Account}: id {number} follows {_verifiedId} at sequence {sequence}: lost, doubled or reordered");
        (_verifiedSequence, _verifiedId) = (sequence, number);
    }

    /// <summary>Everything the account holds was read back: nothing acknowledged is missing, and a batch is there whole or not at all.</summary>
    public void EndOfAccount()
    {
        Assert.True(_verifiedId >= Acknowledged, $"{Account}: {Acknowledged} was acknowledged, the last one held is {_verifiedId}");
        Assert.True(
            _verifiedId == Acknowledged || Pending is { } p && _verifiedId == p.First + p.Count - 1,
            $"{Account}: a batch after {Acknowledged} is there in part, up to {_verifiedId}");
    }
}
