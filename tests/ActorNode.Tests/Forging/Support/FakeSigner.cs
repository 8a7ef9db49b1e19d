using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Threading.Channels;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;

namespace ActorNode.Tests.Forging.Support;

/// <summary>A signer whose every call the test sees and, when it is held, ends. Signs by writing the payload out.</summary>
public sealed class FakeSigner(params string[] keys) : ISigner
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<FakeCall> _calls = Channel.CreateUnbounded<FakeCall>();
    private readonly ConcurrentDictionary<ConsensusKeyId, int> _running = new();
    private readonly ConcurrentQueue<FakeCall> _asked = new();
    private volatile IReadOnlyList<SignerKey>? _keys = [.. keys.Select(key => new SignerKey(new ConsensusKeyId(key), $"edpk-{key}", $"alias-{key}"))];

    /// <summary>Calls wait for the test. Otherwise they are signed at once.</summary>
    public bool Held { get; init; } = true;

    /// <summary>Null: the signer does not answer for its keys.</summary>
    public IReadOnlyList<SignerKey>? Keys
    {
        get => _keys;
        set => _keys = value;
    }

    /// <summary>Every call there ever was, in the order of their beginnings.</summary>
    public IReadOnlyList<FakeCall> Asked => [.. _asked];

    /// <summary>Two calls of one key were under way at once.</summary>
    public bool Overlapped { get; private set; }

    public static string SignatureOf(ReadOnlyMemory<byte> payload) => "sig " + Encoding.UTF8.GetString(payload.Span);

    public ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken) =>
        _keys is { } known ? new([.. known]) : throw new SignerUnavailableException("nobody home");

    public async ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (_running.AddOrUpdate(key, 1, (_, running) => running + 1) > 1)
            Overlapped = true;
        try
        {
            var call = new FakeCall(key, payload);
            _asked.Enqueue(call);
            if (!Held)
                return SignatureOf(payload);
            _calls.Writer.TryWrite(call);
            return await call.Answer.WaitAsync(cancellationToken);
        }
        finally
        {
            _running.AddOrUpdate(key, 0, (_, running) => running - 1);
        }
    }

    /// <summary>The next call that has begun and was not returned by this yet.</summary>
    public async Task<FakeCall> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _calls.Reader.ReadAsync(patience.Token);
    }

    /// <summary>A call that has begun, where there is one.</summary>
    public bool TryNext(out FakeCall? call) => _calls.Reader.TryRead(out call);
}

/// <summary>One call of the signer.</summary>
public sealed class FakeCall(ConsensusKeyId key, ReadOnlyMemory<byte> payload)
{
    private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConsensusKeyId Key => key;

    public string Payload { get; } = Encoding.UTF8.GetString(payload.Span);

    public Task<string> Answer => _answer.Task;

    public void Sign() => _answer.TrySetResult(FakeSigner.SignatureOf(payload));

    public void Fail(Exception error) => _answer.TrySetException(error);
}
