using System.Diagnostics;
using System.Globalization;
using ActorNode.Benchmarks.Storage;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;

namespace ActorNode.Benchmarks.Forging;

/// <summary>
/// Signatures and verifications a second of one thread, by key type: through the signer (hash, signature, base58) beside the bare
/// library call with the hash made before. Each turn takes a bit of either, so that both meet the same machine.
/// </summary>
internal static class CryptoBenchmark
{
    private const string Usage = "forging-crypto [--seconds N] [--turns N] ";

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Options(args, Usage);
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var turns = options.Int("turns", 5);
        var slice = TimeSpan.FromSeconds(options.Int("seconds", 10)) / (turns * 4);
        Console.WriteLine($"{"key type",-12}{"what",-10}{"node/s",10}{"library/s",12}{"ratio",8}");
        foreach (var type in new[] { KeyType.Ed25519, KeyType.Secp256k1, KeyType.P256 })
        {
            using var bare = BareKey.Generate(type);
            using var key = new SigningKey(SecretKey.FromBytes(type, bare.Secret), Network.Mavryk);
            using var memory = new InMemorySigner(key);
            var id = new ConsensusKeyId(key.Hash.ToString());
            var payload = SignerPayload.Of(new ChainId(1), new ConsensusVote(VoteKind.Attestation, default, 0, 1, 0, default));
            var digest = Blake2b.Hash256(payload).ToArray();
            var text = await memory.SignAsync(id, payload, default);
            var bareSignature = bare.Sign(digest);
            await CompareAsync(type, "sign", turns, slice, async () => await memory.SignAsync(id, payload, default), () => bare.Sign(digest));
            await CompareAsync(
                type, "verify", turns, slice, () => new ValueTask<bool>(Must(key.PublicKey.Verify(payload, Signature.Parse(text)))), () => Must(bare.Verify(digest, bareSignature)));
        }

        return 0;
    }

    private static bool Must(bool verified) => verified ? true : throw new InvalidOperationException("a signature does not verify");

    private static async Task CompareAsync<TNode, TBare>(KeyType type, string what, int turns, TimeSpan slice, Func<ValueTask<TNode>> node, Func<TBare> bare)
    {
        ValueTask<TBare> Bare() => new(bare());
        // The first turn warms up.
        var (nodeRates, bareRates) = (new List<double>(), new List<double>());
        for (var turn = 0; turn <= turns; turn++)
        {
            nodeRates.Add(await RateAsync(slice, node));
            bareRates.Add(await RateAsync(slice, Bare));
        }

        var (ofNode, ofLibrary) = (Median(nodeRates), Median(bareRates));
        Console.WriteLine($"{type,-12}{what,-10}{ofNode,10:N0}{ofLibrary,12:N0}{ofNode / ofLibrary,8:P0}");
    }

    private static async Task<double> RateAsync<T>(TimeSpan time, Func<ValueTask<T>> call)
    {
        var count = 0;
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            for (var i = 0; i < 10; i++)
                await call();
            count += 10;
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> rates) => rates.Skip(1).Order().ElementAt((rates.Count - 1) / 2);
}
