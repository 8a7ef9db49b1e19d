using System.Collections.Immutable;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers;

namespace ActorNode.Server.Tests.Crash.Forging;

/// <summary>What one call in four suffers at the signer.</summary>
internal sealed record SignerFault(string Name, Func<SignerWitness.Call, Task, Task> Strike)
{
    private const int OneIn = 4;

    private static readonly SigningKey Other = new(SecretKey.Generate(KeyType.Ed25519), Network.Mavryk);

    public static readonly ImmutableArray<SignerFault> All =
    [
        new("with a signer that hangs", (call, killed) =>
        {
            call.Sign();
            return call.HoldAsync(killed);
        }),
        new("with a signer that lies", (call, _) => call.AnswerAsync(call.Lie(Other))),
        new("with a signer that dies", (call, _) =>
        {
            call.Sign();
            call.Die();
            return Task.CompletedTask;
        }),
    ];

    public Task OnCall(SignerWitness.Call call, Task killed) => Random.Shared.Next(OneIn) == 0 ? Strike(call, killed) : SignerWitness.AnswerAsync(call);
}
