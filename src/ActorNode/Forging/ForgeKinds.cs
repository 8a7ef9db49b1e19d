using ActorNode.Protocol.Forging;

namespace ActorNode.Forging;

/// <summary>Kinds in words of the field, for messages, metrics and files.</summary>
internal static class ForgeKinds
{
    public static string Name(this ForgeKind kind) => kind switch
    {
        ForgeKind.Block => "block",
        ForgeKind.Preattestation => "preattestation",
        ForgeKind.Attestation => "attestation",
        _ => "operation",
    };
}
