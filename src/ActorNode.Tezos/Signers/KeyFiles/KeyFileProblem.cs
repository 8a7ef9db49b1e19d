namespace ActorNode.Tezos.Signers.KeyFiles;

/// <summary>A file that is no key, and why.</summary>
public sealed record KeyFileProblem(string File, string Problem);
