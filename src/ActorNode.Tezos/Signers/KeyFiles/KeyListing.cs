using System.Collections.Immutable;

namespace ActorNode.Tezos.Signers.KeyFiles;

/// <summary>What a folder holds.</summary>
public sealed record KeyListing(ImmutableArray<KeyFile> Keys, ImmutableArray<KeyFileProblem> Problems);
