using System.Collections.Immutable;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;

namespace ActorNode.Server.Sandbox.Baking;

/// <summary>A signer that can be broken: it hangs for one key, or fails for all. Everything it is asked for is audited. Thread-safe.</summary>
internal sealed class FaultySigner(ISigner inner, SigningAudit audit) : ISigner
{
    private volatile Hanging? _hanging;
    private volatile bool _broken;

    /// <summary>Answers nothing for a key until <see cref="Release"/>.</summary>
    public void Hang(ConsensusKeyId key) => _hanging = new Hanging(key, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Answers again, first what it was asked meanwhile.</summary>
    public void Release()
    {
        var hanging = _hanging;
        _hanging = null;
        hanging?.End.TrySetResult();
    }

    /// <summary>Fails whatever it is asked for until <see cref="Repair"/>.</summary>
    public void Break() => _broken = true;

    /// <summary>Fails no more.</summary>
    public void Repair() => _broken = false;

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken)
    {
        MustWork();
        return inner.GetKeysAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        using var call = audit.Begin(key, payload.Span);
        MustWork();
        if (_hanging is { } hanging && hanging.Key == key)
            await hanging.End.Task.WaitAsync(cancellationToken);
        return await inner.SignAsync(key, payload, cancellationToken);
    }

    private void MustWork()
    {
        if (_broken)
            throw new SignerUnavailableException("the sandbox broke the signer");
    }

    private sealed record Hanging(ConsensusKeyId Key, TaskCompletionSource End);
}
