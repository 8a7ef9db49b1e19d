using System.Text.Json.Nodes;
using ActorNode.Protocol.Forging;
using ActorNode.Server.Forging;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;

namespace ActorNode.Server.Tests.Crash.Forging;

/// <summary>
/// Every call that ever reached the signer, in order of arrival and noted before it is answered, whatever becomes of the node that made it.
/// Only grows. Thread-safe.
/// </summary>
internal sealed class SigningHistory
{
    private readonly Lock _lock = new();
    private readonly List<Call> _calls = [];
    private readonly List<string> _wrong = [];
    private readonly Dictionary<string, PublicKey> _keys;
    private long _signatures;
    private long _answers;

    public SigningHistory(IEnumerable<PublicKey> keys) => _keys = keys.ToDictionary(key => key.Hash(Network.Mavryk).ToString());

    /// <summary>So many calls, signatures that were made, and signatures that the node gave to somebody.</summary>
    public (int Calls, long Signatures, long Answers) Counts
    {
        get
        {
            lock (_lock)
                return (_calls.Count, _signatures, _answers);
        }
    }

    /// <param name="life">Which process asks: they are counted.</param>
    public void Asked(int life, string key, ReadOnlySpan<byte> payload)
    {
        var call = Of(life, key, payload);
        lock (_lock)
            _calls.Add(call);
    }

    public void Signed() => Interlocked.Increment(ref _signatures);

    /// <summary>The node gave somebody a signature: it must verify, and the signer must have been asked for it.</summary>
    public void Answered(string key, ReadOnlySpan<byte> payload, string signature)
    {
        var verifies = _keys[key].Verify(payload, Signature.Parse(signature));
        var call = Of(0, key, payload);
        lock (_lock)
        {
            _answers++;
            if (!verifies)
                _wrong.Add($"{call}: the answered signature does not verify");
        }
    }

    public void Wrong(string what)
    {
        lock (_lock)
            _wrong.Add(what);
    }

    /// <summary>What must never be, over the whole history: empty.</summary>
    public List<string> Problems()
    {
        lock (_lock)
        {
            var problems = _wrong.ToList();
            var payloads = new Dictionary<(string, ForgeKind, LevelRound), string>();
            var highest = new Dictionary<(string, ForgeKind), LevelRound>();
            // What a process sent before its end can arrive after the first call of its successor; within a life the order is that of arrival.
            foreach (var call in _calls.OrderBy(call => call.Life))
            {
                if (!payloads.TryAdd((call.Key, call.Kind, call.At), call.Hash) && payloads[(call.Key, call.Kind, call.At)] is var first && first != call.Hash)
                    problems.Add($"{call}: also {first}: two payloads");
                if (highest.TryGetValue((call.Key, call.Kind), out var mark) && call.At < mark)
                    problems.Add($"{call}: below {mark}");
                highest[(call.Key, call.Kind)] = mark > call.At ? mark : call.At;
            }

            return problems;
        }
    }

    /// <summary>What a restarted node says of a key's watermarks: nothing that was ever asked for may be above them.</summary>
    public void Covered(string key, JsonArray marks)
    {
        lock (_lock)
        {
            foreach (var top in _calls.Where(call => call.Key == key).GroupBy(call => call.Kind).Select(calls => calls.MaxBy(call => call.At)!))
            {
                var mark = marks.SingleOrDefault(mark => (string)mark!["kind"]! == WordOf(top.Kind));
                var at = mark is null ? default : new LevelRound((int)mark["level"]!, (int)mark["round"]!);
                if (mark is null || at < top.At)
                    _wrong.Add($"{top}: above the recovered mark, {at}");
                else if (at == top.At && (string?)mark["payloadHash"] != top.Hash)
                    _wrong.Add($"{top}: the recovered mark has {mark["payloadHash"]}");
            }
        }
    }

    public static string WordOf(ForgeKind kind) => kind switch
    {
        ForgeKind.Block => "block",
        ForgeKind.Preattestation => "preattestation",
        _ => "attestation",
    };

    private static Call Of(int life, string key, ReadOnlySpan<byte> payload)
    {
        var facts = TezosPayloadReader.Of(SignRequest.Decode(payload));
        return new Call(life, key, facts.Kind, facts.At, facts.Hash);
    }

    private sealed record Call(int Life, string Key, ForgeKind Kind, LevelRound At, string Hash);
}
