using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;
using Xunit;

namespace ActorNode.Tezos.Tests;

public sealed class ReadmeSpec
{
    [Fact(DisplayName = "The example of the README prints what it says")]
    public async Task Example()
    {
        var printed = new List<string>();

        var key = new SigningKey(SecretKey.Parse("edsk3gUfUPyBSfrS9CCgmCiQsTCHGkviBDusMxDJstFtojtc1zcpsh"), Network.Mavryk, alias: "bootstrap1");
        using var memory = new InMemorySigner(key);
        var signer = new VerifyingSigner(memory);

        var vote = new ConsensusVote(
            VoteKind.Attestation,
            Branch: BlockHash.Parse("BKpbfCvh777DQHnXjU2sqHvVUNZ7dBAdqEfKkdw8EGSkD9LSYXb"),
            Slot: 0, Level: 1331, Round: 2,
            PayloadHash.Parse("vh1g87ZG6scSYxKhspAUzprQVuLAyoa5qMBKcUfjgnQGnFb3dJcG"));
        var payload = SignerPayload.Of(ChainId.Parse("NetXdQprcVkpaWU"), vote);

        var request = SignRequest.Decode(payload);
        var signature = await signer.SignAsync(new ConsensusKeyId("mv18Cw7psUrAAPBpXYd9CtCpHg9EgjHP9KTe"), payload, default);
        var operation = new SignedOperation(vote.Encode(), Signature.Parse(signature));
        printed.Add($"{key} {request.Kind} {request.Chain} level {request.Level} round {request.Round}");
        printed.Add(signature);
        printed.Add($"{operation.Hash()}");

        var readme = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "README.md"));
        foreach (var line in printed)
            Assert.Contains("\n" + line + "\n", readme, StringComparison.Ordinal);
    }
}
