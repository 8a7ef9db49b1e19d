using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using ActorNode.Protocol.Messages;
using Akka.Actor;

namespace ActorNode.Benchmarks.Messages;

/// <summary>
/// One sender in a closed loop: keeps a number of writes under way, to its own accounts in turn, and counts what is acknowledged.
/// Busy and Nack end the run with an error: the benchmark stays below the node's limits.
/// </summary>
public sealed class SenderActor : UntypedActor
{
    private readonly IActorRef _writer;
    private readonly AccountId[] _accounts;
    private readonly Load _load;
    private readonly long[] _sentAt;
    private int _nextAccount;

    public static Props Props(IActorRef writer, AccountId[] accounts, Load load) => Akka.Actor.Props.Create(() => new SenderActor(writer, accounts, load));

    public SenderActor(IActorRef writer, AccountId[] accounts, Load load)
    {
        _writer = writer;
        _accounts = accounts;
        _load = load;
        _sentAt = new long[load.WritesUnderWay];
    }

    protected override void PreStart()
    {
        for (var slot = 0; slot < _load.WritesUnderWay; slot++)
            Send(slot);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MessageReplies.Ack ack:
                _load.Acknowledged(ack.Written, Stopwatch.GetElapsedTime(_sentAt[ack.RequestId]));
                Send((int)ack.RequestId);
                break;
            default:
                _load.Fail(new InvalidOperationException($"unexpected reply {message}"));
                break;
        }
    }

    private void Send(int slot)
    {
        if (!_load.Take())
            return;
        var messages = ImmutableArray.CreateBuilder<Message>(_load.MessagesPerWrite);
        for (var i = 0; i < _load.MessagesPerWrite; i++)
            messages.Add(new Message(new MessageId(RandomNumberGenerator.GetHexString(32, lowercase: true)), _load.Body));
        _sentAt[slot] = Stopwatch.GetTimestamp();
        _writer.Tell(new MessageCommands.Write(_accounts[_nextAccount], messages.MoveToImmutable(), slot));
        _nextAccount = (_nextAccount + 1) % _accounts.Length;
    }
}

/// <summary>What all senders of a run share: how much is to be sent, and what was acknowledged when. Thread-safe.</summary>
public sealed class Load(long total, int writesUnderWay, int messagesPerWrite, int bodyBytes)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<double> _latencies = [];
    private long _start;
    private long _taken;
    private long _acknowledged;
    private TimeSpan _halfTime;
    private long _end;

    public long Total { get; } = total;

    public int WritesUnderWay { get; } = writesUnderWay;

    public int MessagesPerWrite { get; } = messagesPerWrite;

    public ReadOnlyMemory<byte> Body { get; } = RandomNumberGenerator.GetBytes(bodyBytes);

    public Task Done => _done.Task;

    /// <summary>The clock starts.</summary>
    public void Start() => _start = Stopwatch.GetTimestamp();

    /// <summary>Messages a second of the run's second half: the database is no longer empty and caches are warm.</summary>
    public double SecondHalfRate => (Total - Total / 2) / (Stopwatch.GetElapsedTime(_start, _end) - _halfTime).TotalSeconds;

    /// <summary>Takes a write's messages from what is to be sent; false when all of it was taken.</summary>
    public bool Take() => Interlocked.Add(ref _taken, MessagesPerWrite) <= Total;

    public void Acknowledged(int messages, TimeSpan latency)
    {
        var count = Interlocked.Add(ref _acknowledged, messages);
        if (count >= Total / 2 && count - messages < Total / 2)
            _halfTime = Stopwatch.GetElapsedTime(_start);
        if (count >= Total / 2)
            lock (_latencies)
                _latencies.Add(latency.TotalMilliseconds);
        if (count < Total / MessagesPerWrite * MessagesPerWrite)
            return;
        _end = Stopwatch.GetTimestamp();
        _done.TrySetResult();
    }

    public void Fail(Exception error) => _done.TrySetException(error);

    /// <summary>The given part (0 to 1) of the acknowledgements of the second half took no longer, in milliseconds.</summary>
    public double Percentile(double part)
    {
        lock (_latencies)
        {
            _latencies.Sort();
            return _latencies[(int)(part * (_latencies.Count - 1))];
        }
    }
}
