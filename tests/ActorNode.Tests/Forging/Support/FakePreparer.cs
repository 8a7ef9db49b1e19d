using System.Threading.Channels;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;

namespace ActorNode.Tests.Forging.Support;

/// <summary>A preparer whose every preparation the test ends.</summary>
public sealed class FakePreparer : IBlockPreparer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<TaskCompletionSource<PreparedBlock>> _begun = Channel.CreateUnbounded<TaskCompletionSource<PreparedBlock>>();

    public Task<PreparedBlock> PrepareAsync(ForgeCommands.ForgeAndSignBlock block, CancellationToken cancellationToken)
    {
        var preparation = new TaskCompletionSource<PreparedBlock>(TaskCreationOptions.RunContinuationsAsynchronously);
        _begun.Writer.TryWrite(preparation);
        return preparation.Task;
    }

    public async Task<TaskCompletionSource<PreparedBlock>> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _begun.Reader.ReadAsync(patience.Token);
    }
}
