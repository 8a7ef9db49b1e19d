using System.Collections.Concurrent;
using ActorNode.Protocol.Forging;
using Akka.Actor;

namespace ActorNode.Forging.Delegates;

/// <summary>
/// The calls of the signer that are under way, one a key at most. They belong to the node and not to a delegate's actor: one that fails and is
/// started anew finds the call that its predecessor left, and waits for its end before it makes another. Thread-safe.
/// </summary>
internal sealed class SigningCalls(ISigner signer) : IDisposable
{
    private readonly ConcurrentDictionary<ConsensusKeyId, SigningCall> _calls = new();
    private readonly CancellationTokenSource _abandon = new();

    /// <summary>Null when the signer was not asked for anything that it has not answered.</summary>
    public SigningCall? Find(ConsensusKeyId key) => _calls.GetValueOrDefault(key);

    /// <exception cref="InvalidOperationException">One is under way for the key.</exception>
    public SigningCall Start(ForgeTask task, DateTimeOffset now)
    {
        var call = new SigningCall(task, now);
        if (!_calls.TryAdd(task.Key, call))
            throw new InvalidOperationException($"the signer of {task.Key} has not answered yet");
        call.Result = SignAsync(call);
        return call;
    }

    /// <summary>Nobody waits for the calls any more. What they ask for may be signed nevertheless.</summary>
    public void Abandon() => _abandon.Cancel();

    public void Dispose() => _abandon.Dispose();

    private async Task<SigningResult> SignAsync(SigningCall call)
    {
        // Not on the actor's turn: a signer may compute for long, or block.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var signature = await signer.SignAsync(call.Task.Key, call.Task.Payload, _abandon.Token).ConfigureAwait(false);
            return string.IsNullOrEmpty(signature)
                ? new SigningResult(call, null, new SignatureMismatchException("the signer answered without a signature"))
                : new SigningResult(call, signature, null);
        }
        catch (Exception failure)
        {
            // Whatever it is, it ends this one duty and is told to those who wait for it.
            return new SigningResult(call, null, failure);
        }
        finally
        {
            _calls.TryRemove(call.Task.Key, out _);
        }
    }
}

/// <summary>One call of the signer.</summary>
internal sealed class SigningCall(ForgeTask task, DateTimeOffset startedAt)
{
    public ForgeTask Task => task;

    public DateTimeOffset StartedAt => startedAt;

    /// <summary>Never fails. When it ends the key may be asked for again.</summary>
    public Task<SigningResult> Result { get; set; } = null!;
}

/// <summary>How a call ended: with a signature or an error.</summary>
internal sealed record SigningResult(SigningCall Call, string? Signature, Exception? Error) : INotInfluenceReceiveTimeout
{
    public ForgeFailure Failure => Error switch
    {
        SignerUnavailableException => ForgeFailure.SignerUnavailable,
        SignerRefusedException => ForgeFailure.SignerRefused,
        SignatureMismatchException => ForgeFailure.SignatureMismatch,
        SigningOutcomeUnknownException or OperationCanceledException => ForgeFailure.OutcomeUnknown,
        _ => ForgeFailure.SignerFailed,
    };
}
