using ActorNode.Storage;
using ActorNode.Tests.Support;
using ActorNode.Upkeep.Store;
using Xunit;

namespace ActorNode.Tests.Upkeep.Store;

public sealed class BackupKeySpec
{
    private readonly BackupKey _key = new();

    [Theory(DisplayName = "A key that was removed is forgotten when backup and primary are both done, whichever is first; one with a value is not")]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Forgotten_when_gone(bool backupFirst, bool removed)
    {
        var change = new Change(new UpkeepStamp(7, 1, 6), removed ? default(ReadOnlyMemory<byte>?) : new byte[1]);
        _key.Offer(change, Some.Time);
        Assert.True(_key.TryBegin(out _, out var holds));
        if (backupFirst)
            End();
        else
            _key.Require(7, by: null, Some.Time);
        Assert.False(_key.IsForgettable);
        if (backupFirst)
            _key.Require(7, by: null, Some.Time);
        else
            End();
        Assert.Equal(removed, _key.IsForgettable);

        void End()
        {
            _key.Done(change, holds, Some.Time);
            _key.Rest();
        }
    }
}
