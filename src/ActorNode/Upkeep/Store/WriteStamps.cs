using System.Security.Cryptography;
using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// Gives every write of one opening of the store its stamp. Thread-safe. <paramref name="last"/> is the highest sequence seen in any place,
/// <paramref name="durable"/> the highest that the primary holds.
/// </summary>
internal sealed class WriteStamps(long last, long durable)
{
    private readonly long _session = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private long _last = last;
    private long _durable = durable;

    /// <summary>The stamp of a write that begins now.</summary>
    public UpkeepStamp Next()
    {
        var @base = Interlocked.Read(ref _durable);
        return new UpkeepStamp(Interlocked.Increment(ref _last), _session, @base);
    }

    /// <summary>The write with this stamp is durable in the primary.</summary>
    public void Durable(UpkeepStamp stamp)
    {
        for (var before = Interlocked.Read(ref _durable); before < stamp.Sequence;)
        {
            var seen = Interlocked.CompareExchange(ref _durable, stamp.Sequence, before);
            if (seen == before)
                return;
            before = seen;
        }
    }

    /// <summary>The stamp of what is done to a backup alone, to make it hold what the primary holds.</summary>
    public UpkeepStamp Current
    {
        get
        {
            var durable = Interlocked.Read(ref _durable);
            return new UpkeepStamp(durable, _session, durable);
        }
    }
}
